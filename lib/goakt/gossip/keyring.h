#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace goakt::gossip {

// The AES keys that a member accepts; the first is the one that it encrypts with. Rotation without
// losing anybody: add the new key everywhere, use it everywhere, remove the old one everywhere.
class GOAKT_API Keyring {
 public:
  // Keys of 16, 24 or 32 bytes. Adding a known one changes nothing.
  [[nodiscard]] Status add(std::string key);
  // Makes a known key the primary one.
  [[nodiscard]] Status use(std::string_view key);
  // The primary key cannot be removed; an unknown one is no error.
  [[nodiscard]] Status remove(std::string_view key);

  bool empty() const noexcept { return keys_.empty(); }

  const std::string& primary() const noexcept { return keys_.front(); }

  const std::vector<std::string>& keys() const noexcept { return keys_; }

 private:
  std::vector<std::string> keys_;
};

}  // namespace goakt::gossip
