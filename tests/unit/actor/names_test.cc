#include "goakt/base/names.h"

#include "tests/unit/actor/scripted.h"

using namespace goakt;
using namespace goakt::testing;

TEST_CASE("a system needs a name of word characters [1]") {
  CHECK(ActorSystem::create("").error().code() == ErrorCode::name_required);
  for (const char* bad : {"-a", "_a", "a b", "a/b", "a.b", " a"})
    CHECK(ActorSystem::create(bad).error().code() == ErrorCode::invalid_actor_system_name);
  CHECK(ActorSystem::create("a-B_9"));
}

TEST_CASE("an actor's name has 1 to 255 word characters and no leading mark [2]") {
  Stage stage;
  const Script script{&stage.journal, {}, {}};
  for (const std::string& bad :
       {std::string(), std::string(256, 'x'), std::string("-a"), std::string("_a"),
        std::string(".a"), std::string("a/b"), std::string("a b")}) {
    auto pid = stage.system->spawn<Scripted>(bad, {}, script);
    CHECK_MESSAGE(!pid, bad);
  }
  CHECK(stage.system->num_actors() == 0);
  const std::string longest(255, 'x');
  auto pid = stage.system->spawn<Scripted>(longest, {}, script);
  REQUIRE(pid);
  CHECK(pid->name() == longest);
  CHECK(stage.system->actor_of(longest));
  CHECK(stage.system->spawn<Scripted>("a.b-c_d", {}, script));
}

TEST_CASE("names with the prefix of the system's own actors are refused [3]") {
  Stage stage;
  auto pid = stage.system->spawn<Scripted>("GoAktMine", {}, Script{});
  REQUIRE(!pid);
  CHECK(pid.error().code() == ErrorCode::reserved_name);
  CHECK(stage.system->spawn<Scripted>("goaktMine", {}, Script{}));
}

TEST_CASE("spaces around a name are refused, not trimmed [4]") {
  Stage stage;
  CHECK(!stage.system->spawn<Scripted>(" a", {}, Script{}));
  CHECK(!stage.system->spawn<Scripted>("a ", {}, Script{}));
}

TEST_CASE("a path holds the direct parent's name only [5]") {
  Stage stage;
  const Pid top = stage.spawn("top");
  const Pid middle = stage.child(top, "middle");
  const Pid leaf = stage.child(middle, "leaf");
  CHECK(top.path() == "goakt://test@127.0.0.1:0/top");
  CHECK(middle.path() == "goakt://test@127.0.0.1:0/top/middle");
  CHECK(leaf.path() == "goakt://test@127.0.0.1:0/middle/leaf");
}

TEST_CASE("an incarnation is drawn per spawn and survives restarts [8]") {
  Stage stage;
  const Pid first = stage.spawn("a");
  const std::string id = first.incarnation_id();
  CHECK(id.size() == 36);
  CHECK(first.restart_blocking());
  CHECK(first.incarnation_id() == id);
  CHECK(first.stop_blocking());
  const Pid second = stage.spawn("a");
  CHECK(second.incarnation_id() != id);
}
