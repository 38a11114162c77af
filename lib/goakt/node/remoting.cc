#include "goakt/node/remoting.h"

#include "goakt/net/local_address.h"
#include "goakt/net/loop.h"
#include "goakt/net/tls.h"
#include "goakt/remoting/client.h"
#include "goakt/remoting/other_nodes.h"
#include "goakt/remoting/server.h"
#include "goakt/remoting/service.h"
#include "goakt/remoting/socket_dialer.h"

#include <algorithm>
#include <optional>
#include <thread>
#include <utility>

namespace goakt::node {

namespace {

// Connections are dealt out to so many threads; actors keep the other half of the processors busy.
std::size_t loop_count() {
  return std::clamp<std::size_t>(std::thread::hardware_concurrency() / 2, 1, 8);
}

net::Compression compression_of(const config::Settings& settings) {
  return net::parse_compression(settings.text("remoting.compression"))
      .value_or(net::Compression::none);
}

struct Tls {
  std::shared_ptr<net::TlsContext> server;
  std::shared_ptr<net::TlsContext> client;
};

Result<Tls> tls_of(const config::Settings& settings) {
  if (settings.text("tls.cert").empty()) return Tls();
  net::TlsOptions options;
  options.certificate = settings.text("tls.cert");
  options.key = settings.text("tls.key");
  options.authorities = settings.text("tls.ca");
  options.require_client_certificate = settings.flag("tls.client-auth");
  Tls tls;
  GOAKT_TRY(tls.server, net::TlsContext::server(options));
  GOAKT_TRY(tls.client, net::TlsContext::client(options));
  return tls;
}

remoting::ServerOptions server_options(const config::Settings& settings, const Tls& tls,
                                       const net::Endpoint& endpoint, const Logger& log) {
  remoting::ServerOptions options;
  options.endpoint = endpoint;
  options.idle_timeout = settings.duration("remoting.idle-timeout");
  options.write_timeout = settings.duration("remoting.write-timeout");
  options.compression = compression_of(settings);
  options.tls = tls.server;
  options.logger = log;
  return options;
}

remoting::ClientOptions client_options(const config::Settings& settings) {
  remoting::ClientOptions options;
  options.max_frame_size = static_cast<std::uint32_t>(settings.number("remoting.max-frame-size"));
  options.messages_per_frame = static_cast<std::size_t>(settings.number("remoting.coalesce-max"));
  options.max_idle_connections =
      static_cast<std::size_t>(settings.number("remoting.max-idle-conns"));
  options.idle_timeout = settings.duration("remoting.idle-timeout");
  options.watch_timeout = settings.duration("system.remote-watch-timeout");
  return options;
}

remoting::SocketDialerOptions dialer_options(const config::Settings& settings, const Tls& tls) {
  remoting::SocketDialerOptions options;
  options.timeout = settings.duration("remoting.dial-timeout");
  options.keep_alive = settings.duration("remoting.keep-alive");
  options.compression = compression_of(settings);
  options.tls = tls.client;
  return options;
}

}  // namespace

struct Remoting::Parts {
  Parts(const config::Settings& given, Logger logger)
      : settings(given), log(std::move(logger)), loops(loop_count(), {.name = "goakt-remoting"}) {}

  const config::Settings settings;
  const Logger log;
  Tls tls;
  net::Loops loops;
  std::optional<remoting::Server> server;
  std::shared_ptr<remoting::Client> client;
  std::shared_ptr<remoting::Service> service;
  const std::shared_ptr<remoting::OtherNodes> for_actors = std::make_shared<remoting::OtherNodes>();
  std::string host;
};

Result<std::unique_ptr<Remoting>> Remoting::open(const config::Settings& settings,
                                                 const Logger& log) {
  auto parts = std::make_unique<Parts>(settings, log);
  GOAKT_TRY(parts->tls, tls_of(settings));
  const auto port = static_cast<std::uint16_t>(settings.number("remoting.port"));
  std::string ip = settings.text("remoting.bind");
  if (ip == "0.0.0.0" || ip == "::") {
    GOAKT_TRY(ip, net::local_address());  // other nodes must say an address that is one
  }
  GOAKT_TRY(net::Endpoint endpoint, net::Endpoint::parse(ip, port));
  auto server =
      remoting::Server::open(parts->loops, server_options(settings, parts->tls, endpoint, log));
  if (!server && server.error().is(ErrorCode::address_in_use) &&
      settings.is_default("remoting.port")) {
    endpoint = endpoint.with_port(0);
    server =
        remoting::Server::open(parts->loops, server_options(settings, parts->tls, endpoint, log));
  }
  if (!server) {
    return unexpected(Error(server.error().code(), "remoting.port: " + server.error().message())
                          .with_hint("another port, 0 for any, or remoting.enabled = false"));
  }
  parts->server = *std::move(server);
  parts->host = parts->server->local().ip();
  return std::unique_ptr<Remoting>(new Remoting(std::move(parts)));
}

Remoting::Remoting(std::unique_ptr<Parts> parts) : parts_(std::move(parts)) {}

Remoting::~Remoting() {
  close(Duration::zero());
}

const std::string& Remoting::host() const {
  return parts_->host;
}

std::uint16_t Remoting::port() const {
  return parts_->server->local().port();
}

std::shared_ptr<Extension> Remoting::extension() const {
  return parts_->for_actors;
}

void Remoting::serve(ActorSystem& system, const Kinds& kinds) {
  parts_->client = std::make_shared<remoting::Client>(
      system,
      std::make_shared<remoting::SocketDialer>(parts_->loops,
                                               dialer_options(parts_->settings, parts_->tls)),
      client_options(parts_->settings));
  remoting::ServiceOptions options;
  options.make_actor = [&kinds](std::string_view name,
                                SpawnOptions& defaults) -> Result<internal::ActorRecipe> {
    const Kind* kind = kinds.find(name);
    if (kind == nullptr) return fail(ErrorCode::type_not_registered);
    defaults = kind->defaults;
    return kind->make(defaults);
  };
  options.client = parts_->client;
  options.max_frame_size =
      static_cast<std::uint32_t>(parts_->settings.number("remoting.max-frame-size"));
  parts_->service = std::make_shared<remoting::Service>(system, std::move(options));
  parts_->for_actors->use(parts_->client);
  parts_->server->serve(parts_->service);
}

remoting::Client& Remoting::client() {
  return *parts_->client;
}

std::size_t Remoting::connections() const {
  return parts_->server->connections();
}

bool Remoting::is_secured() const {
  return parts_->tls.server != nullptr;
}

Status Remoting::reload_tls() {
  if (!parts_->tls.server) return {};
  GOAKT_CHECK(parts_->tls.server->reload());
  return parts_->tls.client->reload();
}

Status Remoting::check_tls() const {
  GOAKT_CHECK(tls_of(parts_->settings));
  return {};
}

void Remoting::close(Duration timeout) {
  parts_->server->close();
  parts_->for_actors->use(nullptr);
  if (parts_->client) parts_->client->close(timeout);
  parts_->loops.stop();
}

}  // namespace goakt::node
