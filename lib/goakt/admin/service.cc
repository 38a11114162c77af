#include "goakt/admin/service.h"

#include "goakt/admin/routes.h"
#include "goakt/config/settings.h"

#include <charconv>
#include <filesystem>
#include <optional>

namespace goakt::admin {

namespace {

constexpr int kOtherPorts = 100;

struct HostPort {
  std::string host;
  std::uint16_t port = 0;
};

Result<HostPort> parse_host_port(const std::string& text) {
  HostPort parsed;
  const auto colon = text.rfind(':');
  if (colon != std::string::npos) {
    parsed.host = text.substr(0, colon);
    if (parsed.host.size() > 2 && parsed.host.front() == '[')
      parsed.host = parsed.host.substr(1, parsed.host.size() - 2);
    const char* const end = text.data() + text.size();
    const auto number = std::from_chars(text.data() + colon + 1, end, parsed.port);
    if (number.ec == std::errc() && number.ptr == end && !parsed.host.empty()) return parsed;
  }
  return fail(ErrorCode::invalid_argument,
              "admin.listen: \"" + text + "\" is no address such as 127.0.0.1:4258");
}

bool is_loopback(const std::string& host) {
  return host.starts_with("127.") || host == "::1";
}

// The listener itself, or the next free port when nobody asked for just this one.
Result<Listener> listen_tcp(const HostPort& at, bool is_default, bool& moved) {
  auto listener = Listener::tcp(at.host, at.port);
  for (int i = 1; i <= kOtherPorts && is_default; ++i) {
    if (listener || !listener.error().is(ErrorCode::address_in_use)) break;
    moved = true;
    listener = Listener::tcp(at.host, static_cast<std::uint16_t>(at.port + i));
  }
  return listener;
}

}  // namespace

Service::Service(node::Node& node) {
  add_actor_routes(router_, node);
  add_message_routes(router_, node);
  add_tree_routes(router_, node);
  add_kind_routes(router_, node);
  add_event_routes(router_, node);
  add_node_routes(router_, node);
}

Service::~Service() {
  for (const auto& server : servers_) server->stop();
}

void Service::serve(Listener listener) {
  const Role role = listener.is_unix() ? Role::admin : Role::viewer;
  urls_.push_back(listener.url());
  servers_.push_back(std::make_unique<HttpServer>(
      std::move(listener), role, [this](Request& request) { return router_.dispatch(request); },
      HttpServer::Limits{}));
}

Result<std::unique_ptr<Service>> Service::start(const config::Settings& settings,
                                                node::Node& node) {
  std::unique_ptr<Service> service(new Service(node));
  const std::string& listen = settings.text("admin.listen");
  const std::string& socket = settings.text("admin.socket");
  std::optional<Listener> tcp;
  if (!listen.empty()) {
    GOAKT_TRY(const HostPort at, parse_host_port(listen));
    if (!is_loopback(at.host)) {
      return unexpected(Error(ErrorCode::invalid_argument,
                              "admin.listen: " + at.host +
                                  " is no loopback address, and TLS with credentials, which other "
                                  "addresses need, is not there yet")
                            .with_hint("use 127.0.0.1, or the unix socket through ssh"));
    }
    auto listener = listen_tcp(at, settings.is_default("admin.listen"), service->moved_);
    if (!listener) return unexpected(std::move(listener).error().while_doing("admin.listen"));
    tcp.emplace(*std::move(listener));
  }
  if (!socket.empty()) {
    const bool is_default = socket == "auto";
    const std::string path = is_default ? default_socket_path() : socket;
    auto listener = Listener::unix_socket(path);
    if (!listener && is_default && tcp && listener.error().is(ErrorCode::address_in_use)) {
      service->moved_ = true;
      const auto folder = std::filesystem::path(path).parent_path();
      listener = Listener::unix_socket(folder / ("admin-" + std::to_string(tcp->port()) + ".sock"));
    }
    if (!listener) return unexpected(std::move(listener).error().while_doing("admin.socket"));
    service->serve(*std::move(listener));
  }
  if (tcp) service->serve(std::move(*tcp));
  return service;
}

}  // namespace goakt::admin
