#include "query.h"

#include "goakt/backend/http/client.h"

namespace goaktctl {

Query& Query::add(std::string_view key, std::string_view value) {
  if (value.empty()) return *this;
  target_.append(first_ ? "?" : "&").append(key).append("=").append(goakt::http::encode(value));
  first_ = false;
  return *this;
}

std::string actor_target(std::string_view name, std::string_view rest) {
  return "/v1/actors/" + goakt::http::encode(plain_name(name)) + std::string(rest);
}

std::string_view plain_name(std::string_view name) {
  constexpr std::string_view kPrefix = "actor/";
  if (name.starts_with(kPrefix)) name.remove_prefix(kPrefix.size());
  return name;
}

}  // namespace goaktctl
