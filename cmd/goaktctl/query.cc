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
  constexpr std::string_view kScheme = "goakt://";
  name = plain_name(name);
  std::string_view node;
  if (name.starts_with(kScheme)) {
    std::string_view address = name.substr(kScheme.size());
    const auto slash = address.find('/');
    const auto at = address.substr(0, slash).find('@');
    if (slash != std::string_view::npos && at != std::string_view::npos) {
      node = address.substr(at + 1, slash - at - 1);
      name = address.substr(slash + 1);
    }
  }
  Query query(item_target("/v1/actors", name, rest));
  return query.add("node", node).target();
}

std::string_view plain_name(std::string_view name) {
  return plain_id("actor", name);
}

std::string_view plain_id(std::string_view noun, std::string_view id) {
  if (id.starts_with(noun) && id.substr(noun.size()).starts_with('/'))
    id.remove_prefix(noun.size() + 1);
  return id;
}

std::string item_target(std::string_view folder, std::string_view id, std::string_view rest) {
  return std::string(folder) + "/" + goakt::http::encode(id) + std::string(rest);
}

}  // namespace goaktctl
