#include "goakt/gossip/membership.h"

#include <algorithm>
#include <utility>

namespace goakt::gossip {

void Membership::start() {
  auto news = own_news();
  news.incarnation = ++own_incarnation_;
  alive(news, Origin::own, {});
}

Alive Membership::own_news() const {
  const auto& config = context_.config;
  Alive news;
  news.incarnation = own_incarnation_;
  news.node = config.name;
  news.ip = config.advertise.ip;
  news.port = config.advertise.port;
  if (!config.meta.empty()) news.meta = config.meta;
  news.versions = config.versions.bytes();
  return news;
}

void Membership::emit(MemberEvent::Kind kind, const MemberInfo& member, const MemberInfo& other) {
  context_.emit(MemberEvent{kind, member, other});
}

void Membership::alive(const Alive& news) {
  alive(news, Origin::peer, {});
}

void Membership::alive(const Alive& news, Origin origin, BroadcastQueue::Finished told) {
  const bool own = is_self(news.node);
  if (leaving_ && own) return;

  const auto versions = Versions::parse(news.versions);
  if (!versions || news.node.size() > kMaxName || news.meta.bytes.size() > kMaxMeta ||
      (news.ip.bytes.size() != 4 && news.ip.bytes.size() != 16))
    return context_.counters.drop(Drop::malformed);
  const bool says_versions = !news.versions.bytes.empty();
  if (says_versions && (versions->protocol_min == 0 || versions->protocol_max == 0 ||
                        versions->protocol_min > versions->protocol_max))
    return context_.counters.drop(Drop::unwanted);

  MemberInfo told_info{news.node, news.incarnation,           State::alive,
                       *versions, {news.ip.bytes, news.port}, news.meta};
  // Old protocols carry no port.
  if (origin == Origin::peer && (news.port == 0 || context_.config.versions.protocol < 2))
    told_info.endpoint.port = context_.config.bind_port;
  if (origin == Origin::peer && !context_.delegate.accepts(told_info))
    return context_.counters.drop(Drop::unwanted);

  auto* member = table_.find(news.node);
  bool replaces = false;
  if (member == nullptr) {
    if (table_.size() >= context_.config.max_members) {
      ++context_.counters.refused_members;
      return;
    }
    Member stranger;
    static_cast<MemberInfo&>(stranger) = told_info;
    stranger.incarnation = 0;
    stranger.state = State::dead;
    stranger.changed = context_.now;
    member = &table_.insert(std::move(stranger), context_.random);
  } else if (member->endpoint != told_info.endpoint) {
    // The same name elsewhere: a restart if the old one is known to be gone, else an impostor.
    const auto reclaim = context_.config.dead_node_reclaim;
    const bool free = member->state == State::left ||
                      (member->state == State::dead && reclaim > Duration::zero() &&
                       context_.now - member->changed > reclaim);
    if (!free) return emit(MemberEvent::Kind::conflict, *member, told_info);
    replaces = true;
  }

  if (own ? news.incarnation < member->incarnation
          : !replaces && news.incarnation <= member->incarnation)
    return;
  if (own && origin == Origin::peer) {
    if (news.incarnation == member->incarnation && news.meta == member->meta &&
        *versions == member->versions)
      return;
    return refute(*member, news.incarnation);
  }

  queue_.add(news.node, encode(news), std::move(told));
  const auto before = member->state;
  const bool meta_changed = member->meta != news.meta;
  end_suspicion(*member);
  if (says_versions) member->versions = *versions;
  member->incarnation = news.incarnation;
  member->meta = news.meta;
  member->endpoint = told_info.endpoint;
  if (member->state != State::alive) {
    member->state = State::alive;
    member->changed = context_.now;
  }

  if (before == State::dead || before == State::left)
    emit(MemberEvent::Kind::join, *member);
  else if (meta_changed)
    emit(MemberEvent::Kind::update, *member);
}

void Membership::suspect(const Suspect& news) {
  auto* member = table_.find(news.node);
  if (member == nullptr || news.incarnation < member->incarnation) return;
  if (member->suspicion) {
    if (!member->suspicion->confirm(news.from)) return;
    queue_.add(news.node, encode(news));
    context_.timers.cancel(member->suspicion->timer);
    const auto due = std::max(member->suspicion->due(), context_.now);
    member->suspicion->timer = context_.timers.at(
        due, [this, name = member->name, since = member->changed] { verdict(name, since); });
    return;
  }
  if (member->state != State::alive) return;
  if (is_self(news.node)) return refute(*member, news.incarnation);

  queue_.add(news.node, encode(news));
  member->incarnation = news.incarnation;
  member->state = State::suspect;
  member->changed = context_.now;
  begin_suspicion(*member, news.from);
}

void Membership::begin_suspicion(Member& member, std::string from) {
  const auto& config = context_.config;
  ++context_.counters.suspicions;
  const auto times = suspicion_times(config.suspicion_multiplier, config.suspicion_max_multiplier,
                                     config.probe_interval, table_.size());
  member.suspicion = std::make_unique<Suspicion>(context_.now, times, std::move(from));
  member.suspicion->timer = context_.timers.at(
      member.suspicion->due(),
      [this, name = member.name, since = member.changed] { verdict(name, since); });
}

// Nobody refuted in time.
void Membership::verdict(const std::string& name, TimePoint since) {
  const auto* member = table_.find(name);
  if (member == nullptr || member->state != State::suspect || member->changed != since) return;
  dead(Dead{member->incarnation, name, context_.config.name});
}

void Membership::end_suspicion(Member& member) {
  if (!member.suspicion) return;
  context_.timers.cancel(member.suspicion->timer);
  member.suspicion.reset();
}

void Membership::dead(const Dead& news) {
  auto* member = table_.find(news.node);
  if (member == nullptr || news.incarnation < member->incarnation || member->is_gone()) return;
  const bool own = is_self(news.node);
  if (own && !leaving_) return refute(*member, news.incarnation);

  queue_.add(news.node, encode(news), own ? std::exchange(left_told_, {}) : nullptr);
  member->incarnation = news.incarnation;
  member->state = news.node == news.from ? State::left : State::dead;
  member->changed = context_.now;
  end_suspicion(*member);
  emit(MemberEvent::Kind::leave, *member);
}

// Somebody says what is not true of this member: only a higher incarnation silences it.
void Membership::refute(Member& self, std::uint32_t accused) {
  ++own_incarnation_;
  if (accused >= own_incarnation_) own_incarnation_ = accused + 1;
  self.incarnation = own_incarnation_;
  context_.health.apply(1);
  queue_.add(self.name, encode(own_news()));
}

void Membership::update(std::string meta, BroadcastQueue::Finished told) {
  context_.config.meta = std::move(meta);
  auto news = own_news();
  news.incarnation = ++own_incarnation_;
  alive(news, Origin::own, std::move(told));
}

void Membership::leave(BroadcastQueue::Finished told) {
  leaving_ = true;
  left_told_ = std::move(told);
  dead(Dead{self().incarnation, context_.config.name, context_.config.name});
}

bool Membership::has_company() const {
  return std::any_of(table_.begin(), table_.end(), [this](const auto& member) {
    return member->is_present() && !is_self(member->name);
  });
}

PushPull Membership::state(bool join) const {
  PushPull out;
  out.join = join;
  out.nodes.reserve(table_.size());
  for (const auto& member : table_) {
    PushPullNode node;
    node.name = member->name;
    node.ip = member->endpoint.ip;
    node.port = member->endpoint.port;
    node.meta = member->meta;
    node.incarnation = member->incarnation;
    node.state = static_cast<std::int64_t>(member->state);
    if (member->versions != kUnknownVersions) node.versions = member->versions.bytes();
    out.nodes.push_back(std::move(node));
  }
  return out;
}

Status Membership::check_versions(const PushPull& remote) const {
  unsigned protocol_floor = 0, protocol_ceiling = 255, delegate_floor = 0, delegate_ceiling = 255;
  std::vector<std::pair<std::string_view, Versions>> everybody;
  const auto narrow = [&](const Versions& v) {
    protocol_floor = std::max<unsigned>(protocol_floor, v.protocol_min);
    protocol_ceiling = std::min<unsigned>(protocol_ceiling, v.protocol_max);
    delegate_floor = std::max<unsigned>(delegate_floor, v.delegate_min);
    delegate_ceiling = std::min<unsigned>(delegate_ceiling, v.delegate_max);
  };
  for (const auto& node : remote.nodes) {
    const auto versions = Versions::parse(node.versions);
    if (!versions)
      return fail(ErrorCode::invalid_argument, "node '" + node.name + "' has no valid versions");
    everybody.emplace_back(node.name, *versions);
    if (node.state == 0 && !node.versions.bytes.empty()) narrow(*versions);
  }
  for (const auto& member : table_) {
    everybody.emplace_back(member->name, member->versions);
    if (member->state == State::alive) narrow(member->versions);
  }
  for (const auto& [name, v] : everybody) {
    if (v.protocol < protocol_floor || v.protocol > protocol_ceiling)
      return fail(ErrorCode::invalid_argument,
                  "node '" + std::string(name) + "' protocol version (" +
                      std::to_string(v.protocol) + ") is incompatible: [" +
                      std::to_string(protocol_floor) + ", " + std::to_string(protocol_ceiling) +
                      "]");
    if (v.delegate < delegate_floor || v.delegate > delegate_ceiling)
      return fail(ErrorCode::invalid_argument,
                  "node '" + std::string(name) + "' delegate protocol version (" +
                      std::to_string(v.delegate) + ") is incompatible: [" +
                      std::to_string(delegate_floor) + ", " + std::to_string(delegate_ceiling) +
                      "]");
  }
  return {};
}

Status Membership::merge(const PushPull& remote) {
  GOAKT_CHECK(check_versions(remote));
  if (remote.join && !context_.delegate.accepts_merge(remote.nodes))
    return fail(ErrorCode::invalid_argument, "the merge was turned down");
  for (const auto& node : remote.nodes) {
    switch (node.state) {
      case static_cast<std::int64_t>(State::alive):
        alive(Alive{node.incarnation, node.name, node.ip, node.port, node.meta, node.versions});
        break;
      case static_cast<std::int64_t>(State::left):
        dead(Dead{node.incarnation, node.name, node.name});
        break;
      case static_cast<std::int64_t>(State::suspect):
      case static_cast<std::int64_t>(State::dead):
        // A death is never believed from hearsay: the member gets its chance to refute.
        suspect(Suspect{node.incarnation, node.name, context_.config.name});
        break;
      default:
        break;
    }
  }
  return {};
}

}  // namespace goakt::gossip
