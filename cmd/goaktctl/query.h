#pragma once

#include <cstdint>
#include <string>
#include <string_view>

namespace goaktctl {

// "/v1/actors?prefix=a&limit=10": a target built part by part, encoded. Empty values are left out.
class Query {
 public:
  explicit Query(std::string target)
      : target_(std::move(target)), first_(target_.find('?') == std::string::npos) {}

  Query& add(std::string_view key, std::string_view value);

  Query& add(std::string_view key, std::int64_t value) { return add(key, std::to_string(value)); }

  Query& add_switch(std::string_view key, bool on) { return add(key, on ? "true" : ""); }

  const std::string& target() const { return target_; }

 private:
  std::string target_;
  bool first_;
};

// "/v1/actors/NAME/rest". NAME as printed by `-o name` ("actor/order-7"), typed ("parent/child"),
// or a whole address, goakt://SYSTEM@HOST:PORT/[PARENT/]NAME, which also says at which node.
std::string actor_target(std::string_view name, std::string_view rest = {});
// "actor/order-7" to "order-7".
std::string_view plain_name(std::string_view name);
// "node/10.0.0.4:3320" to "10.0.0.4:3320": what `-o name` prints is taken back by every command.
std::string_view plain_id(std::string_view noun, std::string_view id);
// "/v1/operations/ID/rest", the id encoded.
std::string item_target(std::string_view folder, std::string_view id, std::string_view rest = {});

}  // namespace goaktctl
