#include "goakt/admin/forward.h"

#include "goakt/admin/members.h"
#include "goakt/admin/peer_routes.h"
#include "goakt/admin/query_values.h"
#include "goakt/base/text.h"
#include "goakt/net/endpoint.h"
#include "goakt/node/node.h"

#include <charconv>
#include <optional>
#include <string>

namespace goakt::admin {

namespace {

// What the request calls the node whose actors, or the way to which, it is about; empty: it does
// not say, or is about what a node itself is.
std::string named_node(const Request& request) {
  constexpr std::string_view kNodes = "/v1/nodes/";
  std::string_view path = request.path;
  if (!path.starts_with(kNodes)) return std::string(request.query_value("node"));
  path.remove_prefix(kNodes.size());
  const auto slash = path.find('/');
  std::string name;
  if (slash == std::string_view::npos || path.substr(slash) != "/ping" ||
      !percent_decode(path.substr(0, slash), name))
    return {};
  return name;
}

// "10.0.0.4:50052" or "[::1]:50052", as its node says it; nothing for what is no address. Nodes
// have no names, but people write localhost.
std::optional<std::string> remoting_address(std::string_view text) {
  const auto colon = text.rfind(':');
  if (colon == std::string_view::npos) return std::nullopt;
  std::string_view host = text.substr(0, colon);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  if (host == "localhost") host = "127.0.0.1";
  std::uint16_t port = 0;
  const auto parsed = std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
  if (parsed.ec != std::errc() || parsed.ptr != text.data() + text.size() || port == 0)
    return std::nullopt;
  const auto endpoint = net::Endpoint::parse(host, port);
  if (!endpoint) return std::nullopt;
  return endpoint->to_string();
}

}  // namespace

std::optional<std::string> other_node(const std::string& name, node::Node& node) {
  if (name.empty() || must_be_this(name, node)) return std::nullopt;
  auto address = remoting_address(name);
  const auto member = find_member(node, name);
  if (!member || (address && member->id != name)) return address;
  if (!member->node || member->node->remoting_port == 0) return std::nullopt;
  const std::string& host = member->node->host;
  return (host.find(':') == std::string::npos ? host : "[" + host + "]") + ":" +
         std::to_string(member->node->remoting_port);
}

Forward::Forward(node::Node& node, const Router& here, Traffic& traffic)
    : node_(node), here_(here) {
  add_peer_routes(there_, here, node, traffic);
}

tl::expected<const Router*, Refusal> Forward::choose(Request& request) const {
  const std::string name = named_node(request);
  const auto address = other_node(name, node_);
  if (!address) {
    if (auto refusal = check_scope(request, node_)) return refuse(*std::move(refusal));
    return &here_;
  }
  if (node_.remoting() == nullptr && request.role != Role::none) {
    return refuse(Refusal(Problem::feature_disabled, "this node talks to no others")
                      .with_hint("remoting.enabled = true"));
  }
  request.about = *address;
  return &there_;
}

}  // namespace goakt::admin
