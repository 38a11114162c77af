#include "goakt/actor/system.h"

#include <doctest/doctest.h>

#include <chrono>

using namespace goakt;

namespace {

struct Grow {};

class Parent final : public Actor {
  Status grow(const Grow&, ReceiveContext& ctx) {
    auto child = ctx.spawn<Parent>("child");
    return child ? Status() : unexpected(std::move(child).error());
  }

 public:
  static constexpr auto handles = handlers(&Parent::grow);
};

}  // namespace

TEST_CASE("a child that was restarted with its parent goes when the parent stops") {
  auto system = ActorSystem::create("test");
  REQUIRE(system);
  REQUIRE((*system)->start());
  const auto parent = (*system)->spawn<Parent>("parent");
  REQUIRE(parent);
  REQUIRE(parent->ask<Ack>(Grow{}, std::chrono::seconds(10)));
  REQUIRE(parent->restart_blocking());
  REQUIRE((*system)->actor_of("child"));
  REQUIRE(parent->stop_blocking());
  CHECK(!(*system)->actor_exists("child"));
  CHECK((*system)->scan_actors(0, 100).actors.empty());
  CHECK((*system)->num_actors() == 0);
}
