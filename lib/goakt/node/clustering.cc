#include "goakt/node/clustering.h"

#include "goakt/actor/publish.h"
#include "goakt/base/clock.h"
#include "goakt/base/text.h"
#include "goakt/net/local_address.h"

#include <algorithm>
#include <charconv>
#include <string>
#include <utility>
#include <vector>

namespace goakt::node {

namespace {

std::uint16_t port_of(const config::Settings& settings, std::string_view key) {
  return static_cast<std::uint16_t>(settings.number(key));
}

// Where the admin API was told to be; not where it went because that was taken.
std::uint16_t admin_port(const config::Settings& settings) {
  const std::string& listen = settings.text("admin.listen");
  if (settings.is_default("admin.listen") || listen.empty()) return 0;
  std::uint16_t port = 0;
  const auto begin = listen.data() + listen.rfind(':') + 1;
  std::from_chars(begin, listen.data() + listen.size(), port);
  return port;
}

Result<cluster::NodeMeta> meta_of(const config::Settings& settings, std::uint16_t remoting_port) {
  cluster::NodeMeta meta;
  meta.system = settings.text("system.name");
  meta.host = settings.text("remoting.bind");
  if (meta.host == "0.0.0.0" || meta.host == "::") {
    GOAKT_TRY(meta.host, net::local_address());
  }
  meta.discovery_port = port_of(settings, "cluster.discovery-port");
  meta.peers_port = port_of(settings, "cluster.peers-port");
  meta.remoting_port = remoting_port;
  meta.roles = settings.list("cluster.roles");
  std::sort(meta.roles.begin(), meta.roles.end());
  meta.roles.erase(std::unique(meta.roles.begin(), meta.roles.end()), meta.roles.end());
  meta.goaktd = cluster::NodeMeta::Mark{1, admin_port(settings)};
  return meta;
}

Result<std::vector<net::Endpoint>> seeds_of(const config::Settings& settings) {
  std::vector<net::Endpoint> seeds;
  for (const std::string& text : settings.list("discovery.static.hosts")) {
    const auto colon = text.rfind(':');
    std::string ip = text.substr(0, colon);
    if (ip.starts_with('[') && ip.ends_with(']')) ip = ip.substr(1, ip.size() - 2);
    std::uint16_t port = 0;
    if (colon != std::string::npos)
      std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
    auto seed = net::Endpoint::parse(ip, port);
    if (!seed || port == 0)
      return fail(ErrorCode::invalid_argument,
                  "discovery.static.hosts: \"" + text + "\" must be an IP and the port of gossip");
    seeds.push_back(*seed);
  }
  return seeds;
}

Status add_tls(const config::Settings& settings, cluster::MemberOptions& options) {
  if (settings.text("tls.cert").empty()) return {};
  net::TlsOptions tls;
  tls.certificate = settings.text("tls.cert");
  tls.key = settings.text("tls.key");
  tls.authorities = settings.text("tls.ca");
  tls.require_client_certificate = settings.flag("tls.client-auth");
  GOAKT_TRY(options.server_tls, net::TlsContext::server(tls));
  GOAKT_TRY(options.client_tls, net::TlsContext::client(tls));
  return {};
}

void tell(ActorSystem& system, const cluster::Change& change) {
  using Kind = cluster::Change::Kind;
  const auto now = SystemClock::instance().wall();
  switch (change.kind) {
    case Kind::joined:
      return publish(system, NodeJoined{change.node, now});
    case Kind::left:
      return publish(system, NodeLeft{change.node, now});
    case Kind::leader:
      return publish(system, LeaderChanged{change.node, now});
  }
}

}  // namespace

Result<std::unique_ptr<cluster::Member>> join_cluster(const config::Settings& settings,
                                                      std::uint16_t remoting_port,
                                                      ActorSystem& system, const Logger& log,
                                                      std::function<bool()> give_up) {
  cluster::MemberOptions options;
  GOAKT_TRY(options.node, meta_of(settings, remoting_port));
  GOAKT_TRY(options.seeds, seeds_of(settings));
  GOAKT_CHECK(add_tls(settings, options));
  options.quorum = static_cast<std::size_t>(settings.number("cluster.minimum-peers-quorum"));
  options.log = log.named("cluster");
  options.give_up = std::move(give_up);
  options.on_change = [&system](const cluster::Change& change) { tell(system, change); };
  auto member =
      cluster::Member::start(std::move(options), settings.duration("cluster.bootstrap-timeout"));
  if (!member && member.error().is(ErrorCode::address_in_use)) {
    return unexpected(
        Error(ErrorCode::address_in_use, "cluster.discovery-port: " + member.error().message())
            .with_hint("members must keep their port, so no other is taken: choose "
                       "one, or end what listens there"));
  }
  return member;
}

}  // namespace goakt::node
