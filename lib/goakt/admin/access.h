#pragma once

#include "goakt/admin/http.h"
#include "goakt/admin/tokens.h"
#include "goakt/base/result.h"

#include <memory>
#include <mutex>
#include <string>
#include <vector>

namespace goakt::config {
class Settings;
}

namespace goakt::admin {

// Decides who a caller is and what he may do: by the door he came through, by his token, by his
// certificate; the most that any of them gives. Thread-safe.
class Access {
 public:
  // Errors: invalid_argument for a token file that cannot be read or a bad line in it.
  [[nodiscard]] static Result<std::unique_ptr<Access>> open(const config::Settings& settings);

  // What is wrong with each bad rule of admin.tls.roles.
  static std::vector<std::string> rule_problems(const config::Settings& settings);

  // Reads the token file again; on an error everything stays as it was.
  [[nodiscard]] Status reload(const config::Settings& settings);

  // Sets the request's caller and role. False: it names a token that is not known.
  bool identify(Request& request) const;

 private:
  struct CertificateRule {
    std::string pattern;  // '*' stands for anything
    Role role;
  };

  struct Rules {
    Role loopback = Role::viewer;
    std::vector<Token> tokens;
    std::vector<CertificateRule> certificates;
  };

  static std::vector<CertificateRule> parse_rules(const config::Settings& settings,
                                                  std::vector<std::string>& problems);
  [[nodiscard]] static Result<Rules> read(const config::Settings& settings);
  std::shared_ptr<const Rules> rules() const;

  mutable std::mutex mutex_;  // guards rules_
  std::shared_ptr<const Rules> rules_;
};

}  // namespace goakt::admin
