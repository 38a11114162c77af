#include "goakt/base/names.h"

#include "goakt/base/errors.h"

#include <string>

namespace goakt::names {

Status check_system(std::string_view name) {
  if (name.empty()) return fail(ErrorCode::name_required);
  if (!is_word(name, false)) return fail(ErrorCode::invalid_actor_system_name);
  return {};
}

Status check_actor(std::string_view name) {
  if (name.empty()) return fail(ErrorCode::invalid_argument, "the [name] is required");
  if (name.size() > kMaxLength)
    return fail(ErrorCode::invalid_argument, "actor name is too long. Maximum length is 255");
  if (!is_word(name, true)) return fail(ErrorCode::invalid_argument, std::string(kWordRule));
  return {};
}

Status check_user_actor(std::string_view name) {
  GOAKT_CHECK(check_actor(name));
  if (is_reserved(name)) return unexpected(errors::reserved_name(name));
  return {};
}

Status check_id(std::string_view id) {
  if (id.size() < 2 || id.size() > kMaxLength) return fail(ErrorCode::invalid_id);
  if (!is_word(id, false))
    return fail(ErrorCode::invalid_id, std::string("invalid ID: ").append(id));
  return {};
}

Status check_host_port(std::string_view host, std::int32_t port) {
  const bool parseable = host.find_first_of(" \t\r\n:/@[]") == std::string_view::npos;
  if (!host.empty() && parseable && port >= 0 && port <= 65535) return {};
  std::string address(host);
  address.append(":").append(std::to_string(port));
  return unexpected(errors::invalid_tcp_address(address));
}

}  // namespace goakt::names
