#include "goakt/node/bench.h"

#include "goakt/base/cpu_time.h"
#include "goakt/base/histogram.h"
#include "goakt/base/ulid.h"
#include "goakt/node/node.h"

#include <google/protobuf/wrappers.pb.h>

#include <algorithm>
#include <atomic>
#include <cstdio>
#include <mutex>
#include <thread>
#include <vector>

namespace goakt::node {

namespace {

using Clock = std::chrono::steady_clock;
using google::protobuf::BytesValue;
using google::protobuf::StringValue;

class Echo final : public Actor {
  BytesValue echo(const BytesValue& message) { return message; }

 public:
  static constexpr auto handles = handlers(&Echo::echo);
};

class Sink final : public Actor {
  void take(const BytesValue&) {}

 public:
  static constexpr auto handles = handlers(&Sink::take);
};

// When the senders have done enough: counted together, or until the time is over.
class Budget {
 public:
  Budget(const BenchRequest& request, Operation& operation)
      : operation_(operation), timed_(request.time.has_value()), left_(request.messages) {
    if (timed_) end_ = Clock::now() + *request.time;
    if (!timed_) operation.expect(request.messages);
  }

  // So many more may be done; 0: it is over.
  std::uint64_t take(std::uint64_t wish) {
    if (operation_.cancelled()) return 0;
    if (timed_) return Clock::now() < end_ ? wish : 0;
    std::uint64_t left = left_.load(std::memory_order_relaxed);
    std::uint64_t taken;
    do {
      taken = std::min(left, wish);
    } while (taken != 0 && !left_.compare_exchange_weak(left, left - taken));
    return taken;
  }

 private:
  Operation& operation_;
  const bool timed_;
  std::atomic<std::uint64_t> left_;
  Clock::time_point end_;
};

struct Figures {
  std::uint64_t count = 0;
  Histogram latency;
  Status status;
};

template <class Value>
Message message_of(std::size_t size) {
  Value message;
  message.set_value(std::string(size, 'x'));
  return Message::of(std::move(message));
}

Figures send_tells(const Pid& to, const BenchRequest& request, Budget& budget,
                   Operation& operation) {
  Figures figures;
  while (const std::uint64_t count = budget.take(64)) {
    while (to.mailbox_depth() > request.in_flight && !operation.cancelled())
      std::this_thread::yield();
    for (std::uint64_t i = 0; i < count; ++i) {
      auto message = request.message->copy();
      figures.status =
          message ? to.tell(*std::move(message)) : unexpected(std::move(message).error());
      if (!figures.status) return figures;
    }
    figures.count += count;
    operation.item_done(count);
  }
  return figures;
}

Figures send_asks(const Pid& to, const BenchRequest& request, Budget& budget,
                  Operation& operation) {
  Figures figures;
  std::uint64_t untold = 0;
  while (budget.take(1) != 0) {
    auto message = request.message->copy();
    if (!message) {
      figures.status = unexpected(std::move(message).error());
      break;
    }
    const auto begin = Clock::now();
    const auto reply = to.ask(*std::move(message), std::chrono::seconds(5));
    if (!reply) {
      figures.status = unexpected(reply.error().clone());
      break;
    }
    figures.latency.record(static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begin).count()));
    ++figures.count;
    if (++untold == 256) operation.item_done(std::exchange(untold, 0));
  }
  operation.item_done(untold);
  return figures;
}

Figures spawn_many(Node& node, const std::string& prefix, const BenchRequest& request,
                   Budget& budget, Operation& operation) {
  Figures figures;
  std::vector<Pid> spawned;
  while (budget.take(1) != 0) {
    const std::string name = prefix + std::to_string(spawned.size());
    const auto begin = Clock::now();
    SpawnRequest spawn;
    spawn.name = name;
    spawn.kind = request.kind;
    auto pid =
        request.kind.empty() ? Result<Pid>(node.system().spawn<Sink>(name)) : node.spawn(spawn);
    if (!pid) {
      figures.status = unexpected(std::move(pid).error());
      break;
    }
    figures.latency.record(static_cast<std::uint64_t>(
        std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - begin).count()));
    spawned.push_back(*pid);
    ++figures.count;
    operation.item_done();
  }
  for (const Pid& pid : spawned) static_cast<void>(pid.stop());
  for (const Pid& pid : spawned) static_cast<void>(pid.stop_blocking());
  return figures;
}

std::string to_json(const BenchRequest& request, const Figures& figures, double seconds,
                    double cpu) {
  constexpr const char* kTypes[] = {"tell", "ask", "spawn"};
  char text[640];
  const Histogram& h = figures.latency;
  const auto at = [&](double percent) {
    return static_cast<unsigned long long>(h.percentile(percent));
  };
  int size =
      std::snprintf(text, sizeof text,
                    "{\"kind\":\"Bench\",\"type\":\"%s\",\"messages\":%llu,\"seconds\":%.6f,"
                    "\"perSecond\":%.1f,\"cpuSeconds\":%.6f,\"sizeBytes\":%zu,\"senders\":%zu",
                    kTypes[static_cast<std::size_t>(request.type)],
                    static_cast<unsigned long long>(figures.count), seconds,
                    seconds > 0 ? static_cast<double>(figures.count) / seconds : 0, cpu,
                    request.size, request.senders);
  std::string json(text, static_cast<std::size_t>(size));
  if (h.count() > 0) {
    size = std::snprintf(text, sizeof text,
                         ",\"latencyNanos\":{\"p50\":%llu,\"p90\":%llu,\"p99\":%llu,"
                         "\"p99_9\":%llu,\"max\":%llu,\"mean\":%.1f}",
                         at(50), at(90), at(99), at(99.9), static_cast<unsigned long long>(h.max()),
                         h.mean());
    json.append(text, static_cast<std::size_t>(size));
  }
  size = std::snprintf(text, sizeof text,
                       ",\"environment\":{\"cores\":%u,\"build\":\"%s\",\"compiler\":\"g++ %s\"}}",
                       std::thread::hardware_concurrency(),
#ifdef NDEBUG
                       "release",
#else
                       "debug",
#endif
                       __VERSION__);
  json.append(text, static_cast<std::size_t>(size));
  return json;
}

// Everybody at once; the figures of all together.
template <class Send>
Figures run_senders(std::size_t senders, Send send) {
  Figures all;
  std::mutex mutex;  // guards all
  std::vector<std::thread> threads;
  for (std::size_t i = 0; i < senders; ++i) {
    threads.emplace_back([&, i] {
      Figures own = send(i);
      std::lock_guard lock(mutex);
      all.count += own.count;
      all.latency.merge(own.latency);
      if (!own.status && all.status) all.status = std::move(own.status);
    });
  }
  for (std::thread& thread : threads) thread.join();
  return all;
}

}  // namespace

Result<Message> bench_message(const Kind* kind, std::size_t size) {
  if (kind == nullptr || kind->accepts.empty()) return message_of<BytesValue>(size);
  const auto takes = [&](const MessageType& type) {
    return std::find(kind->accepts.begin(), kind->accepts.end(), &type) != kind->accepts.end();
  };
  if (takes(message_type<BytesValue>())) return message_of<BytesValue>(size);
  if (takes(message_type<StringValue>())) return message_of<StringValue>(size);
  return unexpected(
      Error(ErrorCode::invalid_message, kind->name + " takes neither bytes nor a string")
          .with_hint("say what is sent: goaktctl bench --type NAME --json '{...}'"));
}

Status run_bench(Node& node, const BenchRequest& wish, Operation& operation) {
  using Type = BenchRequest::Type;
  BenchRequest request = wish;
  if (!request.message)
    request.message = std::make_shared<const Message>(message_of<BytesValue>(request.size));
  const std::string name = "bench-" + make_ulid();
  Pid target;
  bool own_target = false;
  if (request.type != Type::spawn) {
    if (!request.target.empty()) {
      GOAKT_TRY(target, node.find(request.target));
    } else if (!request.kind.empty()) {
      SpawnRequest spawn;
      spawn.name = name;
      spawn.kind = request.kind;
      GOAKT_TRY(target, node.spawn(spawn));
      own_target = true;
    } else if (request.type == Type::ask) {
      GOAKT_TRY(target, node.system().spawn<Echo>(name));
      own_target = true;
    } else {
      GOAKT_TRY(target, node.system().spawn<Sink>(name));
      own_target = true;
    }
  }
  operation.phase("measuring");
  const std::uint64_t handled_before = target ? target.processed_count() : 0;
  const std::string path = target ? target.path() : std::string();
  const std::uint64_t lost_before = node.system().dead_letters_count(path);
  Budget budget(request, operation);
  const double cpu_before = cpu_seconds();
  const auto begin = Clock::now();
  Figures figures = run_senders(request.senders, [&](std::size_t i) {
    switch (request.type) {
      case Type::tell:
        return send_tells(target, request, budget, operation);
      case Type::ask:
        return send_asks(target, request, budget, operation);
      default:
        return spawn_many(node, name + "-" + std::to_string(i) + "-", request, budget, operation);
    }
  });
  // Told is not handled.
  while (request.type == Type::tell && target.is_running() && !operation.cancelled() &&
         target.processed_count() < handled_before + figures.count)
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  const double cpu = cpu_seconds() - cpu_before;
  // Counted as processed, the last message may still be handled: not when its actor has ended.
  if (own_target) static_cast<void>(target.stop_blocking());
  const std::uint64_t lost = node.system().dead_letters_count(path) - lost_before;
  GOAKT_CHECK(std::move(figures.status));
  if (target && lost != 0)
    return fail(ErrorCode::unhandled,
                "the target did not handle " + std::to_string(lost) + " messages");
  operation.result(to_json(request, figures, seconds, cpu));
  return {};
}

}  // namespace goakt::node
