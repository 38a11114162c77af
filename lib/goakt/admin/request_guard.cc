#include "goakt/admin/request_guard.h"

#include <algorithm>

namespace goakt::admin {

namespace {

// "host:port" without the port.
std::string_view without_port(std::string_view host) {
  if (host.starts_with('[')) return host.substr(0, host.find(']') + 1);
  return host.substr(0, host.rfind(':'));
}

bool is_literal(std::string_view host) {
  return host == "localhost" || (host.starts_with('[') && host.ends_with(']')) ||
         (!host.empty() && host.find_first_not_of("0123456789.") == std::string_view::npos);
}

bool is_json(std::string_view type) {
  type = type.substr(0, type.find(';'));
  while (type.ends_with(' ')) type.remove_suffix(1);
  return type == kJsonType || type == kLinesType || type == "application/merge-patch+json";
}

}  // namespace

std::optional<Refusal> check_head(const RequestHead& head, bool is_unix, bool is_tls,
                                  const std::vector<std::string>& names) {
  if (!is_unix) {
    const std::string_view host = without_port(head.host);
    if (!head.host.empty() && !is_literal(host) &&
        std::find(names.begin(), names.end(), host) == names.end()) {
      return Refusal(Problem::forbidden,
                     "Host \"" + std::string(head.host) + "\" is not a name of this node")
          .with_hint("admin.names lists the names under which the node may be called");
    }
    if (!head.origin.empty() &&
        head.origin != std::string(is_tls ? "https://" : "http://").append(head.host))
      return Refusal(Problem::forbidden, "requests of web pages are not taken");
  }
  if (!head.has_body) return std::nullopt;
  // The HTTP library would leave it unread, and take it for the next request.
  if (head.method == "GET" || head.method == "HEAD" || head.method == "OPTIONS")
    return Refusal(Problem::invalid_argument, std::string(head.method) + " takes no body");
  if (!head.content_encoding.empty())
    return Refusal(Problem::unsupported_media, "compressed bodies are not taken");
  if (!is_json(head.content_type))
    return Refusal(Problem::unsupported_media,
                   "the body must be application/json or application/x-ndjson");
  return std::nullopt;
}

}  // namespace goakt::admin
