#pragma once

#include "goakt/gossip/courier.h"
#include "goakt/gossip/exchanges.h"

#include <cstdint>
#include <optional>
#include <string>
#include <unordered_map>

namespace goakt::gossip {

// Failure detection: one member after the other is pinged; who does not answer is asked for through
// others and over TCP, and suspected if nobody reaches it. Also serves such requests of others.
class Prober {
 public:
  Prober(Context& context, Membership& membership, Courier& courier, Exchanges& exchanges)
      : context_(context), membership_(membership), courier_(courier), exchanges_(exchanges) {}

  // Probes the next member. While a probe is open the tick is kept: the next one starts at once.
  void tick();

  void ping(const Ping& message, const Endpoint& from);
  void indirect_ping(const IndirectPing& message, const Endpoint& from);
  void ack(const Ack& message);
  void nack(const Nack& message);
  // The packet could not be sent at all.
  void send_failed(PacketId packet);

  bool is_probing() const noexcept { return probe_.has_value(); }

  // As it was when its probe began; none: no probe is open.
  const MemberInfo* target() const noexcept { return probe_ ? &probe_->target : nullptr; }

  std::size_t relays() const noexcept { return relays_.size(); }

 private:
  // What is known of the target is copied when the probe starts and used to its end: an accusation
  // is then about the member as it was, and old if it has refuted meanwhile.
  struct Probe {
    std::uint32_t seq = 0;
    MemberInfo target;
    TimePoint started{};
    TimePoint deadline{};
    PacketId packet = 0;
    bool asked_others = false;
    bool unsendable = false;
    bool tcp_answered = false;
    unsigned nacks_expected = 0;
    unsigned nacks = 0;
    TimerId timer;
  };

  // A ping on behalf of another member.
  struct Relay {
    std::uint32_t seq = 0;
    Endpoint reply_to;
    TimerId timer;
  };

  Member* next_target();
  void start(const Member& target);
  void ask_others();
  void give_up();
  void end();
  Ping ping_of(std::uint32_t seq, const std::string& node) const;
  Endpoint reply_address(const Blob& ip, std::uint16_t port, const Endpoint& from) const;

  Context& context_;
  Membership& membership_;
  Courier& courier_;
  Exchanges& exchanges_;
  std::size_t next_ = 0;
  std::optional<Probe> probe_;
  bool tick_kept_ = false;
  std::unordered_map<std::uint32_t, Relay> relays_;
};

}  // namespace goakt::gossip
