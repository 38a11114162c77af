#include "goakt/actor/system.h"

#include <doctest/doctest.h>

#include <atomic>
#include <chrono>
#include <cstdlib>
#include <string>
#include <thread>

#if !defined(GOAKT_SANITIZED)
// Every allocation of the process comes through here, operator new included.
namespace {
std::atomic<std::uint64_t> allocations{0};
}  // namespace

extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);

void* malloc(std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_malloc(size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
  allocations.fetch_add(1, std::memory_order_relaxed);
  return __libc_memalign(alignment, size);
}
}
#endif

using namespace goakt;
using namespace std::chrono_literals;

namespace {

struct Small {
  std::uint64_t words[4];  // 32 bytes: the most that an envelope holds
};

static_assert(sizeof(Small) == 32);

// Hands each message on to the other, as long as the words say.
class Player final : public Actor {
  void small(const Small& m, ReceiveContext& ctx) {
    handled.fetch_add(1, std::memory_order_relaxed);
    if (m.words[0] != 0)
      ctx.tell<Small>(ctx.sender() ? ctx.sender() : ctx.self(), m.words[0] - 1, m.words[1],
                      m.words[2], m.words[3]);
  }

 public:
  static inline std::atomic<std::uint64_t> handled{0};
  static constexpr auto handles = handlers(&Player::small);
};

std::unique_ptr<ActorSystem> started() {
  auto system = ActorSystem::create("test", {.workers = 2});
  REQUIRE(system);
  REQUIRE((*system)->start());
  return std::move(*system);
}

}  // namespace

#if !defined(GOAKT_SANITIZED)
namespace {

bool wait_for(std::uint64_t handled) {
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (Player::handled.load(std::memory_order_relaxed) < handled) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

}  // namespace

TEST_CASE("a local tell of 32 bytes allocates nothing once the pools are warm [269]") {
  auto system = started();
  auto one = system->spawn<Player>("one");
  auto two = system->spawn<Player>("two");
  REQUIRE(one);
  REQUIRE(two);
  Player::handled = 0;
  std::uint64_t expected = 0;
  const auto burst = [&] {
    // From outside, by way of a lane; then between actors.
    for (std::uint64_t i = 0; i < 1'000; ++i) static_cast<void>(one->tell<Small>(0u, i, i, i));
    static_cast<void>(one->tell_from(*two, Small{{1'000, 1, 2, 3}}));
    expected += 2'001;
    return wait_for(expected);
  };
  for (int i = 0; i < 200; ++i) REQUIRE(burst());
  const std::uint64_t before = allocations;
  bool all = true;
  for (int i = 0; i < 100; ++i) all = burst() && all;
  const std::uint64_t during = allocations - before;
  CHECK(all);
  CHECK(during == 0);
}
#endif

TEST_CASE("a million actors are spawned and stopped [268]") {
#if defined(GOAKT_SANITIZED)
  constexpr std::size_t kActors = 20'000;
#else
  constexpr std::size_t kActors = 1'000'000;
#endif
  auto system = started();
  for (std::size_t i = 0; i < kActors; ++i)
    if (!system->spawn<Player>("a" + std::to_string(i))) FAIL("spawn " << i);
  CHECK(system->num_actors() == kActors);
  // Each of a sample is found and answers to its name.
  for (std::size_t i = 0; i < kActors; i += kActors / 97) {
    auto pid = system->actor_of("a" + std::to_string(i));
    REQUIRE(pid);
    CHECK(pid->is_running());
  }
  CHECK(system->kill("a0"));
  CHECK(system->num_actors() == kActors - 1);
  CHECK(system->stop());
  CHECK(system->num_actors() == 0);
}
