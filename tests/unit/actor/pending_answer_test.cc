#include "goakt/actor/pending_answer.h"

#include "goakt/actor/system.h"

#include <doctest/doctest.h>

#include <vector>

using namespace goakt;
using namespace std::chrono_literals;

namespace {

struct Number {
  int value;
};

struct Silent {};

class Echo final : public Actor {
  Number number(const Number& m) {
    order_.push_back(m.value);
    return m;
  }

  void silent(const Silent&) {}

  std::vector<int> sequence(const std::string&) { return order_; }

  Result<Number> refuse(const std::vector<int>&) { return fail("test.No", "not this"); }

  std::vector<int> order_;

 public:
  static constexpr auto handles =
      handlers(&Echo::number, &Echo::silent, &Echo::sequence, &Echo::refuse);
};

}  // namespace

TEST_CASE("one thread has many asks under way and fetches the answers in its own order") {
  auto system = ActorSystem::create("test");
  REQUIRE(system);
  REQUIRE((*system)->start());
  const auto echo = (*system)->spawn<Echo>("echo");
  REQUIRE(echo);
  std::vector<PendingAnswer> pending;
  std::vector<int> expected;
  for (int i = 0; i < 1000; ++i) {
    auto asked = PendingAnswer::ask(*echo, Message::of(Number{i}), 10s);
    REQUIRE(asked);
    pending.push_back(*std::move(asked));
    expected.push_back(i);
  }
  for (std::size_t i = pending.size(); i-- > 0;) {
    auto answer = pending[i].get();
    REQUIRE(answer);
    REQUIRE(answer->as<Number>() != nullptr);
    CHECK(answer->as<Number>()->value == static_cast<int>(i));
  }
  const auto order = echo->ask<std::vector<int>>(std::string(), 10s);
  REQUIRE(order);
  CHECK(*order == expected);  // they arrived as they were sent
}

TEST_CASE("an ask that is refused, not answered or not fetched ends well") {
  auto system = ActorSystem::create("test");
  REQUIRE(system);
  REQUIRE((*system)->start());
  const auto echo = (*system)->spawn<Echo>("echo");
  REQUIRE(echo);
  {
    auto refused = PendingAnswer::ask(*echo, Message::of(std::vector<int>()), 10s);
    REQUIRE(refused);
    const auto answer = refused->get();
    REQUIRE(!answer);
    CHECK(answer.error().type_name() == "test.No");
    CHECK(!refused->get());
  }
  auto silent = PendingAnswer::ask(*echo, Message::of(Silent{}), 1ms);
  REQUIRE(silent);
  const auto answer = silent->get();
  if (!answer) CHECK(answer.error().is(ErrorCode::request_timeout));
  static_cast<void>(PendingAnswer::ask(*echo, Message::of(Number{1}), 10s));

  const Pid gone = *echo;
  REQUIRE(gone.stop_blocking());
  CHECK(!PendingAnswer::ask(gone, Message::of(Number{1}), 1s));
  CHECK(!PendingAnswer::ask(gone, Message::of(Number{1}), 0s));
}
