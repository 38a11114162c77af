#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace goaktctl {

// "/v1/actors?prefix=a&limit=10": a target built part by part, encoded. Empty values are left out.
class Query {
 public:
  explicit Query(std::string path) : target_(std::move(path)) {}

  Query& add(std::string_view key, std::string_view value);

  Query& add(std::string_view key, std::int64_t value) { return add(key, std::to_string(value)); }

  Query& add_switch(std::string_view key, bool on) { return add(key, on ? "true" : ""); }

  const std::string& target() const { return target_; }

 private:
  std::string target_;
  bool first_ = true;
};

// "/v1/actors/NAME", NAME as printed by `-o name` or typed, encoded as one segment.
std::string actor_target(std::string_view name, std::string_view rest = {});
// "actor/order-7" to "order-7".
std::string_view plain_name(std::string_view name);

}  // namespace goaktctl
