#include "tests/simulation/world.h"

#include <algorithm>
#include <ostream>

namespace sim {

using namespace std::chrono_literals;

namespace {

constexpr TimePoint kEpoch{std::chrono::hours(1)};
// When a sender tries again what a cut holds back.
constexpr auto kRetransmit = 200ms;

}  // namespace

TimePoint World::local(const Host& host, TimePoint time) {
  const auto since = static_cast<double>((time - kEpoch).count()) * (host.rate - 1.0);
  return time + host.offset + Duration(static_cast<Duration::rep>(since));
}

// Not before the local time has really come.
TimePoint World::global(const Host& host, TimePoint local_time) {
  const auto since = static_cast<double>((local_time - host.offset - kEpoch).count()) / host.rate;
  auto time = kEpoch + Duration(static_cast<Duration::rep>(since));
  while (local(host, time) < local_time) time += 1ns;
  return time;
}

MachineId World::add(Factory factory, Duration clock_offset, double clock_rate) {
  Host host;
  host.factory = std::move(factory);
  host.offset = clock_offset;
  host.rate = clock_rate;
  machines_.push_back(std::move(host));
  return static_cast<MachineId>(machines_.size() - 1);
}

void World::start(MachineId id) {
  auto& host = machines_[id];
  ++host.life;
  host.core = host.factory(id);
  host.core->start(local_now(id));
  stepped(id, "start", 0);
}

void World::crash(MachineId id) {
  auto& host = machines_[id];
  host.core.reset();
  host.waiting.clear();
  host.paused = false;
  host.wake_at.reset();
  std::vector<End> peers;
  for (const auto& [from, pipe] : pipes_) {
    if (from.machine == id && pipe.connected) peers.push_back(pipe.to);
    if (from.machine != id && pipe.connected && pipe.to.machine == id) peers.push_back(from);
  }
  std::erase_if(pipes_, [id](const auto& entry) { return entry.first.machine == id; });
  std::sort(peers.begin(), peers.end());
  peers.erase(std::unique(peers.begin(), peers.end()), peers.end());
  for (const auto& peer : peers) after(delay(), [this, peer] { fail(peer, "connection reset"); });
}

void World::pause(MachineId id, Duration how_long) {
  auto& host = machines_[id];
  if (!host.core || host.paused) return;
  host.paused = true;
  after(how_long, [this, id, life = host.life] {
    auto& woken = machines_[id];
    if (!woken.core || woken.life != life) return;
    woken.paused = false;
    for (auto waiting = std::exchange(woken.waiting, {}); !waiting.empty(); waiting.pop_front())
      waiting.front()();
    schedule_wakeup(id);
  });
}

void World::cut(MachineId from, MachineId to, Cut how) {
  cuts_.resize(std::max<std::size_t>(cuts_.size(), from + 1));
  auto& row = cuts_[from];
  row.resize(std::max<std::size_t>(row.size(), to + 1), Cut::none);
  row[to] = how;
}

void World::heal() {
  cuts_.clear();
}

Cut World::cut_between(MachineId from, MachineId to) const {
  if (from >= cuts_.size() || to >= cuts_[from].size()) return Cut::none;
  return cuts_[from][to];
}

Duration World::delay() {
  const auto spread =
      static_cast<std::uint64_t>((weather.most_delay - weather.least_delay).count());
  return weather.least_delay + Duration(static_cast<Duration::rep>(random_.below(spread + 1)));
}

void World::at(TimePoint when, std::function<void()> action) {
  events_.push({std::max(when, now_), ++order_, std::move(action)});
}

void World::run_until(TimePoint end) {
  while (!events_.empty() && events_.top().due <= end) {
    // The queue shows its first event const only.
    auto event = std::move(const_cast<Event&>(events_.top()));
    events_.pop();
    now_ = event.due;
    event.action();
  }
  now_ = end;
}

template <class Action>
void World::input(MachineId id, std::uint32_t life, Action action) {
  auto& host = machines_[id];
  if (!host.core || host.life != life) return;
  if (host.paused)
    host.waiting.push_back(std::move(action));
  else
    action();
}

void World::stepped(MachineId id, std::string_view kind, std::size_t size) {
  const auto mix = [this](std::uint64_t value) { digest_ = (digest_ ^ value) * 1099511628211u; };
  mix(static_cast<std::uint64_t>(now_.time_since_epoch().count()));
  mix(id);
  mix(static_cast<std::uint64_t>(kind.front()));
  mix(size);
  trace_[steps_ % trace_.size()] = {now_, id, kind, size};
  ++steps_;
  if (on_step) on_step(id, kind);
  schedule_wakeup(id);
}

void World::schedule_wakeup(MachineId id) {
  auto& host = machines_[id];
  if (!host.core || host.paused) return;
  const auto due = host.core->wakeup();
  if (!due) return;
  const auto when = std::max(global(host, *due), now_);
  if (host.wake_at && *host.wake_at <= when && *host.wake_at >= now_) return;
  host.wake_at = when;
  at(when, [this, id, life = host.life, when] {
    auto& woken = machines_[id];
    if (!woken.core || woken.life != life || woken.wake_at != when) return;
    woken.wake_at.reset();
    if (woken.paused) return;
    const auto next = woken.core->wakeup();
    if (next && *next <= local_now(id)) {
      woken.core->advance(local_now(id));
      stepped(id, "timer", 0);
    } else {
      schedule_wakeup(id);
    }
  });
}

void World::send(MachineId from, MachineId to, std::string packet) {
  ++packets_;
  packet_bytes_ += packet.size();
  if (to >= machines_.size() || cut_between(from, to) != Cut::none) return;
  const auto bytes = std::make_shared<const std::string>(std::move(packet));
  const int copies = random_.chance(weather.loss) ? 0 : random_.chance(weather.duplication) ? 2 : 1;
  for (int copy = 0; copy < copies; ++copy) {
    // Packets overtake each other: each has a delay of its own. They reach whoever is there then.
    after(delay(), [this, from, to, bytes] {
      if (cut_between(from, to) != Cut::none) return;
      input(to, machines_[to].life, [this, from, to, bytes] {
        machines_[to].core->packet(local_now(to), from, *bytes);
        stepped(to, "packet", bytes->size());
      });
    });
  }
}

void World::open_stream(MachineId from, StreamId stream, MachineId to) {
  const auto opener = end(from, stream);
  pipes_[opener].from = from;
  after(delay(), [this, opener, to] { connect(opener, to); });
}

void World::connect(const End& from, MachineId to) {
  if (!pipes_.contains(from) || !lives(from)) return;
  if (to >= machines_.size() || !machines_[to].core) return fail(from, "connection refused");
  const bool blocked =
      cut_between(from.machine, to) == Cut::all || cut_between(to, from.machine) == Cut::all;
  if (blocked || machines_[to].paused)
    return after(kRetransmit, [this, from, to] { connect(from, to); });

  const auto acceptor = end(to, machines_[to].core->stream_accepted(local_now(to), from.machine));
  auto& there = pipes_[from];
  there.to = acceptor;
  there.connected = true;
  auto& back = pipes_[acceptor];
  back.from = to;
  back.to = from;
  back.connected = true;
  stepped(to, "accept", 0);
  after(delay(), [this, from] {
    input(from.machine, from.life, [this, from] {
      if (!pipes_.contains(from)) return;
      machines_[from.machine].core->stream_opened(local_now(from.machine), from.stream);
      stepped(from.machine, "open", 0);
    });
  });
}

void World::write_stream(MachineId from, StreamId stream, std::string bytes) {
  const auto found = pipes_.find(end(from, stream));
  if (found == pipes_.end()) return;
  stream_bytes_ += bytes.size();
  // Now and then in two pieces, as networks do.
  if (bytes.size() > 1 && random_.chance(0.2)) {
    const auto half = 1 + random_.below(bytes.size() - 1);
    found->second.chunks.push_back(bytes.substr(0, half));
    bytes.erase(0, half);
  }
  found->second.chunks.push_back(std::move(bytes));
  if (!std::exchange(found->second.pumping, true)) pump_later(found->first, delay());
}

void World::close_stream(MachineId from, StreamId stream) {
  const auto found = pipes_.find(end(from, stream));
  if (found == pipes_.end()) return;
  found->second.closing = true;
  if (!std::exchange(found->second.pumping, true)) pump_later(found->first, delay());
}

void World::pump_later(const End& from, Duration delay) {
  after(delay, [this, from] { pump(from); });
}

// Brings the next piece to the other end, in order and without loss; a cut only delays it.
void World::pump(const End& from) {
  const auto found = pipes_.find(from);
  if (found == pipes_.end()) return;
  auto& pipe = found->second;
  if (pipe.connected && cut_between(from.machine, pipe.to.machine) == Cut::all)
    return pump_later(from, kRetransmit);
  if (pipe.chunks.empty()) {
    pipe.pumping = false;
    if (!pipe.closing) return;
    const auto to = pipe.to;
    const bool connected = pipe.connected;
    pipes_.erase(found);
    if (connected) fail(to, "");
    return;
  }
  const auto to = pipe.to;
  auto bytes = std::move(pipe.chunks.front());
  pipe.chunks.pop_front();
  pump_later(from, delay());
  if (!lives(to)) return;
  input(to.machine, to.life, [this, to, bytes = std::move(bytes)] {
    if (!pipes_.contains(to)) return;
    machines_[to.machine].core->stream_bytes(local_now(to.machine), to.stream, bytes);
    stepped(to.machine, "bytes", bytes.size());
  });
}

void World::fail(const End& end, const std::string& why) {
  if (!lives(end)) return;
  input(end.machine, end.life, [this, end, why] {
    const auto found = pipes_.find(end);
    if (found == pipes_.end()) return;
    // What it still wanted to say is lost.
    if (!found->second.closing) pipes_.erase(found);
    machines_[end.machine].core->stream_closed(local_now(end.machine), end.stream, why);
    stepped(end.machine, "closed", why.size());
  });
}

void World::print_trace(std::ostream& out) const {
  const auto shown = std::min<std::uint64_t>(steps_, trace_.size());
  for (auto step = steps_ - shown; step < steps_; ++step) {
    const auto& s = trace_[step % trace_.size()];
    const auto us = std::chrono::duration_cast<std::chrono::microseconds>(s.time - kEpoch).count();
    const auto fraction = std::to_string(1000 + us % 1000).substr(1);
    out << "  " << us / 1000 << "." << fraction << " ms  machine " << s.machine << "  " << s.kind;
    if (s.size > 0) out << " " << s.size;
    out << "\n";
  }
}

}  // namespace sim
