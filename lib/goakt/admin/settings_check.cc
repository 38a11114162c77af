#include "goakt/admin/settings_check.h"

#include "goakt/admin/access.h"
#include "goakt/admin/tls.h"
#include "goakt/admin/tokens.h"

#include <cerrno>
#include <charconv>
#include <cstring>
#include <filesystem>
#include <unistd.h>

namespace goakt::admin {

namespace {

namespace fs = std::filesystem;

constexpr std::size_t kMostTokenProblems = 10;  // of one file, which may be anything

class Checks {
 public:
  Checks(const config::Settings& settings, Occasion occasion)
      : settings_(settings), occasion_(occasion) {}

  std::vector<config::Finding> run() {
    const bool has_tokens = check_tokens();
    for (const std::string& text : Access::rule_problems(settings_))
      refuse("admin.tls.roles", text);
    const bool has_tls = check_tls();
    check_audit_file();
    check_listen(has_tls, has_tokens || !settings_.text("admin.tls.client-ca").empty());
    return std::move(findings_);
  }

 private:
  void refuse(std::string_view key, const std::string& text) {
    findings_.push_back(settings_.finding(key, text));
  }

  // Somebody has a token; or would have, if the file were good.
  bool check_tokens() {
    const std::string& file = settings_.text("admin.token-file");
    if (file.empty()) return false;
    if (::access(file.c_str(), R_OK) != 0) return true;  // told by the configuration itself
    std::vector<std::string> problems;
    const auto tokens = scan_tokens(file, problems);
    for (std::size_t i = 0; i < std::min(problems.size(), kMostTokenProblems); ++i)
      refuse("admin.token-file", problems[i]);
    if (problems.size() > kMostTokenProblems) {
      refuse("admin.token-file",
             "and " + std::to_string(problems.size() - kMostTokenProblems) + " lines more");
    }
    return !tokens.empty() || !problems.empty() || occasion_ == Occasion::reload;
  }

  bool check_tls() {
    const TlsContext::Files files = TlsContext::Files::of(settings_);
    // That both are there and can be read is told by the configuration itself.
    if (files.certificate.empty() || files.key.empty()) return !files.certificate.empty();
    for (const auto& [key, text] : TlsContext::problems(files))
      if (::access(settings_.text(key).c_str(), R_OK) == 0) refuse(key, text);
    return true;
  }

  // Without making it: that is the node's business.
  void check_audit_file() {
    const std::string& file = settings_.text("admin.audit-file");
    if (file.empty()) return;
    std::error_code error;
    if (fs::is_directory(file, error))
      return refuse("admin.audit-file", "\"" + file + "\" is a directory, not a file");
    const bool exists = fs::exists(file, error);
    const fs::path folder = fs::path(file).parent_path();
    const std::string what = exists ? file : folder.empty() ? "." : folder.string();
    if (::access(what.c_str(), exists ? W_OK : W_OK | X_OK) != 0)
      refuse("admin.audit-file", "\"" + file + "\" cannot be written: " + std::strerror(errno));
  }

  void check_listen(bool has_tls, bool has_credentials) {
    const std::string& listen = settings_.text("admin.listen");
    if (listen.empty()) return;
    const auto at = parse_host_port(listen);
    if (!at) return refuse("admin.listen", at.error().message());
    const bool is_loopback = at->host.starts_with("127.") || at->host == "::1";
    if (is_loopback || (has_tls && has_credentials)) return;
    refuse("admin.listen", at->host +
                               " can be reached from other machines; that needs admin.tls.cert and "
                               "admin.tls.key, and admin.token-file with a token or "
                               "admin.tls.client-ca; or use 127.0.0.1, or the unix socket "
                               "through ssh");
  }

  const config::Settings& settings_;
  const Occasion occasion_;
  std::vector<config::Finding> findings_;
};

}  // namespace

std::vector<config::Finding> check_settings(const config::Settings& settings, Occasion occasion) {
  return Checks(settings, occasion).run();
}

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
  return fail(ErrorCode::invalid_argument, "\"" + text + "\" is no address such as 127.0.0.1:4258");
}

}  // namespace goakt::admin
