// Streams that nobody should open, whole and byte by byte: both ways must end the same.

#include "goakt/gossip/node.h"
#include "goakt/gossip/tcp_frame.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace goakt;
using namespace goakt::gossip;

namespace {

Sealing sealing_of(std::uint8_t choice) {
  Sealing sealing;
  if (choice & 1) sealing.label = "L";
  if (choice & 2) {
    if (!sealing.keyring.add(std::string(16, 'k'))) std::abort();
    sealing.verify_incoming = (choice & 4) == 0;
  }
  return sealing;
}

// 0: wants more, 1: complete, 2: refused.
int read(const Sealing& sealing, StreamReader::Side side, std::string_view bytes,
         std::size_t piece) {
  StreamReader reader(sealing, side);
  int state = 0;
  for (std::size_t at = 0; at < bytes.size() && state == 0; at += piece) {
    const auto progress = reader.feed(bytes.substr(at, piece));
    state = !progress ? 2 : *progress ? 1 : 0;
  }
  if (state == 1) (void)reader.take();
  return state;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  const auto sealing = sealing_of(data[0]);
  for (const auto side : {StreamReader::Side::acceptor, StreamReader::Side::initiator}) {
    const auto whole = read(sealing, side, bytes, std::max<std::size_t>(bytes.size(), 1));
    // Trickling is refused beyond a thousand pieces of one value.
    if (bytes.size() < 1000 && read(sealing, side, bytes, 1) != whole) std::abort();
  }
  (void)decode_tcp_packet(bytes);

  Config config;
  config.name = "me";
  config.advertise = {std::string("\x7f\0\0\1", 4), 7946};
  config.sealing = sealing;
  Delegate delegate;
  Node node(
      std::move(config), delegate, [] { return Nonce{}; }, 1);
  TimePoint now(std::chrono::hours(1));
  node.start(now);
  const auto stream = node.stream_accepted(now, {std::string("\x7f\0\0\2", 4), 4444});
  node.stream_bytes(now, stream, bytes);
  node.advance(now + std::chrono::minutes(1));
  if (node.exchanges().inbound() != 0) std::abort();
  return 0;
}
