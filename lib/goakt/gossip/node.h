#pragma once

#include "goakt/base/clock.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/gossip/config.h"
#include "goakt/gossip/context.h"
#include "goakt/gossip/courier.h"
#include "goakt/gossip/delegate.h"
#include "goakt/gossip/exchanges.h"
#include "goakt/gossip/membership.h"
#include "goakt/gossip/outputs.h"
#include "goakt/gossip/prober.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace goakt::gossip {

// One member of a memberlist cluster, without a socket, a thread, a clock or a die: a function of
// its configuration, its seed and its inputs. docs/protocols/membership.md is the protocol.
//
// Each input says what time it is and may leave outputs, which the caller takes and does in their
// order. wakeup() says when advance() is due. One thread at a time; inputs never fail, what peers
// send wrongly is dropped and counted. The delegate must outlive the node.
class GOAKT_API Node {
 public:
  // The configuration must be valid (Config::validate). A member's first packets leave after start.
  Node(Config config, Delegate& delegate, NonceSource nonce, std::uint64_t seed);
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  void start(TimePoint now);
  // Ends everything at once; nobody is told.
  void stop(TimePoint now);

  // What came from the network. Hand in what waits there before time that has passed: a member that
  // slept must hear refutations before it acts on suspicions.
  void packet(TimePoint now, const Endpoint& from, std::string_view bytes);
  void packet_failed(TimePoint now, PacketId packet);
  StreamId stream_accepted(TimePoint now, const Endpoint& from);
  void stream_opened(TimePoint now, StreamId stream);
  void stream_bytes(TimePoint now, StreamId stream, std::string_view bytes);
  // Ended by the other side, or failed (then `why` says so).
  void stream_closed(TimePoint now, StreamId stream, const std::string& why = {});

  // Runs what is due, in the order in which it was armed.
  void advance(TimePoint now);

  std::optional<TimePoint> wakeup() const { return context_.timers.next(); }

  // Calls end with a CallDone, at once or later. Joining reaches the addresses one after the other
  // and has failed if it reached none of them; a member's own address counts as reached.
  CallId join(TimePoint now, std::vector<Endpoint> addresses);
  CallId leave(TimePoint now, Duration timeout);
  CallId update(TimePoint now, std::string meta, Duration timeout);
  CallId send(TimePoint now, std::string_view member, std::string bytes);
  void send_unreliably(TimePoint now, std::string_view member, std::string_view bytes);

  // Keys may be rotated while it runs.
  Keyring& keyring() noexcept { return context_.config.sealing.keyring; }

  // The first stages of turning encryption on in a running cluster.
  void verify(bool incoming, bool outgoing) noexcept;

  Outputs take_outputs() { return std::exchange(context_.outputs, {}); }

  // For inspection.
  std::vector<MemberInfo> members() const;

  const Config& config() const noexcept { return context_.config; }

  const Membership& membership() const noexcept { return membership_; }

  const Prober& prober() const noexcept { return prober_; }

  const Exchanges& exchanges() const noexcept { return exchanges_; }

  const Counters& counters() const noexcept { return context_.counters; }

  int health() const noexcept { return context_.health.score(); }

 private:
  struct Join {
    std::vector<Endpoint> addresses;
    std::size_t next = 0;
    std::size_t reached = 0;
    std::string errors;
  };

  void at(TimePoint now) { context_.now = std::max(now, context_.now); }

  void message(std::string_view bytes, const Endpoint& from);
  template <class M, class Handler>
  void decoded(std::string_view body, Handler handler);
  template <class Tick>
  void every(Duration interval, TimePoint due, Tick tick);
  void push_pull_later(Duration delay);
  void push_pull();
  void join_next(CallId call);
  // Until the others were told, or the time is over.
  BroadcastQueue::Finished waiter(CallId call, Duration timeout, std::string what);
  void call_done(CallId call, std::string error);

  Context context_;
  Membership membership_;
  Courier courier_;
  Exchanges exchanges_;
  Prober prober_;
  std::map<CallId, Join> joins_;
  std::map<CallId, TimerId> waiting_;
  bool running_ = false;
};

}  // namespace goakt::gossip
