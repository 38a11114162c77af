// L1 to L6: how fast messages from outside threads reach actors.

#include "bench/local/support.h"

#include <google/protobuf/wrappers.pb.h>

#include <array>
#include <string>

namespace goakt::bench {

namespace {

constexpr std::uint64_t kMessages = 4'000'000;

class Sink final : public Actor {
 public:
  Sink(const std::uint64_t* expected, Finish* finish) : counter_(expected, finish) {}

 private:
  void empty(const Empty&) { counter_.count(); }

  Counter counter_;

 public:
  static constexpr auto handles = handlers(&Sink::empty);
};

// `producers` threads, thread p sends to the actors p, p + producers, p + 2 producers, ... in turn.
void tell(Run& run, unsigned producers, std::size_t sinks) {
  const auto system = start_system();
  Finish finish;
  std::uint64_t per_sink = 0;
  std::vector<Pid> targets;
  for (std::size_t i = 0; i < sinks; ++i)
    targets.push_back(
        must(system->spawn<Sink>("sink-" + std::to_string(i), {}, &per_sink, &finish)));
  run.report_rate("", "msg/s", kMessages, [&](std::uint64_t total) {
    per_sink = total / sinks;
    const std::uint64_t per_producer = per_sink * sinks / producers;
    finish.expect(static_cast<std::uint32_t>(sinks));
    on_threads(producers, [&](unsigned p) {
      const std::size_t first = p % sinks;
      std::size_t next = first;
      for (std::uint64_t i = 0; i < per_producer; ++i) {
        must(targets[next].tell<Empty>());
        next += producers;
        if (next >= sinks) next = first;
      }
    });
    finish.wait();
  });
}

// The payload is shared by pointer and outlives its messages.
struct Payload {
  const google::protobuf::BytesValue* bytes;
};

class PayloadSink final : public Actor {
 public:
  PayloadSink(const std::uint64_t* expected, Finish* finish) : counter_(expected, finish) {}

 private:
  void payload(const Payload&) { counter_.count(); }

  Counter counter_;

 public:
  static constexpr auto handles = handlers(&PayloadSink::payload);
};

std::string payload_of(std::size_t size) {
  std::string bytes(size, '\0');
  for (std::size_t i = 0; i < size; ++i) bytes[i] = static_cast<char>((7 * i + 3) % 256);
  return bytes;
}

struct Prioritized {
  int priority = 0;
};

bool goes_before(const Envelope& a, const Envelope& b) {
  const auto* first = a.as<Prioritized>();
  const auto* second = b.as<Prioritized>();
  return first != nullptr && second != nullptr && first->priority < second->priority;
}

// Its producer reads how far it is.
class PacedSink final : public Actor {
 public:
  explicit PacedSink(std::atomic<std::uint64_t>* handled) : handled_(handled) {}

 private:
  void message(const Prioritized&) { handled_->store(++seen_, std::memory_order_release); }

  std::atomic<std::uint64_t>* handled_;
  std::uint64_t seen_ = 0;

 public:
  static constexpr auto handles = handlers(&PacedSink::message);
};

struct alignas(64) Progress {
  std::atomic<std::uint64_t> handled{0};
};

void tell_mailbox(Run& run, const char* metric, const Mailbox& mailbox) {
  constexpr unsigned kThreads = 2;
  constexpr std::uint64_t kOutstanding = 32'768;
  const auto system = start_system();
  std::array<Progress, kThreads> progress;
  std::array<Pid, kThreads> targets;
  for (unsigned i = 0; i < kThreads; ++i) {
    SpawnOptions options;
    options.mailbox = mailbox;
    targets[i] = must(system->spawn<PacedSink>("sink-" + std::to_string(i), std::move(options),
                                               &progress[i].handled));
  }
  run.report_rate(metric, "msg/s", kMessages, [&](std::uint64_t total) {
    on_threads(kThreads, [&](unsigned p) {
      const auto& handled = progress[p].handled;
      const std::uint64_t before = handled.load(std::memory_order_relaxed);
      const std::uint64_t mine = total / kThreads;
      const auto outstanding = [&](std::uint64_t sent) {
        return before + sent - handled.load(std::memory_order_acquire);
      };
      for (std::uint64_t sent = 0; sent < mine; ++sent) {
        while (outstanding(sent) >= kOutstanding) std::this_thread::yield();
        must(targets[p].tell(Prioritized{}));
      }
      while (outstanding(mine) != 0) std::this_thread::yield();
    });
  });
}

GOAKT_BENCHMARK("tell-1-1", "L1: one outside thread, one actor, 4 M empty messages") {
  tell(run, 1, 1);
}

GOAKT_BENCHMARK("tell-2-1", "L2: two outside threads, one actor") {
  tell(run, 2, 1);
}

GOAKT_BENCHMARK("tell-2-2", "L3: two outside threads, each with an actor of its own") {
  tell(run, 2, 2);
}

GOAKT_BENCHMARK("tell-fan", "L4: two outside threads, 256 actors in turn") {
  tell(run, 2, 256);
}

GOAKT_BENCHMARK("tell-payload", "L5: as tell-2-1, with payloads of 0 to 65536 bytes by pointer") {
  const auto system = start_system();
  Finish finish;
  std::uint64_t expected = 0;
  const Pid sink = must(system->spawn<PayloadSink>("sink", {}, &expected, &finish));
  for (const std::size_t size : {0, 64, 1024, 8192, 65536}) {
    google::protobuf::BytesValue payload;
    payload.set_value(payload_of(size));
    run.report_rate(std::to_string(size), "msg/s", kMessages, [&](std::uint64_t total) {
      expected = total / 2 * 2;
      finish.expect(1);
      on_threads(2, [&](unsigned) {
        for (std::uint64_t i = 0; i < total / 2; ++i) must(sink.tell(Payload{&payload}));
      });
      finish.wait();
    });
  }
}

GOAKT_BENCHMARK("tell-mailbox", "L6: as tell-2-2, other mailboxes, at most 32,768 outstanding") {
  constexpr std::size_t kCapacity = 65'536;
  tell_mailbox(run, "bounded", Mailbox::non_blocking_bounded(kCapacity));
  tell_mailbox(run, "stable-priority", Mailbox::unbounded_stable_priority(goes_before));
  tell_mailbox(run, "bounded-priority", Mailbox::bounded_priority(kCapacity, goes_before));
  tell_mailbox(run, "bounded-stable-priority",
               Mailbox::bounded_stable_priority(kCapacity, goes_before));
}

}  // namespace

}  // namespace goakt::bench
