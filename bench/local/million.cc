// L10 and L11: a million actors.

#include "bench/harness/machine.h"
#include "bench/local/support.h"

#include <algorithm>
#include <charconv>
#include <chrono>
#include <mutex>
#include <span>
#include <string_view>

namespace goakt::bench {

namespace {

constexpr std::uint64_t kActors = 1'000'000;

// Messages handled per worker thread, so that counting costs no shared line.
class Tallies {
 public:
  void add() {
    if (mine_ == nullptr) mine_ = enroll();
    mine_->store(mine_->load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
  }

  std::uint64_t sum() const {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i < used_.load(std::memory_order_acquire); ++i)
      sum += tallies_[i].count.load(std::memory_order_relaxed);
    return sum;
  }

 private:
  struct alignas(64) Tally {
    std::atomic<std::uint64_t> count{0};
  };

  std::atomic<std::uint64_t>* enroll() {
    const std::lock_guard lock(enrolling_);
    const std::size_t index = used_.load(std::memory_order_relaxed);
    if (index == tallies_.size()) std::abort();
    used_.store(index + 1, std::memory_order_release);
    return &tallies_[index].count;
  }

  static inline thread_local std::atomic<std::uint64_t>* mine_ = nullptr;
  std::mutex enrolling_;  // guards the enrollment
  std::atomic<std::size_t> used_{0};
  std::vector<Tally> tallies_ = std::vector<Tally>(256);
};

class Word final : public Actor {
 public:
  explicit Word(Tallies* tallies = nullptr) : tallies_(tallies) {}

 private:
  void empty(const Empty&) {
    ++word_;
    if (tallies_ != nullptr) tallies_->add();
  }

  Tallies* tallies_;
  std::uint64_t word_ = 0;

 public:
  static constexpr auto handles = handlers(&Word::empty);
};

// One 64-bit word and nothing else.
class Idle final : public Actor {
  void empty(const Empty&) { ++word_; }

  std::uint64_t word_ = 0;

 public:
  static constexpr auto handles = handlers(&Idle::empty);
};

template <class A, class... Args>
void spawn_all(ActorSystem& system, std::span<Pid> handles, Args... args) {
  constexpr std::string_view kPrefix = "actor-";
  char name[32];
  std::copy(kPrefix.begin(), kPrefix.end(), name);
  SpawnOptions options;
  options.long_lived = true;
  std::uint64_t number = 0;
  for (Pid& handle : handles) {
    const auto end = std::to_chars(name + kPrefix.size(), std::end(name), number++).ptr;
    handle = must(system.spawn<A>({name, static_cast<std::size_t>(end - name)}, options, args...));
  }
}

GOAKT_BENCHMARK("spawn-1m", "L10: a million named idle actors; memory per actor; stop") {
  const std::uint64_t count = run.count(kActors);
  std::vector<Pid> handles(count);  // touched before: handles are not the actors' memory
  // Memory is counted from before the warm-up, whose freed memory would otherwise be used for
  // nothing.
  const std::uint64_t before = resident_bytes();
  {
    const auto system = start_system();
    spawn_all<Idle>(*system, std::span(handles).first(count / 10));
    must(system->stop());
  }
  const auto system = start_system();
  const auto start = Clock::now();
  spawn_all<Idle>(*system, handles);
  run.report("", static_cast<double>(count) / seconds_since(start), "actors/s");
  std::this_thread::sleep_for(std::chrono::seconds(2));
  run.report("rss", static_cast<double>(resident_bytes() - before) / static_cast<double>(count),
             "B/actor");
  const auto stop = Clock::now();
  must(system->stop());
  run.report("stop", seconds_since(stop), "s");
}

GOAKT_BENCHMARK("million-load",
                "L11: a million actors under load for 30 s, 2 M messages outstanding") {
  const std::uint64_t count = run.count(kActors);
  const unsigned producers = std::max(cpu_count() / 2, 2u);
  const std::uint64_t outstanding = run.count(2'000'000) / producers;
  const auto duration = std::chrono::duration<double>(run.is_quick() ? 1.5 : 30);
  Tallies tallies;
  std::vector<Pid> handles(count);
  const auto system = start_system();
  spawn_all<Word>(*system, handles, &tallies);

  std::atomic<bool> is_over{false};
  std::vector<std::atomic<std::uint64_t>> sent(producers);
  const auto total_sent = [&] {
    std::uint64_t sum = 0;
    for (const auto& each : sent) sum += each.load(std::memory_order_relaxed);
    return sum;
  };
  std::vector<std::thread> threads;
  for (unsigned p = 0; p < producers; ++p)
    threads.emplace_back([&, p] {
      constexpr std::uint64_t kRun = 256;
      std::uint64_t mine = 0;
      std::size_t next = p;
      while (!is_over.load(std::memory_order_relaxed)) {
        if (total_sent() - tallies.sum() + kRun * producers > outstanding * producers) {
          // Millions are under way: whoever waits here leaves the CPU to those who handle them.
          std::this_thread::sleep_for(std::chrono::microseconds(100));
          continue;
        }
        for (std::uint64_t i = 0; i < kRun; ++i) {
          must(handles[next].tell<Empty>());
          next += producers;
          if (next >= count) next = p;
        }
        mine += kRun;
        sent[p].store(mine, std::memory_order_relaxed);
      }
    });

  std::this_thread::sleep_for(duration / 10);  // warm-up
  const auto start = Clock::now();
  const std::uint64_t handled_before = tallies.sum();
  std::uint64_t resident = 0;
  while (seconds_since(start) < duration.count()) {
    std::this_thread::sleep_for(std::chrono::milliseconds(250));
    resident = std::max(resident, resident_bytes());
  }
  const double rate = static_cast<double>(tallies.sum() - handled_before) / seconds_since(start);
  run.report("", rate, "msg/s");
  // Without the benchmark's own array of handles.
  run.report("rss", static_cast<double>(resident - count * sizeof(Pid)), "B");
  run.report("extra-threads", static_cast<double>(thread_count()) - cpu_count(), "threads");
  is_over.store(true);
  for (auto& thread : threads) thread.join();
  must(system->stop());
}

}  // namespace

}  // namespace goakt::bench
