#include "goakt/admin/service.h"

#include "goakt/admin/gate.h"
#include "goakt/admin/routes.h"
#include "goakt/admin/settings_check.h"
#include "goakt/admin/tls.h"
#include "goakt/config/settings.h"
#include "goakt/node/node.h"

#include <filesystem>
#include <optional>

namespace goakt::admin {

namespace {

constexpr int kOtherPorts = 100;
constexpr std::size_t kTcpConnections = 64;
// Requests that wait for actors at once; each keeps a thread.
constexpr std::size_t kWaits = 64;

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

void Service::reopen_files() {
  gate_->reopen_audit();
}

// Everything is looked at before anything is taken over.
Result<std::vector<std::string>> Service::reload(const config::Settings& fresh, bool only_check) {
  if (const auto findings = check_settings(fresh, Occasion::reload); !findings.empty())
    return fail(ErrorCode::invalid_argument, config::to_text(findings));
  const TlsContext::Files files = TlsContext::Files::of(fresh);
  std::vector<std::string> kept;
  TlsContext::Loaded loaded;
  // A listener speaks TLS for as long as it is open, or never.
  if (files.certificate.empty() != (tls_ == nullptr)) {
    kept = {"admin.tls.cert", "admin.tls.key", "admin.tls.client-ca"};
  } else if (tls_) {
    GOAKT_TRY(loaded, TlsContext::load(files));
  }
  if (only_check) {
    GOAKT_CHECK(gate_->check_audit(fresh));
    GOAKT_CHECK(Access::open(fresh));
    return kept;
  }
  GOAKT_CHECK(gate_->reload_audit(fresh));
  GOAKT_CHECK(gate_->access().reload(fresh));
  if (loaded) tls_->use(std::move(loaded));
  return kept;
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
  if (const auto findings = check_settings(settings); !findings.empty())
    return fail(ErrorCode::invalid_argument, config::to_text(findings));
  std::unique_ptr<Service> service(new Service(settings, node));
  GOAKT_TRY(service->gate_, Gate::open(settings, node, service->router_, service->traffic_));
  if (!settings.text("admin.tls.cert").empty()) {
    GOAKT_TRY(service->tls_, TlsContext::open(TlsContext::Files::of(settings)));
  }
  const std::string& listen = settings.text("admin.listen");
  const std::string& socket = settings.text("admin.socket");
  std::optional<Listener> tcp;
  if (!listen.empty()) {
    GOAKT_TRY(const HostPort at, parse_host_port(listen));
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
  node.on_reload(
      [service = service.get()](const config::Settings& fresh, node::Node::Reload reload) {
        return service->reload(fresh, reload == node::Node::Reload::only_check);
      });
  service->started_ = true;
  return service;
}

}  // namespace goakt::admin
