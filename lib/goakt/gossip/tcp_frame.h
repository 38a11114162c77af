#pragma once

#include "goakt/base/export.h"

#include <optional>
#include <string>
#include <string_view>

// GoAkt's replacement for UDP in clusters with TLS: a connection per packet.
//
//   01 | length u8 | sender "ip:port" | packet | MD5 of the packet       then it is closed
//   02 | a stream as it is
namespace goakt::gossip {

inline constexpr char kTcpPacket = 1;
inline constexpr char kTcpStream = 2;

struct TcpPacket {
  std::string_view from;
  std::string_view packet;
};

GOAKT_API std::string encode_tcp_packet(std::string_view from, std::string_view packet);
// All bytes of the connection; none if cut or if the digest differs.
GOAKT_API std::optional<TcpPacket> decode_tcp_packet(std::string_view bytes);

}  // namespace goakt::gossip
