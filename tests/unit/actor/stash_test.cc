#include "goakt/actor/metric.h"
#include "goakt/actor/pending_answer.h"
#include "tests/unit/actor/seeded_system.h"

using namespace goakt;
using namespace goakt::testing;
using namespace std::chrono_literals;

namespace {

struct Item {
  int value;
};

struct Open {};

struct OpenOne {};

struct Question {
  int value;
};

struct Answer {
  int value;
};

// Stashes items until it is opened.
class Door final : public Actor {
  void keep(const Item&, ReceiveContext& ctx) {
    ctx.stash();
    if (ctx.stash_size() != 0) journal_.write("kept" + std::to_string(ctx.stash_size()));
  }

  void keep_question(const Question&, ReceiveContext& ctx) { ctx.stash(); }

  Task<> keep_later(const Answer&, ReceiveContext& ctx) {
    ctx.stash();
    auto slept = co_await ctx.sleep(1s);
    journal_.write(slept ? "slept" : "woken");
  }

  void open(const Open&, ReceiveContext& ctx) {
    ctx.become(opened);
    ctx.unstash_all();
  }

  void open_one(const OpenOne&, ReceiveContext& ctx) { ctx.unstash(); }

  void show(const Item& m) { journal_.write(std::to_string(m.value)); }

  Answer answer(const Question& m) { return {m.value * 2}; }

  void show_answer(const Answer& m) { journal_.write("answer" + std::to_string(m.value)); }

  Journal& journal_;

 public:
  explicit Door(Journal& journal) : journal_(journal) {}

  static constexpr auto handles =
      handlers(&Door::keep, &Door::keep_question, &Door::keep_later, &Door::open, &Door::open_one);
  static constexpr auto opened = handlers(&Door::show, &Door::answer, &Door::show_answer);
};

struct House {
  explicit House(bool stashing = true, std::optional<Mailbox> mailbox = {}) {
    SpawnOptions options;
    options.stashing = stashing;
    options.mailbox = std::move(mailbox);
    door = *system->spawn<Door>("door", std::move(options), std::ref(journal));
    system.run();
  }

  template <class M>
  void tell(M message) {
    CHECK(door.tell(std::move(message)));
    system.run();
  }

  Journal journal;
  SeededSystem system;
  Pid door;
};

}  // namespace

TEST_CASE("unstash puts the oldest message at the tail of the mailbox [87]") {
  House house;
  house.tell(Item{1});
  house.tell(Item{2});
  CHECK(house.journal.read() == "kept1 kept2");
  // Both are in the mailbox before the turn: the unstashed one goes behind the new one.
  CHECK(house.door.tell(OpenOne{}));
  CHECK(house.door.tell(Item{3}));
  house.system.run();
  CHECK(house.journal.read() == "kept2 kept3");
  house.tell(Open{});
  CHECK(house.journal.read() == "2 3 1");
}

TEST_CASE("unstash_all keeps the order and goes behind what already waits [88]") {
  House house;
  for (int i = 1; i <= 5; ++i) house.tell(Item{i});
  house.journal.read();
  CHECK(house.door.tell(Open{}));
  CHECK(house.door.tell(Item{6}));
  house.system.run();
  CHECK(house.journal.read() == "6 1 2 3 4 5");
  CHECK(house.door.metric()->stash_size == 0);
}

TEST_CASE("a stashed ask is answered after it was unstashed [88]") {
  House house;
  auto pending = PendingAnswer::ask(house.door, Message::of(Question{21}), 1min);
  REQUIRE(pending);
  house.system.run();
  CHECK(house.door.metric()->stash_size == 1);
  house.tell(Open{});
  auto reply = pending->get();
  REQUIRE(reply);
  CHECK(reply->as<Answer>()->value == 42);
}

TEST_CASE("a stash without room for it fails the actor and makes a dead letter [89]") {
  House house(false);
  house.system.dead_letters();
  CHECK(house.door.tell(Item{1}));
  house.system.run();
  auto events = house.system.events->drain();
  bool suspended = false;
  std::vector<std::string> letters;
  for (Event& event : events) {
    if (auto* s = std::get_if<ActorSuspended>(&event)) {
      suspended = true;
      CHECK(s->reason == "actor is not setup with a stash buffer");
    }
    if (auto* letter = std::get_if<Deadletter>(&event)) letters.push_back(letter->reason);
  }
  CHECK(suspended);
  CHECK(letters == std::vector<std::string>{"actor is not setup with a stash buffer"});
  CHECK(house.door.is_suspended());
}

TEST_CASE("unstash of an empty stash is the actor's error [90]") {
  House house;
  house.tell(OpenOne{});
  const auto suspended = house.system.seen<ActorSuspended>();
  REQUIRE(suspended.size() == 1);
  CHECK(suspended[0].reason == "stash buffer may be closed");
}

TEST_CASE("a bounded mailbox can refuse what comes back from the stash [88]") {
  House house(true, Mailbox::non_blocking_bounded(2));
  for (int i = 1; i <= 4; ++i) house.tell(Item{i});
  house.system.dead_letters();
  house.journal.read();
  house.tell(Open{});
  CHECK(house.journal.read() == "1 2");
  CHECK(house.system.dead_letters().size() == 2);
}

TEST_CASE("a coroutine handler stashes a copy, for it may go on reading its message [87]") {
  House house;
  house.tell(Answer{7});
  CHECK(house.door.metric()->stash_size == 1);
  house.system.advance(1s);
  CHECK(house.journal.read() == "slept");
  house.tell(Open{});
  CHECK(house.journal.read() == "answer7");
}

TEST_CASE("the stash becomes dead letters when its actor stops [87]") {
  House house;
  for (int i = 1; i <= 3; ++i) house.tell(Item{i});
  house.system.dead_letters();
  CHECK(house.door.stop());
  house.system.run();
  CHECK(house.system.dead_letters() ==
        std::vector<std::string>(3, "GoAktNoSender -> door: actor is not alive"));
}
