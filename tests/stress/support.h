#pragma once

#include "goakt/actor/system.h"

#include <doctest/doctest.h>

#include <chrono>
#include <cstdlib>
#include <functional>
#include <memory>
#include <thread>
#include <utility>
#include <vector>

// What the stress tests share. GOAKT_STRESS_ROUNDS multiplies their rounds.
namespace goakt::testing {

inline int rounds(int base) {
  const char* text = std::getenv("GOAKT_STRESS_ROUNDS");
  const int factor = text == nullptr ? 1 : std::atoi(text);
  return base * (factor < 1 ? 1 : factor);
}

inline std::unique_ptr<ActorSystem> started(SystemOptions options = {}) {
  auto system = ActorSystem::create("stress", std::move(options));
  REQUIRE(system);
  REQUIRE((*system)->start());
  return std::move(*system);
}

// Runs work(0) to work(count - 1), each on a thread.
template <class Work>
void in_threads(int count, Work work) {
  std::vector<std::thread> threads;
  for (int i = 0; i < count; ++i) threads.emplace_back(work, i);
  for (auto& thread : threads) thread.join();
}

// Waits for something that another thread does; false after a generous deadline.
inline bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(60);
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace goakt::testing
