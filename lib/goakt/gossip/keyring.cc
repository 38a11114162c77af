#include "goakt/gossip/keyring.h"

#include <algorithm>

namespace goakt::gossip {

Status Keyring::add(std::string key) {
  if (key.size() != 16 && key.size() != 24 && key.size() != 32)
    return fail(ErrorCode::invalid_argument, "key size must be 16, 24 or 32 bytes");
  if (std::find(keys_.begin(), keys_.end(), key) == keys_.end()) keys_.push_back(std::move(key));
  return {};
}

Status Keyring::use(std::string_view key) {
  const auto found = std::find(keys_.begin(), keys_.end(), key);
  if (found == keys_.end())
    return fail(ErrorCode::invalid_argument, "requested key is not in the keyring");
  std::rotate(keys_.begin(), found, found + 1);
  return {};
}

Status Keyring::remove(std::string_view key) {
  const auto found = std::find(keys_.begin(), keys_.end(), key);
  if (found == keys_.end()) return {};
  if (found == keys_.begin())
    return fail(ErrorCode::invalid_argument, "removing the primary key is not allowed");
  keys_.erase(found);
  return {};
}

}  // namespace goakt::gossip
