#include "goakt/config/checks.h"

#include "goakt/base/log.h"

#include <cerrno>
#include <cstring>
#include <filesystem>
#include <unistd.h>

namespace goakt::config {

namespace {

// GoAkt's limit of what gossip carries about a member.
constexpr std::size_t kMostMetadata = 512;

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

void check_cluster(const Settings& settings, Checks& checks) {
  checks.needs("cluster.enabled", "remoting.enabled");
  checks.needs("datacenter.enabled", "cluster.enabled");
  checks.different_ports("cluster.discovery-port", "cluster.peers-port");
  checks.different_ports("remoting.port", "cluster.peers-port");
  checks.different_ports("remoting.port", "cluster.discovery-port");
  checks.at_most("cluster.write-quorum", "cluster.replica-count");
  checks.at_most("cluster.read-quorum", "cluster.replica-count");
  std::size_t metadata = settings.text("system.name").size();
  for (const std::string& role : settings.list("cluster.roles")) metadata += role.size() + 4;
  if (metadata > kMostMetadata) {
    checks.refuse("cluster.roles", "are " + std::to_string(metadata) +
                                       " bytes with the name of the system; members can carry " +
                                       std::to_string(kMostMetadata));
  }
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
    if (key.cluster_only && !settings.is_default(key.name))
      checks.refuse(key.name, "has no effect on a node that runs alone");
  }
  if (settings.flag("cluster.enabled") && settings.number("cluster.replica-count") == 1)
    checks.refuse("cluster.replica-count", "with one copy, what a lost member knew is lost");
  if (settings.text("admin.listen").empty() && settings.text("admin.socket").empty())
    checks.refuse("admin.listen", "and admin.socket are off: goaktctl cannot reach this node");
  return checks.take();
}

}  // namespace goakt::config
