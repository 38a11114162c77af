#pragma once

#include "goakt/base/clock.h"
#include "goakt/base/random.h"

#include <array>
#include <cstdint>
#include <deque>
#include <functional>
#include <iosfwd>
#include <map>
#include <memory>
#include <optional>
#include <queue>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

// Machines and a network between them in one thread, on virtual time, all chance from one seed: the
// same seed gives the same run, bit for bit. A protocol plugs in with a Machine (it wraps a core)
// and with what must be true after every step.
namespace sim {

using goakt::Duration;
using goakt::Rng;
using goakt::TimePoint;

using MachineId = std::uint32_t;
using StreamId = std::uint64_t;

// A rule was broken; the run is over.
struct Violation : std::runtime_error {
  Violation(std::string r, const std::string& what)
      : std::runtime_error(what), rule(std::move(r)) {}

  std::string rule;
};

// One protocol core on one machine. Times are the machine's own: skewed against the others'.
class Machine {
 public:
  Machine() = default;
  Machine(const Machine&) = delete;
  Machine& operator=(const Machine&) = delete;
  virtual ~Machine() = default;

  virtual void start(TimePoint now) = 0;
  virtual void packet(TimePoint now, MachineId from, std::string_view bytes) = 0;
  // The machine names its streams, accepted ones too.
  virtual StreamId stream_accepted(TimePoint now, MachineId from) = 0;
  virtual void stream_opened(TimePoint now, StreamId stream) = 0;
  virtual void stream_bytes(TimePoint now, StreamId stream, std::string_view bytes) = 0;
  virtual void stream_closed(TimePoint now, StreamId stream, const std::string& why) = 0;
  virtual std::optional<TimePoint> wakeup() const = 0;
  virtual void advance(TimePoint now) = 0;
};

// What the network does to everybody's traffic.
struct Weather {
  double loss = 0;
  double duplication = 0;
  Duration least_delay = std::chrono::microseconds(500);
  Duration most_delay = std::chrono::microseconds(2500);
};

// What one machine can no longer tell another.
enum class Cut : std::uint8_t { none, packets, all };

class World {
 public:
  using Factory = std::function<std::unique_ptr<Machine>(MachineId)>;

  explicit World(std::uint64_t seed) : random_(seed) {}

  // -- machines
  MachineId add(Factory factory, Duration clock_offset = {}, double clock_rate = 1.0);
  void start(MachineId id);
  // Without a word to anybody. A restart is a start.
  void crash(MachineId id);
  // What arrives meanwhile waits, and is handled before the time that has passed.
  void pause(MachineId id, Duration how_long);

  bool is_up(MachineId id) const { return machines_[id].core != nullptr; }

  std::size_t size() const { return machines_.size(); }

  Machine& machine(MachineId id) { return *machines_[id].core; }

  // -- the network
  Weather weather;
  void cut(MachineId from, MachineId to, Cut how);
  void heal();

  // For machines: what they want sent.
  void send(MachineId from, MachineId to, std::string packet);
  void open_stream(MachineId from, StreamId stream, MachineId to);
  void write_stream(MachineId from, StreamId stream, std::string bytes);
  void close_stream(MachineId from, StreamId stream);

  // -- time
  TimePoint now() const { return now_; }

  TimePoint local_now(MachineId id) const { return local(machines_[id], now_); }

  void at(TimePoint when, std::function<void()> action);

  void after(Duration delay, std::function<void()> action) { at(now_ + delay, std::move(action)); }

  void run_until(TimePoint end);

  void run_for(Duration how_long) { run_until(now_ + how_long); }

  // Gives input to a machine from a script: as any other step.
  template <class Input>
  void call(MachineId id, Input input) {
    input(local_now(id));
    stepped(id, "call", 0);
  }

  // Called after every input of a machine; throws a Violation if something is wrong.
  std::function<void(MachineId, std::string_view kind)> on_step;

  Rng& random() { return random_; }

  std::uint64_t steps() const { return steps_; }

  std::uint64_t packets() const { return packets_; }

  std::uint64_t packet_bytes() const { return packet_bytes_; }

  std::uint64_t stream_bytes() const { return stream_bytes_; }

  // Of all that has happened: equal for equal runs.
  std::uint64_t digest() const { return digest_; }

  // The last steps.
  void print_trace(std::ostream& out) const;

 private:
  struct Host {
    Factory factory;
    std::unique_ptr<Machine> core;
    Duration offset{};
    double rate = 1.0;
    // Counts lives: what was meant for an earlier one is lost.
    std::uint32_t life = 0;
    bool paused = false;
    std::deque<std::function<void()>> waiting;
    std::optional<TimePoint> wake_at;
  };

  struct End {
    MachineId machine = 0;
    std::uint32_t life = 0;
    StreamId stream = 0;
    auto operator<=>(const End&) const = default;
  };

  // One direction of a stream.
  struct Pipe {
    End to;
    MachineId from = 0;
    bool connected = false;
    bool closing = false;
    std::deque<std::string> chunks;
    bool pumping = false;
  };

  struct Event {
    TimePoint due;
    std::uint64_t order;
    std::function<void()> action;

    bool operator>(const Event& other) const {
      return std::pair(due, order) > std::pair(other.due, other.order);
    }
  };

  struct Step {
    TimePoint time;
    MachineId machine;
    std::string_view kind;
    std::size_t size;
  };

  static TimePoint local(const Host& host, TimePoint time);
  static TimePoint global(const Host& host, TimePoint local_time);
  Duration delay();
  Cut cut_between(MachineId from, MachineId to) const;

  End end(MachineId machine, StreamId stream) const {
    return {machine, machines_[machine].life, stream};
  }

  bool lives(const End& end) const {
    return machines_[end.machine].core && machines_[end.machine].life == end.life;
  }

  // Runs the input now, or when the machine's pause ends; not at all in another life.
  template <class Action>
  void input(MachineId id, std::uint32_t life, Action action);
  void stepped(MachineId id, std::string_view kind, std::size_t size);
  void schedule_wakeup(MachineId id);
  void connect(const End& from, MachineId to);
  void pump(const End& from);
  void pump_later(const End& from, Duration delay);
  void fail(const End& end, const std::string& why);

  std::vector<Host> machines_;
  std::vector<std::vector<Cut>> cuts_;
  std::map<End, Pipe> pipes_;
  std::priority_queue<Event, std::vector<Event>, std::greater<>> events_;
  TimePoint now_{std::chrono::hours(1)};
  Rng random_;
  std::uint64_t order_ = 0;
  std::uint64_t steps_ = 0;
  std::uint64_t packets_ = 0;
  std::uint64_t packet_bytes_ = 0;
  std::uint64_t stream_bytes_ = 0;
  std::uint64_t digest_ = 14695981039346656037u;
  std::array<Step, 48> trace_{};
};

}  // namespace sim
