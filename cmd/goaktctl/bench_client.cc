#include "bench_client.h"

#include "exit_codes.h"
#include "goakt/base/cpu_time.h"
#include "goakt/base/ulid.h"
#include "query.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>
#include <thread>

namespace goaktctl {

namespace {

using Clock = std::chrono::steady_clock;

// One sender after the other takes the next message, until there are none or one of them fails.
class Round {
 public:
  Round(const ClientBench& wish, std::string target, std::string body)
      : wish_(wish), target_(std::move(target)), body_(std::move(body)) {}

  void send(goakt::admin::Client client) {
    std::vector<std::int64_t> times;
    while (take()) {
      const auto begin = Clock::now();
      const auto answer = client.post(target_, body_);
      if (!answer) {
        std::lock_guard lock(mutex_);
        if (!failure_) failure_ = answer.error();
        stopped_ = true;
        break;
      }
      times.push_back(std::chrono::nanoseconds(Clock::now() - begin).count());
    }
    std::lock_guard lock(mutex_);
    nanos_.insert(nanos_.end(), times.begin(), times.end());
  }

  // After all senders have ended.
  std::vector<std::int64_t>& nanos() { return nanos_; }

  const std::optional<goakt::admin::CallFailure>& failure() const { return failure_; }

 private:
  bool take() {
    if (stopped_) return false;
    if (wish_.messages > 0) return taken_.fetch_add(1) < wish_.messages;
    return Clock::now() - begin_ < wish_.time;
  }

  const ClientBench& wish_;
  const std::string target_;
  const std::string body_;
  const Clock::time_point begin_ = Clock::now();
  std::atomic<std::uint64_t> taken_{0};
  std::atomic<bool> stopped_{false};
  std::mutex mutex_;  // guards the two below
  std::vector<std::int64_t> nanos_;
  std::optional<goakt::admin::CallFailure> failure_;
};

Document figures(std::vector<std::int64_t>& nanos, double seconds, double cpu, bool asks) {
  std::sort(nanos.begin(), nanos.end());
  const auto at = [&](double part) -> std::int64_t {
    if (nanos.empty()) return 0;
    const auto index = static_cast<std::size_t>(part * static_cast<double>(nanos.size() - 1));
    return nanos[index];
  };
  Document latency = {
      {"p50", at(0.5)}, {"p90", at(0.9)}, {"p99", at(0.99)}, {"p99_9", at(0.999)}, {"max", at(1)}};
  return {{"type", asks ? "ask" : "tell"},
          {"from", "client"},
          {"messages", nanos.size()},
          {"seconds", seconds},
          {"perSecond", seconds > 0 ? static_cast<double>(nanos.size()) / seconds : 0.0},
          {"latencyNanos", std::move(latency)},
          {"cpuSeconds", cpu}};
}

int measure(Session& session, const ClientBench& wish, const std::string& name) {
  Round round(wish, session.with_node(actor_target(name, wish.asks ? "/ask" : "/messages")),
              wish.body);
  const double cpu = goakt::cpu_seconds();
  const auto begin = Clock::now();
  std::vector<std::thread> senders;
  for (std::size_t i = 0; i < wish.senders; ++i)
    senders.emplace_back([&round, client = session.probe(session.settings().duration(
                                      "timeout"))]() mutable { round.send(std::move(client)); });
  for (std::thread& sender : senders) sender.join();
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  if (round.failure()) return session.report(*round.failure());
  print_bench(session, figures(round.nanos(), seconds, goakt::cpu_seconds() - cpu, wish.asks));
  return Exit::ok;
}

}  // namespace

int run_client_bench(Session& session, const ClientBench& wish) {
  const std::string where = wish.target.empty() ? "an actor of " + wish.kind : wish.target;
  if (const auto planned = session.plan("bench", where, "would measure requests to " + where))
    return *planned;
  if (!wish.target.empty()) return measure(session, wish, wish.target);
  const std::string name = "bench-" + goakt::make_ulid();
  int exit = Exit::ok;
  if (!session.post("/v1/actors", {{"name", name}, {"kind", wish.kind}}, exit)) return exit;
  exit = measure(session, wish, name);
  int gone = Exit::ok;
  session.send(
      {"DELETE", Query(actor_target(name)).add_switch("ifExists", true).target(), {}, {}, {}},
      gone);
  return exit;
}

}  // namespace goaktctl
