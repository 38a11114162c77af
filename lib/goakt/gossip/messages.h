#pragma once

#include "goakt/base/export.h"
#include "goakt/gossip/endpoint.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// What members say to each other: plain values and their MessagePack bodies, byte for byte those of
// HashiCorp's memberlist v0.6.0. docs/protocols/membership.md tells who says what when.
namespace goakt::gossip {

// The first byte of a message.
enum class Kind : std::uint8_t {
  ping = 0,
  indirect_ping = 1,
  ack = 2,
  suspect = 3,
  alive = 4,
  dead = 5,
  push_pull = 6,
  compound = 7,
  user = 8,
  compress = 9,
  encrypt = 10,
  nack = 11,
  crc = 12,
  error = 13,
  label = 244,
};

// Go's []byte: absent and empty are different bytes on the wire and equal in every comparison.
struct Blob {
  Blob() = default;

  Blob(std::string content) : bytes(std::move(content)), present(true) {}  // NOLINT: a value

  bool operator==(const Blob& other) const noexcept { return bytes == other.bytes; }

  std::string bytes;
  bool present = false;
};

struct Ping {
  static constexpr Kind kind = Kind::ping;
  std::uint32_t seq = 0;
  // Who is meant; empty: whoever hears it.
  std::string node;
  Blob source_ip;
  std::uint16_t source_port = 0;
  std::string source_node;
};

struct IndirectPing {
  static constexpr Kind kind = Kind::indirect_ping;
  std::uint32_t seq = 0;
  Blob target_ip;
  // 0: the receiver's own port.
  std::uint16_t port = 0;
  std::string node;
  bool nack = false;
  Blob source_ip;
  std::uint16_t source_port = 0;
  std::string source_node;
};

struct Ack {
  static constexpr Kind kind = Kind::ack;
  std::uint32_t seq = 0;
  Blob payload;
};

struct Nack {
  static constexpr Kind kind = Kind::nack;
  std::uint32_t seq = 0;
};

struct Suspect {
  static constexpr Kind kind = Kind::suspect;
  std::uint32_t incarnation = 0;
  std::string node;
  std::string from;
};

// From the node itself it is a graceful leave.
struct Dead {
  static constexpr Kind kind = Kind::dead;
  std::uint32_t incarnation = 0;
  std::string node;
  std::string from;
};

struct Alive {
  static constexpr Kind kind = Kind::alive;
  std::uint32_t incarnation = 0;
  std::string node;
  Blob ip;
  std::uint16_t port = 0;
  Blob meta;
  // Six bytes: protocol min, max, current; delegate min, max, current.
  Blob versions;
};

struct ErrorMessage {
  static constexpr Kind kind = Kind::error;
  std::string text;
};

struct Compressed {
  static constexpr Kind kind = Kind::compress;
  // 0: LZW; there is no other.
  std::uint8_t algorithm = 0;
  Blob bytes;
};

struct PushPullHeader {
  static constexpr Kind kind = Kind::push_pull;
  std::int64_t nodes = 0;
  std::int64_t user_state_length = 0;
  bool join = false;
};

struct PushPullNode {
  std::string name;
  Blob ip;
  std::uint16_t port = 0;
  Blob meta;
  std::uint32_t incarnation = 0;
  // The numbers of State; any other is ignored by the receiver.
  std::int64_t state = 0;
  Blob versions;
};

struct UserHeader {
  static constexpr Kind kind = Kind::user;
  std::int64_t length = 0;
};

struct PushPull {
  bool join = false;
  std::vector<PushPullNode> nodes;
  std::string user_state;
};

struct UserMessage {
  std::string bytes;
};

// What became of reading one body: how many bytes it took, or that it is wrong or cut.
struct Decoded {
  bool ok = false;
  std::size_t size = 0;
  // If not ok: the least length of input that could help, 0 if none can.
  std::size_t needed = 0;
};

// Reads a body (without the type byte). Lenient as Go's codec is: keys in any order, unknown ones
// skipped, any integer width, the array form; bytes after the value are left alone.
template <class M>
GOAKT_API Decoded decode(std::string_view body, M& message);

// Appends the body alone.
template <class M>
GOAKT_API void encode_body(const M& message, std::string& out);

// Type byte and body.
template <class M>
std::string encode(const M& message) {
  std::string out(1, static_cast<char>(M::kind));
  encode_body(message, out);
  return out;
}

// The same as a stream message: all nodes and the user's state behind each other.
GOAKT_API std::string encode(const PushPull& state);
GOAKT_API std::string encode(const UserMessage& message);

}  // namespace goakt::gossip
