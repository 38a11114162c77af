#pragma once

#include "goakt/base/export.h"
#include "goakt/gossip/cipher.h"
#include "goakt/gossip/keyring.h"
#include "goakt/gossip/messages.h"

#include <tl/expected.hpp>

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

// A packet is messages in layers. Going out, each wraps the one before:
//
//   messages > compound > compress (if shorter) > crc (if the peer knows it) > encrypt > label
namespace goakt::gossip {

// How a member wraps what it sends and what it accepts.
struct Sealing {
  std::string label;
  Keyring keyring;
  bool compress = true;
  bool verify_incoming = true;
  bool verify_outgoing = true;
  // Another layer has removed the label already.
  bool skip_label_check = false;
  std::uint8_t protocol = 2;

  bool encrypts() const { return !keyring.empty() && verify_outgoing; }
};

// Why a packet, or a part of one, was dropped.
enum class Drop : std::uint8_t {
  empty,
  label,
  decryption,
  checksum,
  truncated,
  compression,
  too_large,
  nesting,
  unknown_type,
  malformed,
  unwanted,
};

GOAKT_API std::string_view drop_name(Drop drop) noexcept;

// Peers announce no limit; this one keeps a few bytes from becoming gigabytes.
inline constexpr std::size_t kMaxExpanded = 40u << 20;
// How deep compound and compress may be inside each other.
inline constexpr std::size_t kMaxNesting = 4;
inline constexpr std::size_t kMaxParts = 255;
inline constexpr std::size_t kMaxPart = 0xffff;
inline constexpr std::size_t kCompoundHead = 2;
inline constexpr std::size_t kCompoundPart = 2;

// `F4 | length | label`, nothing for the empty label (at most 255 bytes).
GOAKT_API std::string label_header(std::string_view label);
// Removes the header; what remains must be for this label.
GOAKT_API tl::expected<std::string_view, Drop> remove_label(std::string_view bytes,
                                                            std::string_view label,
                                                            bool skip_check);

// Packs messages (at most kMaxPart bytes each) into as few compounds as possible.
GOAKT_API std::vector<std::string> compounds(const std::vector<std::string>& messages);
// One LZW message around another.
GOAKT_API std::string compressed(std::string_view message);

// From a message (or compound) to the bytes of a datagram.
GOAKT_API std::string seal_packet(const Sealing& sealing, std::string message, bool with_crc,
                                  const Nonce& nonce);

// Takes a datagram apart down to its messages, one after the other, in the order of the packet.
// Views live as long as the object and the datagram.
class GOAKT_API PacketReader {
 public:
  PacketReader(const Sealing& sealing, std::string_view datagram);

  // The next message with its type byte, or why a part was dropped (the others still follow).
  // None when all is read.
  std::optional<tl::expected<std::string_view, Drop>> next();

 private:
  struct Part {
    std::string_view bytes;
    std::size_t depth = 0;
    Drop error = Drop::empty;
    bool broken = false;
  };

  void open(const Sealing& sealing, std::string_view datagram);
  void drop(Drop why);
  void split(std::string_view body, std::size_t depth);
  void expand(std::string_view body, std::size_t depth);

  // The part to be looked at next is the last one.
  std::vector<Part> parts_;
  // What decryption and decompression made; views point into it.
  std::vector<std::unique_ptr<const std::string>> owned_;
  std::size_t budget_ = kMaxExpanded;
};

}  // namespace goakt::gossip
