#include "goakt/gossip/node.h"

#include <algorithm>
#include <utility>

namespace goakt::gossip {

Node::Node(Config config, Delegate& delegate, NonceSource nonce, std::uint64_t seed)
    : context_(std::move(config), delegate, std::move(nonce), seed),
      membership_(context_),
      courier_(context_, membership_),
      exchanges_(context_, membership_),
      prober_(context_, membership_, courier_, exchanges_) {}

void Node::start(TimePoint now) {
  at(now);
  running_ = true;
  membership_.start();
  // Each loop begins somewhere in its first interval: members that start together must not stay in
  // step.
  const auto phase = [this](Duration interval) {
    return Duration(1 + static_cast<Duration::rep>(
                            context_.random.below(static_cast<std::uint64_t>(interval.count()))));
  };
  const auto& config = context_.config;
  every(config.probe_interval, now + phase(config.probe_interval), [this] { prober_.tick(); });
  every(config.gossip_interval, now + phase(config.gossip_interval), [this] { courier_.gossip(); });
  push_pull_later(phase(config.push_pull_interval));
}

void Node::stop(TimePoint now) {
  at(now);
  running_ = false;
  exchanges_.close_all();
  context_.timers.clear();
  membership_.queue().clear();
  for (const auto& [call, join] : std::exchange(joins_, {}))
    context_.emit(CallDone{call, join.reached, "stopped"});
  for (const auto& [call, timer] : std::exchange(waiting_, {}))
    context_.emit(CallDone{call, 0, "stopped"});
}

// Ticks that were missed while the process slept are not made up for.
template <class Tick>
void Node::every(Duration interval, TimePoint due, Tick tick) {
  context_.timers.at(due, [this, interval, due, tick] {
    const auto late = context_.now - due;
    every(interval, due + interval * (late / interval + 1), tick);
    tick();
  });
}

void Node::push_pull_later(Duration delay) {
  context_.timers.at(context_.now + delay, [this] {
    push_pull_later(
        push_pull_interval(context_.config.push_pull_interval, membership_.table().size()));
    push_pull();
  });
}

void Node::push_pull() {
  const auto chosen = membership_.table().choose(1, context_.random, [this](const Member& member) {
    return member.state == State::alive && member.name != context_.config.name;
  });
  for (const auto* member : chosen) exchanges_.push_pull(member->endpoint, false, {});
}

void Node::advance(TimePoint now) {
  at(now);
  while (auto due = context_.timers.take_due(context_.now)) due();
}

void Node::packet(TimePoint now, const Endpoint& from, std::string_view bytes) {
  at(now);
  if (!running_) return;
  ++context_.counters.packets_in;
  PacketReader reader(context_.config.sealing, bytes);
  while (const auto part = reader.next()) {
    if (*part)
      message(**part, from);
    else
      context_.counters.drop(part->error());
  }
}

template <class M, class Handler>
void Node::decoded(std::string_view body, Handler handler) {
  M message;
  if (decode(body, message).ok)
    handler(message);
  else
    context_.counters.drop(Drop::malformed);
}

void Node::message(std::string_view bytes, const Endpoint& from) {
  const auto body = bytes.substr(1);
  switch (static_cast<Kind>(bytes.front())) {
    case Kind::ping:
      return decoded<Ping>(body, [&](const auto& m) { prober_.ping(m, from); });
    case Kind::indirect_ping:
      return decoded<IndirectPing>(body, [&](const auto& m) { prober_.indirect_ping(m, from); });
    case Kind::ack:
      return decoded<Ack>(body, [&](const auto& m) { prober_.ack(m); });
    case Kind::nack:
      return decoded<Nack>(body, [&](const auto& m) { prober_.nack(m); });
    case Kind::alive:
      return decoded<Alive>(body, [&](const auto& m) { membership_.alive(m); });
    case Kind::suspect:
      return decoded<Suspect>(body, [&](const auto& m) { membership_.suspect(m); });
    case Kind::dead:
      return decoded<Dead>(body, [&](const auto& m) { membership_.dead(m); });
    case Kind::user:
      return context_.emit(UserData{std::string(body)});
    default:
      return context_.counters.drop(Drop::unknown_type);
  }
}

void Node::packet_failed(TimePoint now, PacketId packet) {
  at(now);
  prober_.send_failed(packet);
}

StreamId Node::stream_accepted(TimePoint now, const Endpoint& from) {
  at(now);
  return exchanges_.accepted(from);
}

void Node::stream_opened(TimePoint now, StreamId stream) {
  at(now);
  exchanges_.opened(stream);
}

void Node::stream_bytes(TimePoint now, StreamId stream, std::string_view bytes) {
  at(now);
  exchanges_.received(stream, bytes);
}

void Node::stream_closed(TimePoint now, StreamId stream, const std::string& why) {
  at(now);
  exchanges_.closed(stream, why);
}

CallId Node::join(TimePoint now, std::vector<Endpoint> addresses) {
  at(now);
  const auto call = context_.next_id();
  joins_[call].addresses = std::move(addresses);
  join_next(call);
  return call;
}

void Node::join_next(CallId call) {
  const auto found = joins_.find(call);
  if (found == joins_.end()) return;
  auto& join = found->second;
  if (join.next == join.addresses.size()) {
    context_.emit(CallDone{call, join.reached, join.reached > 0 ? std::string() : join.errors});
    joins_.erase(found);
    return;
  }
  exchanges_.push_pull(join.addresses[join.next++], true, [this, call](const std::string& error) {
    if (const auto one = joins_.find(call); one != joins_.end()) {
      if (error.empty())
        ++one->second.reached;
      else
        one->second.errors.append(one->second.errors.empty() ? "" : "; ").append(error);
    }
    join_next(call);
  });
}

void Node::call_done(CallId call, std::string error) {
  const auto found = waiting_.find(call);
  if (found == waiting_.end()) return;
  context_.timers.cancel(found->second);
  waiting_.erase(found);
  context_.emit(CallDone{call, 0, std::move(error)});
}

BroadcastQueue::Finished Node::waiter(CallId call, Duration timeout, std::string what) {
  waiting_[call] = context_.timers.at(context_.now + timeout, [this, call, what = std::move(what)] {
    call_done(call, "timed out while telling the others: " + what);
  });
  return [this, call] { call_done(call, {}); };
}

CallId Node::leave(TimePoint now, Duration timeout) {
  at(now);
  const auto call = context_.next_id();
  // Whoever leaves does not join.
  for (const auto& [id, join] : std::exchange(joins_, {}))
    context_.emit(CallDone{id, join.reached, join.reached > 0 ? "" : "left while joining"});
  if (membership_.leaving()) {
    context_.emit(CallDone{call});
    return call;
  }
  auto told = waiter(call, timeout, "leave");
  membership_.leave(std::move(told));
  if (!membership_.has_company()) call_done(call, {});
  return call;
}

CallId Node::update(TimePoint now, std::string meta, Duration timeout) {
  at(now);
  const auto call = context_.next_id();
  if (meta.size() > kMaxMeta) {
    context_.emit(CallDone{call, 0, "node metadata has more than 512 bytes"});
    return call;
  }
  if (membership_.leaving()) {
    context_.emit(CallDone{call, 0, "this member has left"});
    return call;
  }
  auto told = waiter(call, timeout, "update");
  membership_.update(std::move(meta), std::move(told));
  if (!membership_.has_company()) call_done(call, {});
  return call;
}

CallId Node::send(TimePoint now, std::string_view member, std::string bytes) {
  at(now);
  const auto call = context_.next_id();
  const auto* to = membership_.table().find(member);
  if (to == nullptr || to->is_gone()) {
    context_.emit(CallDone{call, 0, "no such member"});
    return call;
  }
  exchanges_.send_user(to->endpoint, std::move(bytes), [this, call](const std::string& error) {
    context_.emit(CallDone{call, error.empty() ? std::size_t{1} : 0, error});
  });
  return call;
}

void Node::send_unreliably(TimePoint now, std::string_view member, std::string_view bytes) {
  at(now);
  const auto* to = membership_.table().find(member);
  if (to == nullptr || to->is_gone()) return;
  courier_.send_bare(to->endpoint, std::string(1, static_cast<char>(Kind::user)).append(bytes),
                     to->versions.speaks_crc());
}

void Node::verify(bool incoming, bool outgoing) noexcept {
  context_.config.sealing.verify_incoming = incoming;
  context_.config.sealing.verify_outgoing = outgoing;
}

std::vector<MemberInfo> Node::members() const {
  std::vector<MemberInfo> present;
  for (const auto& member : membership_.table())
    if (member->is_present()) present.push_back(*member);
  return present;
}

}  // namespace goakt::gossip
