#include "goakt/gossip/packet.h"

#include "goakt/gossip/crc.h"
#include "goakt/gossip/lzw.h"

#include <algorithm>
#include <array>
#include <memory>
#include <utility>

namespace goakt::gossip {

namespace {

constexpr std::size_t kCrcHead = 5;

std::uint8_t byte_at(std::string_view bytes, std::size_t at) {
  return static_cast<std::uint8_t>(bytes[at]);
}

void append_big_endian(std::string& out, std::uint32_t value, int bytes) {
  for (int shift = 8 * (bytes - 1); shift >= 0; shift -= 8)
    out.push_back(static_cast<char>(value >> shift));
}

std::string compound(const std::string* first, std::size_t count) {
  std::string out;
  out.push_back(static_cast<char>(Kind::compound));
  out.push_back(static_cast<char>(count));
  for (std::size_t i = 0; i < count; ++i)
    append_big_endian(out, static_cast<std::uint32_t>(first[i].size()), 2);
  for (std::size_t i = 0; i < count; ++i) out.append(first[i]);
  return out;
}

}  // namespace

std::string_view drop_name(Drop drop) noexcept {
  constexpr std::array<std::string_view, 11> kNames{
      "empty",     "label",   "decryption",   "checksum",  "truncated", "compression",
      "too large", "nesting", "unknown type", "malformed", "unwanted"};
  return kNames[static_cast<std::size_t>(drop)];
}

std::string label_header(std::string_view label) {
  std::string out;
  if (label.empty()) return out;
  out.push_back(static_cast<char>(Kind::label));
  out.push_back(static_cast<char>(label.size()));
  return out.append(label);
}

tl::expected<std::string_view, Drop> remove_label(std::string_view bytes, std::string_view label,
                                                  bool skip_check) {
  std::string_view found;
  if (!bytes.empty() && byte_at(bytes, 0) == static_cast<std::uint8_t>(Kind::label)) {
    if (bytes.size() < 2) return tl::unexpected(Drop::truncated);
    const std::size_t length = byte_at(bytes, 1);
    if (length == 0 || bytes.size() < 2 + length) return tl::unexpected(Drop::truncated);
    found = bytes.substr(2, length);
    bytes.remove_prefix(2 + length);
  }
  // Who left the label to another layer must not find one here.
  if (found != (skip_check ? std::string_view() : label)) return tl::unexpected(Drop::label);
  return bytes;
}

std::vector<std::string> compounds(const std::vector<std::string>& messages) {
  std::vector<std::string> out;
  for (std::size_t at = 0; at < messages.size(); at += kMaxParts)
    out.push_back(compound(messages.data() + at, std::min(kMaxParts, messages.size() - at)));
  return out;
}

std::string compressed(std::string_view message) {
  return encode(Compressed{0, lzw::compress(message)});
}

std::string seal_packet(const Sealing& sealing, std::string message, bool with_crc,
                        const Nonce& nonce) {
  if (sealing.compress)
    if (auto shorter = compressed(message); shorter.size() < message.size())
      message = std::move(shorter);
  if (with_crc) {
    std::string head(1, static_cast<char>(Kind::crc));
    append_big_endian(head, crc32(message), 4);
    message.insert(0, head);
  }
  if (sealing.encrypts())
    message = seal(cipher_version(sealing.protocol), sealing.keyring.primary(), nonce, message,
                   sealing.label);
  return sealing.label.empty() ? message : label_header(sealing.label).append(message);
}

PacketReader::PacketReader(const Sealing& sealing, std::string_view datagram) {
  open(sealing, datagram);
}

void PacketReader::open(const Sealing& sealing, std::string_view datagram) {
  const auto inner = remove_label(datagram, sealing.label, sealing.skip_label_check);
  if (!inner) return drop(inner.error());
  auto plain = *inner;
  if (!sealing.keyring.empty()) {
    if (auto opened = unseal(sealing.keyring, plain, sealing.label)) {
      owned_.push_back(std::make_unique<const std::string>(*std::move(opened)));
      plain = *owned_.back();
    } else if (sealing.verify_incoming) {
      return drop(Drop::decryption);
    }
  }
  if (plain.size() >= kCrcHead && byte_at(plain, 0) == static_cast<std::uint8_t>(Kind::crc)) {
    std::uint32_t expected = 0;
    for (std::size_t i = 1; i < kCrcHead; ++i) expected = expected << 8 | byte_at(plain, i);
    plain.remove_prefix(kCrcHead);
    if (crc32(plain) != expected) return drop(Drop::checksum);
  }
  parts_.push_back({plain});
}

void PacketReader::drop(Drop why) {
  parts_.push_back({{}, 0, why, true});
}

std::optional<tl::expected<std::string_view, Drop>> PacketReader::next() {
  while (!parts_.empty()) {
    const auto part = parts_.back();
    parts_.pop_back();
    if (part.broken) return tl::unexpected(part.error);
    if (part.bytes.empty()) return tl::unexpected(Drop::empty);
    const auto kind = static_cast<Kind>(byte_at(part.bytes, 0));
    if (kind != Kind::compound && kind != Kind::compress) return part.bytes;
    if (part.depth == kMaxNesting) return tl::unexpected(Drop::nesting);
    const auto body = part.bytes.substr(1);
    kind == Kind::compound ? split(body, part.depth + 1) : expand(body, part.depth + 1);
  }
  return std::nullopt;
}

void PacketReader::split(std::string_view body, std::size_t depth) {
  if (body.empty()) return drop(Drop::truncated);
  const std::size_t count = byte_at(body, 0);
  if (body.size() < 1 + kCompoundPart * count) return drop(Drop::truncated);
  const auto lengths = body.substr(1, kCompoundPart * count);
  body.remove_prefix(1 + lengths.size());

  const auto start = parts_.size();
  for (std::size_t i = 0; i < count; ++i) {
    const std::size_t length =
        std::size_t{byte_at(lengths, 2 * i)} << 8 | byte_at(lengths, 2 * i + 1);
    if (length > body.size()) {  // the parts before it are good
      drop(Drop::truncated);
      break;
    }
    parts_.push_back({body.substr(0, length), depth});
    body.remove_prefix(length);
  }
  std::reverse(parts_.begin() + static_cast<std::ptrdiff_t>(start), parts_.end());
}

void PacketReader::expand(std::string_view body, std::size_t depth) {
  Compressed message;
  if (!decode(body, message).ok) return drop(Drop::malformed);
  if (message.algorithm != 0) return drop(Drop::compression);
  auto plain = lzw::expand(message.bytes.bytes, budget_);
  if (!plain) return drop(Drop::compression);
  budget_ -= plain->size();
  owned_.push_back(std::make_unique<const std::string>(*std::move(plain)));
  parts_.push_back({*owned_.back(), depth});
}

}  // namespace goakt::gossip
