#include "goakt/gossip/courier.h"

#include <algorithm>
#include <utility>

namespace goakt::gossip {

namespace {

// A user's message costs a type byte besides its place in the compound.
constexpr std::size_t kUserHead = 1;

std::size_t minus(std::size_t a, std::size_t b) {
  return a > b ? a - b : 0;
}

}  // namespace

std::size_t Courier::label_overhead() const {
  const auto& label = context_.config.sealing.label;
  return label.empty() ? 0 : 2 + label.size();
}

// Peers find a destination's abilities by its address as if that were a name; so must who wants the
// same bytes.
bool Courier::name_is_address(const Endpoint& endpoint) const {
  if (endpoint.ip.size() != 4) return false;
  std::string text;
  for (const char c : endpoint.ip) {
    if (!text.empty()) text.push_back('.');
    text.append(std::to_string(static_cast<unsigned>(static_cast<std::uint8_t>(c))));
  }
  const auto* member = membership_.table().find(text);
  return member != nullptr && member->versions.speaks_crc();
}

PacketId Courier::send_bare(const Endpoint& to, std::string message, bool with_crc) {
  const auto id = context_.next_id();
  ++context_.counters.packets_out;
  context_.emit(SendPacket{id, to,
                           seal_packet(context_.config.sealing, std::move(message),
                                       with_crc || name_is_address(to), context_.fresh_nonce())});
  return id;
}

PacketId Courier::send(const Endpoint& to, std::string message) {
  const auto& config = context_.config;
  auto budget = minus(config.packet_size, message.size() + kCompoundHead + label_overhead());
  if (config.sealing.encrypts())
    budget = minus(budget, cipher_overhead(cipher_version(config.versions.protocol)));
  auto parts = news(budget);
  if (parts.empty()) return send_bare(to, std::move(message), false);
  parts.insert(parts.begin(), std::move(message));
  return send_bare(to, compounds(parts).front(), false);
}

std::vector<std::string> Courier::news(std::size_t budget) {
  // One compound holds a ping and 254 pieces.
  const auto most = kMaxParts - 1;
  const auto limit =
      retransmit_limit(context_.config.retransmit_multiplier, membership_.table().size());
  auto parts = membership_.queue().take(kCompoundPart, budget, limit, most);
  std::size_t used = 0;
  for (const auto& part : parts) used += kCompoundPart + part.size();
  const auto left = minus(budget, used);
  if (left > kCompoundPart + kUserHead && parts.size() < most) {
    for (auto& bytes : context_.delegate.broadcasts(kCompoundPart + kUserHead, left)) {
      if (bytes.size() + kUserHead > kMaxPart || parts.size() == most) break;
      parts.push_back(std::string(1, static_cast<char>(Kind::user)).append(bytes));
    }
  }
  return parts;
}

void Courier::gossip() {
  const auto& config = context_.config;
  auto budget = minus(config.packet_size, kCompoundHead + label_overhead());
  if (!config.sealing.keyring.empty())
    budget = minus(budget, cipher_overhead(cipher_version(config.versions.protocol)));

  if (membership_.queue().empty() && !context_.delegate.has_broadcasts()) return;  // saves the draw
  const auto targets = membership_.table().choose(
      config.gossip_nodes, context_.random, [this, &config](const Member& member) {
        if (member.name == config.name) return false;
        return member.is_present() || (member.state == State::dead &&
                                       context_.now - member.changed <= config.gossip_to_the_dead);
      });
  for (const auto* target : targets) {
    auto parts = news(budget);
    if (parts.empty()) return;
    const bool crc = target->versions.speaks_crc();
    if (parts.size() == 1) {
      send_bare(target->endpoint, std::move(parts.front()), crc);
    } else {
      for (auto& packet : compounds(parts)) send_bare(target->endpoint, std::move(packet), crc);
    }
  }
}

}  // namespace goakt::gossip
