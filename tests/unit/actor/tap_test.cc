#include "goakt/actor/tap.h"

#include "goakt/actor/system.h"
#include "seeded_system.h"

#include <doctest/doctest.h>

#include <stdexcept>
#include <string>

using namespace goakt;
using namespace std::chrono_literals;
using goakt::testing::eventually;

namespace {

struct Word {
  std::string text;
};

class Listener final : public Actor {
  Word hear(const Word& word) {
    if (word.text == "boom") throw std::runtime_error("boom");
    return word;
  }

 public:
  static constexpr auto handles = handlers(&Listener::hear);
};

class Untyped final : public Actor {
 public:
  void receive(ReceiveContext&) override {}
};

std::unique_ptr<ActorSystem> started() {
  auto system = *ActorSystem::create("taps");
  REQUIRE(system->start());
  return system;
}

// An answer may reach its asker before the note of its message is taken: waits for as many as are
// due.
std::vector<TappedMessage> take_all(Tap& tap, std::size_t due) {
  std::vector<TappedMessage> notes;
  const auto deadline = std::chrono::steady_clock::now() + 10s;
  while (notes.size() < due && std::chrono::steady_clock::now() < deadline) {
    for (auto& note : tap.take(100ms)) notes.push_back(std::move(note));
  }
  return notes;
}

}  // namespace

TEST_CASE("a tap notes what its actor handles, and nothing once it is closed") {
  auto system = started();
  const auto pid = *system->spawn<Listener>("a");
  {
    auto tap = Tap::open(pid, {.bodies = true});
    REQUIRE(tap);
    REQUIRE(pid.ask(Word{"one"}, 5s));
    REQUIRE(pid.ask(Word{"two"}, 5s));
    const auto notes = take_all(**tap, 2);
    REQUIRE(notes.size() == 2);
    CHECK(notes[0].type == message_type<Word>().name);
    REQUIRE(notes[1].body.as<Word>());
    CHECK(notes[1].body.as<Word>()->text == "two");
    CHECK(!notes[1].threw);
    CHECK((*tap)->take(0ms).empty());
  }
  const auto reply = pid.ask(Word{"three"}, 5s);
  REQUIRE(reply);
  CHECK(reply->text == "three");
}

TEST_CASE("one listens at a time, the next one when the first has gone") {
  auto system = started();
  const auto pid = *system->spawn<Listener>("a");
  auto first = *Tap::open(pid, {});
  const auto second = Tap::open(pid, {});
  REQUIRE(!second);
  CHECK(second.error().is(ErrorCode::actor_already_exists));
  first.reset();
  auto third = *Tap::open(pid, {});
  REQUIRE(pid.ask(Word{"three"}, 5s));
  CHECK(third->take(5s).size() == 1);
}

TEST_CASE("a full tap drops the oldest notes and counts them") {
  auto system = started();
  const auto pid = *system->spawn<Listener>("a");
  auto tap = *Tap::open(pid, {.kept = 2});
  for (int i = 0; i < 5; ++i) REQUIRE(pid.ask(Word{"x"}, 5s));
  REQUIRE(eventually([&] { return tap->dropped() == 3; }));
  CHECK(tap->take(5s).size() == 2);
}

TEST_CASE("a message that throws is noted as such, and the actor's end is no accident") {
  auto system = started();
  const auto pid = *system->spawn<Listener>("a");
  auto tap = *Tap::open(pid, {});
  CHECK(!pid.ask(Word{"boom"}, 5s));
  const auto notes = tap->take(5s);
  REQUIRE(notes.size() == 1);
  CHECK(notes[0].threw);
  static_cast<void>(pid.stop_blocking());
  tap.reset();
  CHECK(!Tap::open(pid, {}));
}

TEST_CASE("an actor without a list of handlers cannot be tapped, nor can the runtime's own") {
  auto system = started();
  const auto pid = *system->spawn<Untyped>("a");
  const auto tap = Tap::open(pid, {});
  REQUIRE(!tap);
  CHECK(tap.error().is(ErrorCode::invalid_instance));
  CHECK(!Tap::open(system->user_guardian(), {}));
}
