#include "goakt/admin/access.h"

#include "goakt/config/settings.h"

#include <openssl/crypto.h>

#include <algorithm>

namespace goakt::admin {

namespace {

// Linear: one position to come back to is enough, because '*' takes anything.
bool matches(std::string_view pattern, std::string_view text) {
  std::size_t p = 0;
  std::size_t t = 0;
  std::size_t star = std::string_view::npos;
  std::size_t after_star = 0;
  while (t < text.size()) {
    if (p < pattern.size() && pattern[p] == '*') {
      star = p++;
      after_star = t;
    } else if (p < pattern.size() && pattern[p] == text[t]) {
      ++p;
      ++t;
    } else if (star != std::string_view::npos) {
      p = star + 1;
      t = ++after_star;
    } else {
      return false;
    }
  }
  while (p < pattern.size() && pattern[p] == '*') ++p;
  return p == pattern.size();
}

// "CN=alice,O=ops" to "alice".
std::string common_name(const std::string& subject) {
  const auto at = subject.find("CN=");
  if (at == std::string::npos) return subject;
  return subject.substr(at + 3, subject.find(',', at) - at - 3);
}

}  // namespace

std::vector<Access::CertificateRule> Access::parse_rules(const config::Settings& settings,
                                                         std::vector<std::string>& problems) {
  std::vector<CertificateRule> rules;
  for (const std::string& rule : settings.list("admin.tls.roles")) {
    const auto colon = rule.rfind(':');
    CertificateRule parsed{rule.substr(0, colon), Role::none};
    if (colon == std::string::npos || !parse_role(rule.substr(colon + 1), parsed.role))
      problems.push_back("\"" + rule + "\" is no rule such as CN=ops-*:operator");
    else
      rules.push_back(std::move(parsed));
  }
  return rules;
}

std::vector<std::string> Access::rule_problems(const config::Settings& settings) {
  std::vector<std::string> problems;
  parse_rules(settings, problems);
  return problems;
}

Result<Access::Rules> Access::read(const config::Settings& settings) {
  Rules rules;
  parse_role(settings.text("admin.loopback-role"), rules.loopback);
  std::vector<std::string> problems;
  rules.certificates = parse_rules(settings, problems);
  if (!problems.empty())
    return fail(ErrorCode::invalid_argument, "admin.tls.roles: " + problems.front());
  const std::string& file = settings.text("admin.token-file");
  if (file.empty()) return rules;
  GOAKT_TRY(rules.tokens, read_tokens(file));
  return rules;
}

Result<std::unique_ptr<Access>> Access::open(const config::Settings& settings) {
  auto access = std::make_unique<Access>();
  GOAKT_CHECK(access->reload(settings));
  return access;
}

Status Access::reload(const config::Settings& settings) {
  GOAKT_TRY(Rules rules, read(settings));
  std::lock_guard lock(mutex_);
  rules_ = std::make_shared<const Rules>(std::move(rules));
  return {};
}

std::shared_ptr<const Access::Rules> Access::rules() const {
  std::lock_guard lock(mutex_);
  return rules_;
}

bool Access::identify(Request& request) const {
  const auto rules = this->rules();
  switch (request.door) {
    case Door::socket:
      request.caller = "socket";
      request.role = Role::admin;
      break;
    case Door::loopback:
      request.caller = "loopback";
      request.role = rules->loopback;
      break;
    case Door::network:
      request.caller = request.peer;
      request.role = Role::none;
      break;
  }
  const auto raise = [&](Role role, std::string name) {
    request.role = std::max(request.role, role);
    request.caller = std::move(name);
  };
  for (const CertificateRule& rule : rules->certificates) {
    if (request.certificate.empty() || !matches(rule.pattern, request.certificate)) continue;
    raise(rule.role, "cert:" + common_name(request.certificate));
    break;  // the first that fits
  }
  const std::string_view given = request.header("authorization");
  if (given.empty()) return true;
  constexpr std::string_view kScheme = "Bearer ";
  const std::string digest =
      sha256(given.starts_with(kScheme) ? given.substr(kScheme.size()) : std::string_view());
  // All are compared, so that the time tells nothing about which one came near.
  const Token* found = nullptr;
  for (const Token& token : rules->tokens)
    if (CRYPTO_memcmp(token.sha256.data(), digest.data(), digest.size()) == 0) found = &token;
  if (found == nullptr) {
    request.role = Role::none;
    return false;
  }
  raise(found->role, "token:" + found->name);
  return true;
}

}  // namespace goakt::admin
