// A member under packets that nobody should send: the first byte chooses what the member is like.

#include "goakt/gossip/node.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

using namespace goakt;
using namespace goakt::gossip;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  Config config;
  config.name = "me";
  config.advertise = {std::string("\x7f\0\0\1", 4), 7946};
  if (data[0] & 1) config.sealing.label = "L";
  if (data[0] & 2) {
    if (!config.sealing.keyring.add(std::string(16, 'k'))) std::abort();
    config.sealing.verify_incoming = (data[0] & 4) == 0;
  }
  if (data[0] & 8) config.versions.protocol = 1;
  Delegate delegate;
  Node node(
      std::move(config), delegate, [] { return Nonce{}; }, 1);
  TimePoint now(std::chrono::hours(1));
  node.start(now);
  const std::string_view packet(reinterpret_cast<const char*>(data) + 1, size - 1);
  const Endpoint from{std::string("\x7f\0\0\2", 4), 7946};
  // Twice: the second finds what the first has changed. Then whatever it has set off.
  node.packet(now, from, packet);
  node.packet(now, from, packet);
  for (int i = 0; i < 50; ++i) node.advance(now += std::chrono::milliseconds(200));
  if (node.membership().table().find("me") == nullptr) std::abort();
  if (node.membership().self().state != State::alive) std::abort();
  for (const auto& member : node.membership().table())
    if ((member->suspicion != nullptr) != (member->state == State::suspect)) std::abort();
  return 0;
}
