#include "goakt/admin/service.h"

#include "goakt/admin/gate.h"
#include "goakt/admin/routes.h"
#include "goakt/admin/tls.h"
#include "goakt/config/settings.h"
#include "goakt/node/node.h"

#include <charconv>
#include <filesystem>
#include <optional>

namespace goakt::admin {

namespace {

constexpr int kOtherPorts = 100;
constexpr std::size_t kTcpConnections = 64;
// Requests that wait for actors at once; each keeps a thread.
constexpr std::size_t kWaits = 64;

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

Service::Service(const config::Settings& settings, node::Node& node)
    : node_(node),
      traffic_(static_cast<std::size_t>(settings.number("admin.max-streams")), kWaits) {
  add_routes(router_, node, traffic_);
}

Service::~Service() {
  for (const auto& server : servers_) server->stop();
  if (!started_) return;
  // What a reload would have read again for us, and what operations use, is gone with us.
  node_.on_reload(nullptr);
  node_.operations().drain();
}

Status Service::open_gate(const config::Settings& settings) {
  GOAKT_TRY(gate_, Gate::open(settings, node_, router_, traffic_));
  return {};
}

Status Service::open_tls(const config::Settings& settings) {
  TlsContext::Files files{settings.text("admin.tls.cert"), settings.text("admin.tls.key"),
                          settings.text("admin.tls.client-ca")};
  if (files.certificate.empty() && files.key.empty() && files.client_authority.empty()) return {};
  if (files.certificate.empty() || files.key.empty())
    return fail(ErrorCode::invalid_argument, "admin.tls.cert and admin.tls.key go together");
  GOAKT_TRY(tls_, TlsContext::open(std::move(files)));
  return {};
}

void Service::serve(Listener listener, const config::Settings& settings) {
  HttpServer::Options options;
  // Asks and streams keep a thread each, and are counted; the rest is for all other requests.
  options.limits.threads =
      static_cast<std::size_t>(settings.number("admin.threads")) + traffic_.most_streams() + kWaits;
  if (!listener.is_unix()) {
    options.limits.connections = kTcpConnections + traffic_.most_streams();
    options.names = settings.list("admin.names");
    options.tls = tls_.get();
  }
  servers_.push_back(
      std::make_unique<HttpServer>(std::move(listener), std::move(options),
                                   [this](Request& request) { return gate_->handle(request); }));
  urls_.push_back(servers_.back()->url());
}

Result<std::unique_ptr<Service>> Service::start(const config::Settings& settings,
                                                node::Node& node) {
  std::unique_ptr<Service> service(new Service(settings, node));
  GOAKT_CHECK(service->open_gate(settings));
  GOAKT_CHECK(service->open_tls(settings));
  const std::string& listen = settings.text("admin.listen");
  const std::string& socket = settings.text("admin.socket");
  std::optional<Listener> tcp;
  if (!listen.empty()) {
    GOAKT_TRY(const HostPort at, parse_host_port(listen));
    const bool guarded = service->tls_ && service->gate_->access().has_credentials();
    if (!is_loopback(at.host) && !guarded) {
      return unexpected(
          Error(ErrorCode::invalid_argument,
                "admin.listen: " + at.host +
                    " can be reached from other machines; that needs admin.tls.cert and "
                    "admin.tls.key, and admin.token-file or admin.tls.client-ca")
              .with_hint("or use 127.0.0.1, or the unix socket through ssh"));
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
    service->serve(*std::move(listener), settings);
  }
  if (tcp) service->serve(std::move(*tcp), settings);
  node.on_reload([service = service.get()](const config::Settings& fresh) -> Status {
    if (service->tls_) GOAKT_CHECK(service->tls_->reload());
    return service->gate_->access().reload(fresh);
  });
  service->started_ = true;
  return service;
}

}  // namespace goakt::admin
