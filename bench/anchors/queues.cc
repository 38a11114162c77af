#include "bench/anchors/queues.h"

#include "bench/anchors/anchors.h"
#include "bench/harness/benchmark.h"

#include <array>
#include <memory>
#include <thread>

namespace goakt::bench {

namespace {

constexpr std::uint64_t kNodes = 1'000'000;
constexpr int kRounds = 10;

double millions_per_second(std::uint64_t count, double seconds) {
  return static_cast<double>(count) / seconds / 1e6;
}

// `consume(expected)` returns when that many nodes have come; a thread pushes them meanwhile.
template <class Inbox, class Consume>
double one_to_one(Inbox& inbox, std::uint64_t nodes, Consume consume) {
  const auto storage = std::make_unique<Node[]>(nodes);
  const auto round = [&] {
    std::thread producer([&] {
      for (std::uint64_t i = 0; i < nodes; ++i) inbox.push(&storage[i]);
    });
    consume(nodes);
    producer.join();
  };
  round();  // warm-up: touches the nodes
  const auto start = Clock::now();
  for (int i = 0; i < kRounds; ++i) round();
  return millions_per_second(nodes * kRounds, seconds_since(start));
}

}  // namespace

double mpsc_pair(std::uint64_t divisor) {
  VyukovQueue queue;
  Node node;
  const std::uint64_t count = 10'000'000 / divisor;
  const auto start = Clock::now();
  for (std::uint64_t i = 0; i < count; ++i) {
    queue.push(&node);
    keep(queue.pop());
  }
  return seconds_since(start) * 1e9 / static_cast<double>(count);
}

double mpsc_1p1c(std::uint64_t divisor) {
  VyukovQueue queue;
  return one_to_one(queue, kNodes / divisor, [&](std::uint64_t expected) {
    for (std::uint64_t got = 0; got < expected;)
      if (queue.pop() != nullptr) ++got;
  });
}

double lifo_1p1c(std::uint64_t divisor) {
  LifoInbox inbox;
  return one_to_one(inbox, kNodes / divisor, [&](std::uint64_t expected) {
    for (std::uint64_t got = 0; got < expected;) {
      for (Node* node = inbox.take_all(); node != nullptr; ++got) {
        keep(node);
        node = node->next.load(std::memory_order_relaxed);
      }
    }
  });
}

double mpsc_cross(std::uint64_t divisor) {
  constexpr std::uint64_t kRun = 64;
  const std::uint64_t per_side = 2'000'000 / divisor / kRun * kRun;
  std::array<VyukovQueue, 2> queues;
  std::array<std::unique_ptr<Node[]>, 2> storage;
  for (auto& nodes : storage) nodes = std::make_unique<Node[]>(per_side);
  const auto side = [&](std::size_t self) {
    VyukovQueue& mine = queues[self];
    VyukovQueue& other = queues[1 - self];
    std::uint64_t got = 0;
    for (std::uint64_t sent = 0; sent < per_side;) {
      for (std::uint64_t i = 0; i < kRun; ++i) other.push(&storage[self][sent++]);
      while (mine.pop() != nullptr) ++got;
    }
    while (got < per_side)
      if (mine.pop() != nullptr) ++got;
  };
  const auto round = [&] {
    std::thread second([&] { side(1); });
    side(0);
    second.join();
  };
  round();
  const auto start = Clock::now();
  round();
  return millions_per_second(2 * per_side, seconds_since(start));
}

}  // namespace goakt::bench
