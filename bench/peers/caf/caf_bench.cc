// The published workloads in CAF (Debian's 0.17): `caf_bench --list`, `caf_bench WORKLOAD
// [--quick]`. Messages are one int32, CAF's cheapest; those of remote.cc are as long as ours.

#include "remote.h"
#include "support.h"

#include <atomic>
#include <caf/all.hpp>
#include <chrono>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

namespace {

double resident_bytes() {
  std::ifstream in("/proc/self/statm");
  double size = 0;
  double resident = 0;
  in >> size >> resident;
  return resident * static_cast<double>(sysconf(_SC_PAGESIZE));
}

// Lets one outside thread wait until all receivers have seen what they expect.
class Finish {
 public:
  void expect(int receivers) { left_.store(receivers); }

  void one_done() { --left_; }

  void wait() const {
    while (left_.load() != 0) std::this_thread::sleep_for(std::chrono::microseconds(50));
  }

 private:
  std::atomic<int> left_{0};
};

class Sink : public caf::event_based_actor {
 public:
  Sink(caf::actor_config& config, const Count* expected, Finish* finish)
      : caf::event_based_actor(config), expected_(expected), finish_(finish) {}

  caf::behavior make_behavior() override {
    return {[this](std::int32_t) {
      if (++seen_ < *expected_) return;
      seen_ = 0;
      finish_->one_done();
    }};
  }

 private:
  const Count* expected_;
  Finish* finish_;
  Count seen_ = 0;
};

// `producers` threads; thread p sends in turn to the sinks p, p + step, p + 2 step, ...
void tell(const std::string& name, unsigned producers, std::size_t sinks, Count full) {
  caf::actor_system_config config;
  caf::actor_system system{config};
  Finish finish;
  Count expected = 0;
  std::vector<caf::actor> targets;
  for (std::size_t i = 0; i < sinks; ++i) targets.push_back(system.spawn<Sink>(&expected, &finish));
  const auto pass = [&](Count total) {
    const Count per_sink = total / sinks;
    const Count per_producer = per_sink * sinks / producers;
    expected = per_sink;
    finish.expect(static_cast<int>(sinks));
    std::vector<std::thread> threads;
    const auto start = Clock::now();
    for (unsigned p = 0; p < producers; ++p)
      threads.emplace_back([&, p] {
        std::size_t next = p % sinks;
        for (Count i = 0; i < per_producer; ++i) {
          caf::anon_send(targets[next], std::int32_t{1});
          next += producers;
          if (next >= sinks) next = p % sinks;
        }
      });
    finish.wait();
    const double ns = nanoseconds_since(start);
    for (auto& thread : threads) thread.join();
    return static_cast<double>(per_sink * sinks) / ns * 1e9;
  };
  pass(scaled(full) / 10);
  report(name, pass(scaled(full)), "msg/s");
  for (auto& target : targets) caf::anon_send_exit(target, caf::exit_reason::kill);
}

caf::behavior echo(caf::event_based_actor*) {
  return {[](std::int32_t value) { return value; }};
}

// Fewer than the others: each of these wakes two sleeping threads.
void ask() {
  caf::actor_system_config config;
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  const caf::actor target = system.spawn(echo);
  const auto one = [&] {
    self->request(target, caf::infinite, std::int32_t{1})
        .receive([](std::int32_t) {}, [](caf::error&) { std::abort(); });
  };
  const Count count = scaled(40'000);
  for (Count i = 0; i < count / 10; ++i) one();
  report_ask("ask", count, one);
  self->send_exit(target, caf::exit_reason::kill);
}

class Pinger : public caf::event_based_actor {
 public:
  Pinger(caf::actor_config& config, caf::actor other, const Count* rounds, Finish* finish)
      : caf::event_based_actor(config),
        other_(std::move(other)),
        rounds_(rounds),
        finish_(finish) {}

  caf::behavior make_behavior() override {
    return {[this](std::int32_t value) {
      if (seen_++ < *rounds_) {
        send(other_, value);
        return;
      }
      seen_ = 0;
      finish_->one_done();
    }};
  }

 private:
  caf::actor other_;
  const Count* rounds_;
  Finish* finish_;
  Count seen_ = 0;
};

caf::behavior ponger(caf::event_based_actor* self) {
  return {[self](std::int32_t value) {
    self->send(caf::actor_cast<caf::actor>(self->current_sender()), value);
  }};
}

void ping_pong() {
  caf::actor_system_config config;
  caf::actor_system system{config};
  Finish finish;
  Count rounds = 0;
  const caf::actor other = system.spawn(ponger);
  const caf::actor pinger = system.spawn<Pinger>(other, &rounds, &finish);
  const auto pass = [&](Count count) {
    rounds = count;
    finish.expect(1);
    const auto start = Clock::now();
    caf::anon_send(pinger, std::int32_t{1});
    finish.wait();
    return nanoseconds_since(start) / static_cast<double>(count);
  };
  pass(scaled(1'000'000) / 10);
  report("ping-pong", pass(scaled(1'000'000)), "ns");
  caf::anon_send_exit(pinger, caf::exit_reason::kill);
  caf::anon_send_exit(other, caf::exit_reason::kill);
}

class Idle : public caf::event_based_actor {
 public:
  using caf::event_based_actor::event_based_actor;

  caf::behavior make_behavior() override {
    return {[this](std::int32_t value) { state_ += static_cast<Count>(value); }};
  }

 private:
  Count state_ = 0;
};

void spawn_million() {
  caf::actor_system_config config;
  caf::actor_system system{config};
  const Count count = scaled(1'000'000);
  std::vector<caf::actor> actors;
  actors.reserve(count);
  const double before = resident_bytes();
  const auto start = Clock::now();
  for (Count i = 0; i < count; ++i) actors.push_back(system.spawn<Idle>());
  report("spawn-1m", static_cast<double>(count) / nanoseconds_since(start) * 1e9, "actors/s");
  std::this_thread::sleep_for(std::chrono::seconds(2));
  // The pages of the vector of handles, touched meanwhile, belong to the caller in every program.
  const double handles = static_cast<double>(count * sizeof(caf::actor));
  report("spawn-1m.rss", (resident_bytes() - before - handles) / static_cast<double>(count),
         "B/actor");
  const auto stop = Clock::now();
  for (auto& actor : actors) caf::anon_send_exit(actor, caf::exit_reason::user_shutdown);
  actors.clear();
  system.await_all_actors_done();
  report("spawn-1m.stop", nanoseconds_since(stop) / 1e9, "s");
}

const std::map<std::string, std::function<void()>> kWorkloads = {
    {"tell-1-1", [] { tell("tell-1-1", 1, 1, 4'000'000); }},
    {"tell-2-1", [] { tell("tell-2-1", 2, 1, 4'000'000); }},
    {"tell-2-2", [] { tell("tell-2-2", 2, 2, 4'000'000); }},
    {"tell-fan", [] { tell("tell-fan", 2, 256, 4'000'000); }},
    {"ask", ask},
    {"remote-tell", [] { remote_tell("remote-tell", 1); }},
    {"remote-tell-4", [] { remote_tell("remote-tell-4", 4); }},
    {"remote-ask", remote_ask},
    {"ping-pong", ping_pong},
    {"spawn-1m", spawn_million},
};

}  // namespace

int main(int argc, char** argv) {
  const std::string first = argc > 1 ? argv[1] : "--list";
  is_quick = argc > 2 && std::string(argv[2]) == "--quick";
  if (first == "--list") {
    for (const auto& [name, body] : kWorkloads) std::printf("%s\n", name.c_str());
    return 0;
  }
  const auto workload = kWorkloads.find(first);
  if (workload == kWorkloads.end()) {
    std::fprintf(stderr, "no workload is called %s\n", first.c_str());
    return 2;
  }
  workload->second();
  return 0;
}
