#include "goakt/base/names.h"
#include "tests/unit/actor/scripted.h"

#include <algorithm>

using namespace goakt;
using namespace goakt::testing;

TEST_CASE("guardians and system actors are there and hidden from users [9]") {
  Stage stage;
  const Pid user = stage.spawn("mine");
  const auto all = stage.system->scan_actors(0, 100, true).actors;
  for (std::string_view name : {names::kUserGuardian, names::kSystemGuardian, names::kNoSender,
                                names::kDeathWatch, names::kDeadletter}) {
    INFO(name);
    CHECK(std::any_of(all.begin(), all.end(), [&](const Pid& pid) { return pid.name() == name; }));
    CHECK(stage.system->actor_of(name).error().code() == ErrorCode::actor_not_found);
    CHECK(stage.system->actor_exists(name));  // says that the name is taken
    CHECK(stage.system->kill(name).error().code() == ErrorCode::actor_not_found);
    CHECK(stage.system->respawn(name).error().code() == ErrorCode::actor_not_found);
  }
  CHECK(stage.system->actors() == std::vector<Pid>{user});
  CHECK(stage.system->user_guardian().is_running());
  CHECK(stage.system->root_guardian().is_running());
  CHECK(user.parent() == stage.system->user_guardian());
  CHECK(stage.system->user_guardian().parent() == stage.system->root_guardian());
}

TEST_CASE("of equal names under different parents the one spawned last is found [10]") {
  Stage stage;
  const Pid a = stage.spawn("a");
  const Pid b = stage.spawn("b");
  const Pid first = stage.child(a, "worker");
  const Pid second = stage.child(b, "worker");
  CHECK(first != second);
  CHECK(*stage.system->actor_of("worker") == second);
  CHECK(*a.child("worker") == first);
  CHECK(*b.child("worker") == second);
  CHECK(second.stop_blocking());
  CHECK(*stage.system->actor_of("worker") == first);
}

TEST_CASE("a spawn whose wire address is taken is refused [11]") {
  ErrorCode code{};
  Stage stage;
  const Pid a = stage.spawn("a");
  const Pid b = stage.spawn("b");
  const Pid a_same = stage.child(a, "same");
  const Pid b_same = stage.child(b, "same");
  static_cast<void>(stage.child(a_same, "leaf"));
  CHECK(b_same.tell(Do{[&](ReceiveContext& ctx) {
    code = ctx.spawn<Scripted>("leaf", {}, Script{}).error().code();
  }}));
  stage.system.run();
  CHECK(code == ErrorCode::actor_already_exists);
  CHECK(b_same.children().empty());
}

TEST_CASE("parent, children, child and siblings are found [12]") {
  Stage stage;
  const Pid top = stage.spawn("top");
  const Pid one = stage.child(top, "one");
  const Pid two = stage.child(top, "two");
  CHECK(one.parent() == top);
  auto children = top.children();
  CHECK(children.size() == 2);
  CHECK(top.children_count() == 2);
  CHECK(std::count(children.begin(), children.end(), one) == 1);
  CHECK(std::count(children.begin(), children.end(), two) == 1);
  CHECK(one.parent().children() == children);
  CHECK(top.child("three").error().code() == ErrorCode::actor_not_found);
  CHECK(one.stop_blocking());
  CHECK(top.children() == std::vector<Pid>{two});
  CHECK(top.child("one").error().code() == ErrorCode::actor_not_found);
}

TEST_CASE("the number of actors counts those of users, children included [13]") {
  Stage stage;
  CHECK(stage.system->num_actors() == 0);
  const Pid top = stage.spawn("top");
  static_cast<void>(stage.child(top, "one"));
  CHECK(stage.system->num_actors() == 2);
  CHECK(top.stop_blocking());
  CHECK(stage.system->num_actors() == 0);
}
