#include "tests/unit/actor/seeded_system.h"

using namespace goakt;
using namespace goakt::testing;

namespace {

struct Say {};

struct Become {
  char behaviour;
};

struct Push {
  char behaviour;
};

struct Pop {};

struct Back {};

class Chameleon final : public Actor {
  void red(const Say&) { journal_.write("red"); }

  void blue(const Say&) { journal_.write("blue"); }

  void green(const Say&) { journal_.write("green"); }

  const auto& named(char name) const { return name == 'b' ? as_blue : as_green; }

  void become(const Become& m, ReceiveContext& ctx) {
    ctx.become(named(m.behaviour));
    journal_.write("become");
  }

  void push(const Push& m, ReceiveContext& ctx) { ctx.become_stacked(named(m.behaviour)); }

  void pop(const Pop&, ReceiveContext& ctx) { ctx.unbecome_stacked(); }

  void back(const Back&, ReceiveContext& ctx) { ctx.unbecome(); }

  Journal& journal_;

 public:
  explicit Chameleon(Journal& journal) : journal_(journal) {}

  static constexpr auto handles = handlers(&Chameleon::red, &Chameleon::become, &Chameleon::push,
                                           &Chameleon::pop, &Chameleon::back);
  static constexpr auto as_blue = handlers(&Chameleon::blue, &Chameleon::become, &Chameleon::push,
                                           &Chameleon::pop, &Chameleon::back);
  static constexpr auto as_green = handlers(&Chameleon::green, &Chameleon::become, &Chameleon::push,
                                            &Chameleon::pop, &Chameleon::back);
};

struct Terrarium {
  Terrarium() {
    pid = *system->spawn<Chameleon>("chameleon", {}, std::ref(journal));
    system.run();
  }

  template <class... M>
  std::string after(M... messages) {
    (void(pid.tell(std::move(messages))), ...);
    CHECK(pid.tell(Say{}));
    system.run();
    return journal.read();
  }

  Journal journal;
  SeededSystem system;
  Pid pid;
};

}  // namespace

TEST_CASE("become replaces the behaviour for the next message [91]") {
  Terrarium t;
  CHECK(t.after() == "red");
  CHECK(t.after(Become{'b'}) == "become blue");
  CHECK(t.after(Become{'g'}) == "become green");
}

TEST_CASE("become_stacked and unbecome_stacked push and pop behaviours [91]") {
  Terrarium t;
  CHECK(t.after(Push{'b'}) == "blue");
  CHECK(t.after(Push{'g'}) == "green");
  CHECK(t.after(Pop{}) == "blue");
  CHECK(t.after(Pop{}) == "red");
}

TEST_CASE("unbecome returns to the original behaviour and forgets the stack [91]") {
  Terrarium t;
  CHECK(t.after(Push{'b'}, Push{'g'}) == "green");
  CHECK(t.after(Back{}) == "red");
  CHECK(t.after(Pop{}) == "");
  CHECK(t.pid.is_suspended());
}

TEST_CASE("become forgets what was stacked [91]") {
  Terrarium t;
  CHECK(t.after(Push{'b'}, Become{'g'}) == "become green");
  CHECK(t.after(Pop{}) == "");
  CHECK(t.pid.is_suspended());
}

TEST_CASE("the last behaviour cannot be popped: an error, no silent drop [92]") {
  Terrarium t;
  CHECK(t.pid.tell(Pop{}));
  CHECK(t.pid.tell(Say{}));
  t.system.run();
  const auto suspended = t.system.seen<ActorSuspended>();
  REQUIRE(suspended.size() == 1);
  CHECK(suspended[0].reason == "there is no behaviour below the current one");
  CHECK(t.journal.read() == "");
  REQUIRE(t.pid.reinstate());
  t.system.run();
  CHECK(t.journal.read() == "red");
}

TEST_CASE("a message that the current behaviour does not list is unhandled [92]") {
  Terrarium t;

  struct Strange {};

  t.system.dead_letters();
  CHECK(t.pid.tell(Strange{}));
  t.system.run();
  CHECK(t.system.dead_letters() ==
        std::vector<std::string>{"GoAktNoSender -> chameleon: unhandled message"});
  CHECK(t.after() == "red");
}

TEST_CASE("a restart returns to the original behaviour [91]") {
  Terrarium t;
  CHECK(t.after(Push{'b'}) == "blue");
  REQUIRE(t.pid.restart_blocking());
  CHECK(t.after() == "red");
}
