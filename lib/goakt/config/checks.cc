#include "goakt/config/checks.h"

#include "goakt/base/log.h"

#include <algorithm>
#include <arpa/inet.h>
#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <iterator>
#include <string_view>
#include <unistd.h>

namespace goakt::config {

namespace {

// GoAkt's limit of what gossip carries about a member.
constexpr std::size_t kMostMetadata = 512;

// What a member of a cluster makes use of by now, of the keys that a node alone does not.
constexpr std::string_view kOfMembers[] = {
    "cluster.bootstrap-timeout",
    "cluster.discovery-port",
    "cluster.enabled",
    "cluster.minimum-peers-quorum",
    "cluster.peers-port",
    "cluster.roles",
    "discovery.provider",
    "discovery.static.hosts",
    "remoting.bind",
    "remoting.enabled",
    "remoting.port",
    "tls.ca",
    "tls.cert",
    "tls.client-auth",
    "tls.key",
};

bool is_ip_port(const std::string& text) {
  const auto colon = text.rfind(':');
  if (colon == std::string::npos) return false;
  std::string ip = text.substr(0, colon);
  if (ip.starts_with('[') && ip.ends_with(']')) ip = ip.substr(1, ip.size() - 2);
  in6_addr address{};
  if (::inet_pton(AF_INET, ip.c_str(), &address) != 1 &&
      ::inet_pton(AF_INET6, ip.c_str(), &address) != 1)
    return false;
  unsigned port = 0;
  const auto parsed = std::from_chars(text.data() + colon + 1, text.data() + text.size(), port);
  return parsed.ec == std::errc() && parsed.ptr == text.data() + text.size() && port >= 1 &&
         port <= 65'535;
}

class Checks {
 public:
  using Names = std::set<std::string, std::less<>>;

  explicit Checks(const Settings& settings, Names wrong = {})
      : settings_(settings), wrong_(std::move(wrong)) {}

  // Complains where `key` was said.
  void refuse(std::string_view key, const std::string& text) {
    findings_.push_back(settings_.finding(key, text));
  }

  void together(std::string_view one, std::string_view other) {
    if (good(one, other) && !settings_.text(one).empty() && settings_.text(other).empty())
      refuse(one, "needs " + std::string(other));
  }

  void needs(std::string_view flag, std::string_view other) {
    if (good(flag, other) && settings_.flag(flag) && !settings_.flag(other))
      refuse(flag, "needs " + std::string(other) + " = true");
  }

  void different_ports(std::string_view one, std::string_view other) {
    const auto port = settings_.number(one);
    if (good(one, other) && port != 0 && port == settings_.number(other))
      refuse(one, "is the port of " + std::string(other) + " too");
  }

  void at_most(std::string_view one, std::string_view other) {
    if (good(one, other) && settings_.number(one) > settings_.number(other)) {
      refuse(one, "\"" + settings_.text(one) + "\" is more than " + std::string(other) + ", " +
                      settings_.text(other));
    }
  }

  void readable(std::string_view key) {
    const std::string& path = settings_.text(key);
    if (path.empty()) return;
    std::error_code error;
    if (std::filesystem::is_directory(path, error))
      refuse(key, "\"" + path + "\" is a directory, not a file");
    else if (::access(path.c_str(), R_OK) != 0)
      refuse(key, "\"" + path + "\" cannot be read: " + std::strerror(errno));
  }

  std::vector<Finding> take() { return std::move(findings_); }

  bool good(std::string_view one, std::string_view other) const {
    return !wrong_.contains(one) && !wrong_.contains(other);
  }

 private:
  const Settings& settings_;
  const Names wrong_;
  std::vector<Finding> findings_;
};

// The bytes of the record of the map with GoAkt's JSON in it.
std::size_t metadata_size(const Settings& settings) {
  constexpr std::size_t kRecord = 64;
  constexpr std::size_t kJson = 78;
  const std::size_t host = settings.text("remoting.bind").size();
  const std::size_t ports = settings.text("cluster.discovery-port").size() +
                            settings.text("remoting.port").size() +
                            2 * settings.text("cluster.peers-port").size();
  std::size_t size = kRecord + kJson + 2 * host + 1 + ports + settings.text("system.name").size();
  for (const std::string& role : settings.list("cluster.roles")) size += role.size() + 3;
  return size;
}

void check_member(const Settings& settings, Checks& checks) {
  const std::string& provider = settings.text("discovery.provider");
  if (checks.good("discovery.provider", "cluster.enabled") && provider != "static")
    checks.refuse("discovery.provider",
                  "\"" + provider + "\" is not in this version, only static is");
  for (const std::string& host : settings.list("discovery.static.hosts")) {
    if (!is_ip_port(host))
      checks.refuse("discovery.static.hosts",
                    "\"" + host + "\" must be an IP and the port of gossip: 10.0.0.1:3322");
  }
}

void check_cluster(const Settings& settings, Checks& checks) {
  checks.needs("cluster.enabled", "remoting.enabled");
  checks.needs("datacenter.enabled", "cluster.enabled");
  checks.different_ports("cluster.discovery-port", "cluster.peers-port");
  checks.different_ports("remoting.port", "cluster.peers-port");
  checks.different_ports("remoting.port", "cluster.discovery-port");
  checks.at_most("cluster.write-quorum", "cluster.replica-count");
  checks.at_most("cluster.read-quorum", "cluster.replica-count");
  if (const auto size = metadata_size(settings); size > kMostMetadata) {
    checks.refuse("cluster.roles", "make the node's metadata " + std::to_string(size) +
                                       " bytes; members can carry " +
                                       std::to_string(kMostMetadata));
  }
  if (settings.flag("cluster.enabled")) check_member(settings, checks);
  if (settings.flag("datacenter.enabled")) {
    for (const char* key : {"datacenter.name", "datacenter.control-plane"})
      if (settings.text(key).empty() && checks.good(key, "datacenter.enabled"))
        checks.refuse("datacenter.enabled", std::string("needs ") + key);
  }
}

}  // namespace

std::vector<Finding> contradictions(const Settings& settings, bool check_files,
                                    const std::set<std::string, std::less<>>& wrong) {
  Checks checks(settings, wrong);
  for (const auto& [name, level] : settings.map("log.levels")) {
    if (!parse_log_level(level))
      checks.refuse("log.levels", "\"" + level + "\" of " + name +
                                      " must be one of debug|info|warn|error|fatal|panic");
  }
  checks.together("admin.tls.cert", "admin.tls.key");
  checks.together("admin.tls.key", "admin.tls.cert");
  checks.together("admin.tls.client-ca", "admin.tls.cert");
  checks.together("tls.cert", "tls.key");
  checks.together("tls.cert", "tls.ca");
  checks.together("tls.key", "tls.cert");
  check_cluster(settings, checks);
  if (check_files) {
    for (const Key& key : keys()) {
      const bool names_file =
          key.name.find("tls.") != std::string_view::npos && key.type == KeyType::text;
      if (names_file || key.name == "admin.token-file") checks.readable(key.name);
    }
  }
  return checks.take();
}

std::vector<Finding> doubts(const Settings& settings) {
  Checks checks(settings);
  for (const Key& key : keys()) {
    if (!key.cluster_only || settings.is_default(key.name)) continue;
    if (!settings.flag("cluster.enabled"))
      checks.refuse(key.name, "has no effect on a node that runs alone");
    else if (std::find(std::begin(kOfMembers), std::end(kOfMembers), key.name) ==
             std::end(kOfMembers))
      checks.refuse(key.name, "has no effect in this version");
  }
  if (settings.flag("cluster.enabled") && settings.number("cluster.replica-count") == 1)
    checks.refuse("cluster.replica-count", "with one copy, what a lost member knew is lost");
  if (settings.text("admin.listen").empty() && settings.text("admin.socket").empty())
    checks.refuse("admin.listen", "and admin.socket are off: goaktctl cannot reach this node");
  return checks.take();
}

}  // namespace goakt::config
