#pragma once

#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace goakt::admin {

// What a caller may do; each includes the ones before it.
enum class Role : std::uint8_t { none, viewer, operate, admin };

std::string_view role_name(Role role);

// A request as handlers see it: decoded, checked, with the caller's rights.
struct Request {
  std::string method;
  std::string path;                                        // as sent, without the query
  std::map<std::string, std::string, std::less<>> params;  // "{name}" of the route, decoded
  std::map<std::string, std::string, std::less<>> query;   // decoded; the first of a name
  std::string body;
  std::string caller;  // "uid=1000", "127.0.0.1"
  std::string request_id;
  Role role = Role::none;

  std::string_view param(std::string_view name) const {
    const auto it = params.find(name);
    return it == params.end() ? std::string_view() : std::string_view(it->second);
  }

  bool has_query(std::string_view name) const { return query.contains(name); }

  std::string_view query_value(std::string_view name) const {
    const auto it = query.find(name);
    return it == query.end() ? std::string_view() : std::string_view(it->second);
  }
};

inline constexpr std::string_view kJsonType = "application/json";
inline constexpr std::string_view kLinesType = "application/x-ndjson";
inline constexpr std::string_view kProblemType = "application/problem+json";
inline constexpr std::string_view kTextType = "text/plain; charset=utf-8";

struct Response {
  int status = 200;
  std::string body;
  std::string content_type{kJsonType};
  std::vector<std::pair<std::string, std::string>> headers;
};

}  // namespace goakt::admin
