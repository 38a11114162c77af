#pragma once

#include "goakt/admin/tokens.h"
#include "goakt/base/result.h"

#include <string>
#include <vector>

namespace goakt::daemon {

// The file of admin.token-file as its owner edits it. Each change reads and replaces the whole file
// under a lock of its directory, so that two at once lose nothing; comments stay.
class TokenFile {
 public:
  explicit TokenFile(std::string path) : path_(std::move(path)) {}

  // None when there is no file yet.
  [[nodiscard]] Result<std::vector<admin::Token>> list() const;
  // Makes a secret, which is kept nowhere else, and adds its digest; makes the file when there is
  // none. Error: invalid_id for a name that is bad or taken.
  [[nodiscard]] Result<std::string> add(admin::Role role, const std::string& name);
  // Error: invalid_id when there is none of that name.
  [[nodiscard]] Status revoke(const std::string& name);

 private:
  std::string path_;
};

}  // namespace goakt::daemon
