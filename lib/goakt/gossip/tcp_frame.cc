#include "goakt/gossip/tcp_frame.h"

#include <openssl/evp.h>

#include <cstdint>

namespace goakt::gossip {

namespace {

constexpr std::size_t kDigest = 16;

// Against accidents, not attackers: those meet TLS.
std::string md5(std::string_view bytes) {
  std::string digest(kDigest, '\0');
  unsigned int length = 0;
  if (EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()),
                 &length, EVP_md5(), nullptr) != 1 ||
      length != kDigest)
    return {};
  return digest;
}

}  // namespace

std::string encode_tcp_packet(std::string_view from, std::string_view packet) {
  std::string out(1, kTcpPacket);
  out.push_back(static_cast<char>(from.size()));
  return out.append(from).append(packet).append(md5(packet));
}

std::optional<TcpPacket> decode_tcp_packet(std::string_view bytes) {
  if (bytes.size() < 2 || bytes[0] != kTcpPacket) return std::nullopt;
  const std::size_t address = static_cast<std::uint8_t>(bytes[1]);
  bytes.remove_prefix(2);
  if (bytes.size() < address + kDigest) return std::nullopt;
  TcpPacket out;
  out.from = bytes.substr(0, address);
  out.packet = bytes.substr(address, bytes.size() - address - kDigest);
  if (bytes.substr(bytes.size() - kDigest) != md5(out.packet)) return std::nullopt;
  return out;
}

}  // namespace goakt::gossip
