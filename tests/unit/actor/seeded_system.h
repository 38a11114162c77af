#pragma once

#include "goakt/actor/internal/system.h"
#include "goakt/actor/system.h"
#include "goakt/base/clock.h"

#include <doctest/doctest.h>

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <variant>
#include <vector>

// What the tests of the runtime share.
namespace goakt::testing {

// A system whose turns run on the test's thread, in an order that the seed decides, on a clock that
// only the test moves.
class SeededSystem {
 public:
  explicit SeededSystem(SystemOptions options = {}) {
    options.clock = clock = std::make_shared<FakeClock>();
    if (!options.seed) options.seed = 1;
    auto made = ActorSystem::create("test", std::move(options));
    REQUIRE(made);
    system = std::move(*made);
    REQUIRE(system->start());
    events = system->internals().events.subscribe();
  }

  ActorSystem* operator->() const { return system.get(); }

  ActorSystem& operator*() const { return *system; }

  // Until there is nothing left to do.
  void run() { REQUIRE(system->run_until_idle()); }

  void advance(Duration time) {
    clock->advance(time);
    run();
  }

  // The events of one kind since the last call for any kind.
  template <class E>
  std::vector<E> seen() {
    std::vector<E> found;
    for (Event& event : events->drain())
      if (auto* e = std::get_if<E>(&event)) found.push_back(*e);
    return found;
  }

  // "type -> receiver's name: reason" of each dead letter since the last look.
  std::vector<std::string> dead_letters() {
    std::vector<std::string> lines;
    for (const Deadletter& letter : seen<Deadletter>()) {
      const auto name = [](const std::string& path) { return path.substr(path.rfind('/') + 1); };
      lines.push_back(name(letter.sender) + " -> " + name(letter.receiver) + ": " + letter.reason);
    }
    return lines;
  }

  std::shared_ptr<FakeClock> clock;
  std::unique_ptr<ActorSystem> system;
  std::shared_ptr<Subscriber> events;
};

// A system with real threads and the machine's clock.
inline std::unique_ptr<ActorSystem> threaded_system(SystemOptions options = {}) {
  auto system = ActorSystem::create("test", std::move(options));
  REQUIRE(system);
  REQUIRE((*system)->start());
  return std::move(*system);
}

// Waits for something that another thread does; false after a generous deadline.
inline bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  return true;
}

// What actors of a test report, in order. Any thread.
class Journal {
 public:
  void write(std::string line) {
    std::lock_guard lock(mutex_);
    lines_.push_back(std::move(line));
  }

  // "a b c", and forgets it.
  std::string read() {
    std::lock_guard lock(mutex_);
    std::string text;
    for (const std::string& line : lines_) text.append(text.empty() ? "" : " ").append(line);
    lines_.clear();
    return text;
  }

  std::size_t size() const {
    std::lock_guard lock(mutex_);
    return lines_.size();
  }

 private:
  mutable std::mutex mutex_;  // guards lines_
  std::vector<std::string> lines_;
};

}  // namespace goakt::testing
