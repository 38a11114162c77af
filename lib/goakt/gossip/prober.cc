#include "goakt/gossip/prober.h"

#include <algorithm>
#include <utility>

namespace goakt::gossip {

void Prober::tick() {
  if (probe_) {
    tick_kept_ = true;
    return;
  }
  if (const auto* target = next_target()) start(*target);
}

// Round robin over the table, shuffled after each round: every member is probed within two rounds,
// however chance has it.
Member* Prober::next_target() {
  auto& table = membership_.table();
  const auto& config = context_.config;
  for (std::size_t skipped = 0; skipped < table.size(); ++skipped) {
    if (next_ >= table.size()) {
      next_ = 0;
      table.reap_and_shuffle(
          [&](const Member& member) {
            return member.is_gone() && member.name != config.name &&
                   context_.now - member.changed > config.gossip_to_the_dead;
          },
          context_.random);
      continue;
    }
    auto& candidate = table.at(next_++);
    if (candidate.is_present() && candidate.name != config.name) return &candidate;
  }
  return nullptr;
}

Ping Prober::ping_of(std::uint32_t seq, const std::string& node) const {
  const auto& config = context_.config;
  Ping message;
  message.seq = seq;
  message.node = node;
  message.source_ip = config.advertise.ip;
  message.source_port = config.advertise.port;
  message.source_node = config.name;
  return message;
}

void Prober::start(const Member& target) {
  const auto& config = context_.config;
  ++context_.counters.probes;
  probe_.emplace(Probe{});
  probe_->seq = context_.next_seq();
  probe_->target = target;
  probe_->started = context_.now;
  probe_->deadline = context_.now + context_.health.scale(config.probe_interval);
  probe_->timer = context_.timers.at(context_.now + config.probe_timeout, [this] { ask_others(); });

  auto message = encode(ping_of(probe_->seq, target.name));
  if (target.state == State::alive) {
    probe_->packet = courier_.send(target.endpoint, std::move(message));
    return;
  }
  // A suspect is told so with each probe: it must get every chance to refute.
  const Suspect accusation{target.incarnation, target.name, config.name};
  probe_->packet = courier_.send_bare(target.endpoint,
                                      compounds({std::move(message), encode(accusation)}).front(),
                                      target.versions.speaks_crc());
}

void Prober::send_failed(PacketId packet) {
  if (!probe_ || probe_->packet != packet || probe_->asked_others) return;
  probe_->unsendable = true;
  context_.timers.cancel(probe_->timer);
  ask_others();
}

void Prober::ask_others() {
  const auto& config = context_.config;
  auto& probe = *probe_;
  probe.asked_others = true;
  probe.timer = context_.timers.at(std::max(probe.deadline, context_.now), [this] { give_up(); });

  const auto helpers = membership_.table().choose(
      config.indirect_checks, context_.random, [&](const Member& member) {
        return member.state == State::alive && member.name != config.name &&
               member.name != probe.target.name;
      });
  IndirectPing request;
  request.seq = probe.seq;
  request.target_ip = probe.target.endpoint.ip;
  request.port = probe.target.endpoint.port;
  request.node = probe.target.name;
  request.source_ip = config.advertise.ip;
  request.source_port = config.advertise.port;
  request.source_node = config.name;
  for (const auto* helper : helpers) {
    request.nack = helper->versions.speaks_nack();
    if (request.nack) ++probe.nacks_expected;
    courier_.send(helper->endpoint, encode(request));
  }

  if (!config.tcp_pings || !probe.target.versions.speaks_tcp_ping()) return;
  exchanges_.ping(probe.target.endpoint, probe.target.name, probe.seq, probe.deadline,
                  [this, seq = probe.seq](const std::string& error) {
                    if (error.empty() && probe_ && probe_->seq == seq) probe_->tcp_answered = true;
                  });
}

void Prober::give_up() {
  const auto probe = *probe_;
  if (probe.tcp_answered) {
    // Datagrams do not get through, but it lives.
    context_.health.apply(-1);
  } else {
    ++context_.counters.probes_failed;
    const auto missed = static_cast<int>(probe.nacks_expected) - static_cast<int>(probe.nacks);
    context_.health.apply(probe.nacks_expected > 0 ? std::max(missed, 0) : 1);
    membership_.suspect(Suspect{probe.target.incarnation, probe.target.name, context_.config.name});
  }
  end();
}

void Prober::end() {
  context_.timers.cancel(probe_->timer);
  probe_.reset();
  if (std::exchange(tick_kept_, false)) tick();
}

void Prober::ack(const Ack& message) {
  if (probe_ && probe_->seq == message.seq) {
    if (!probe_->unsendable) context_.health.apply(-1);
    if (!probe_->asked_others)
      context_.emit(
          PingAnswered{probe_->target.name, context_.now - probe_->started, message.payload.bytes});
    return end();
  }
  const auto found = relays_.find(message.seq);
  if (found == relays_.end()) return;
  const auto relay = found->second;
  relays_.erase(found);
  context_.timers.cancel(relay.timer);
  courier_.send(relay.reply_to, encode(Ack{relay.seq, {}}));
}

void Prober::nack(const Nack& message) {
  if (probe_ && probe_->seq == message.seq && probe_->nacks <= context_.config.indirect_checks)
    ++probe_->nacks;
}

Endpoint Prober::reply_address(const Blob& ip, std::uint16_t port, const Endpoint& from) const {
  if ((ip.bytes.size() == 4 || ip.bytes.size() == 16) && port != 0) return {ip.bytes, port};
  return from;
}

void Prober::ping(const Ping& message, const Endpoint& from) {
  if (!message.node.empty() && message.node != context_.config.name)
    return context_.counters.drop(Drop::unwanted);
  Ack answer{message.seq, {}};
  if (auto payload = context_.delegate.ack_payload(); !payload.empty())
    answer.payload = std::move(payload);
  courier_.send(reply_address(message.source_ip, message.source_port, from), encode(answer));
}

void Prober::indirect_ping(const IndirectPing& message, const Endpoint& from) {
  const auto& config = context_.config;
  const auto& ip = message.target_ip.bytes;
  if (ip.size() != 4 && ip.size() != 16) return context_.counters.drop(Drop::malformed);
  if (relays_.size() >= config.max_relays) {
    ++context_.counters.refused_relays;
    return;
  }
  const auto seq = context_.next_seq();
  Relay relay{message.seq, reply_address(message.source_ip, message.source_port, from), {}};
  relay.timer =
      context_.timers.at(context_.now + config.probe_timeout, [this, seq, nack = message.nack] {
        const auto expired = relays_.extract(seq).mapped();
        if (nack) courier_.send(expired.reply_to, encode(Nack{expired.seq}));
      });
  relays_.insert_or_assign(seq, relay);
  courier_.send({ip, message.port != 0 ? message.port : config.bind_port},
                encode(ping_of(seq, message.node)));
}

}  // namespace goakt::gossip
