#pragma once

#include "goakt/base/export.h"
#include "goakt/gossip/keyring.h"

#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// AES-GCM as memberlist frames it:  version u8 | nonce 12 | ciphertext | tag 16
namespace goakt::gossip {

using Nonce = std::array<unsigned char, 12>;

// Version 0 pads the plaintext to 16 (speakers of protocol 1), version 1 does not.
enum class CipherVersion : std::uint8_t { padded = 0, plain = 1 };

constexpr CipherVersion cipher_version(std::uint8_t protocol) {
  return protocol == 1 ? CipherVersion::padded : CipherVersion::plain;
}

// How many bytes sealing adds at most.
constexpr std::size_t cipher_overhead(CipherVersion version) {
  return version == CipherVersion::padded ? 45 : 29;
}

// The length of what seal() makes of `plain` bytes.
constexpr std::size_t sealed_size(CipherVersion version, std::size_t plain) {
  return 29 + (version == CipherVersion::padded ? plain + 16 - plain % 16 : plain);
}

GOAKT_API std::string seal(CipherVersion version, std::string_view key, const Nonce& nonce,
                           std::string_view plain, std::string_view bound_to);

// Tries every key of the ring. `bound_to` is what the sender bound the bytes to: its label.
GOAKT_API std::optional<std::string> unseal(const Keyring& keys, std::string_view sealed,
                                            std::string_view bound_to);

}  // namespace goakt::gossip
