#include "goakt/actor/extension.h"
#include "tests/unit/actor/scripted.h"

#include <algorithm>

using namespace goakt;
using namespace goakt::testing;
using namespace std::chrono_literals;

namespace {

std::shared_ptr<Supervisor> any(Directive directive) {
  auto supervisor = std::make_shared<Supervisor>();
  supervisor->any_error(directive);
  return supervisor;
}

Status no() {
  return fail("test.NotYet", "not yet");
}

// Counts its messages, to tell a kept object from a new one.
class Counting final : public Actor {
  void note(const Note&) { ++notes_; }

  Answer answer(const Question&) { return {notes_}; }

  void act(const Do& m, ReceiveContext& ctx) { m.run(ctx); }

  int notes_ = 0;

 public:
  static constexpr auto handles = handlers(&Counting::note, &Counting::answer, &Counting::act);
};

int count(const Pid& pid) {
  auto answer = pid.ask<Answer>(Question{}, 1s);
  return answer ? answer->value : -1;
}

}  // namespace

TEST_CASE("a restart by supervision keeps object, mailbox and stash, without post_stop [46]") {
  Stage stage;
  const Pid pid = stage.spawn("a", {.supervisor = any(Directive::restart), .stashing = true});
  stage.journal.read();
  CHECK(pid.ask<Answer>(Question{}, 1s)->value == 1);
  CHECK(pid.tell(Do{[&](ReceiveContext& ctx) {
    stage.journal.write(ctx.stash_size() < 1 ? "stashed" : "unstashed");
    if (ctx.stash_size() < 1) ctx.stash();
  }}));
  CHECK(pid.tell(throws("boom")));
  CHECK(pid.tell(Note{"kept"}));
  stage.system.run();
  CHECK(stage.journal.read() == "stashed pre:a started:a kept");
  CHECK(pid.ask<Answer>(Question{}, 1s)->value == 2);  // the same object
  CHECK(pid.metric()->stash_size == 1);
  CHECK(stage.system.dead_letters().empty());
}

TEST_CASE("an explicit restart calls post_stop and loses the backlog to dead letters [47]") {
  Stage stage;
  const Pid pid = stage.spawn("a");
  stage.journal.read();
  CHECK(pid.tell(Note{"lost"}));
  CHECK(pid.restart_blocking());
  stage.system.run();
  CHECK(stage.journal.read() == "post:a pre:a started:a");
  CHECK(pid.is_running());
  CHECK(stage.system.dead_letters() ==
        std::vector<std::string>{"GoAktNoSender -> a: actor is not alive"});
  CHECK(stage.after(pid, Note{"new"}) == "new");
  CHECK(stage.system->respawn("a"));
  CHECK(pid.restart_count() == 2);
  CHECK(stage.system->respawn("unknown").error().code() == ErrorCode::actor_not_found);
}

namespace {

// top has the children middle and other, middle has leaf.
struct Tree {
  explicit Tree(std::uint64_t seed) : stage({.seed = seed}) { stage.journal.read(); }

  Stage stage;
  const Pid top = stage.spawn("top");
  const Pid middle = stage.child(top, "middle");
  const Pid leaf = stage.child(middle, "leaf");
  const Pid other = stage.child(top, "other");
  const std::vector<Pid> all = {top, middle, leaf, other};
};

}  // namespace

TEST_CASE("children are restarted with their parent [48]") {
  for (std::uint64_t seed = 1; seed <= 20; ++seed) {
    Tree tree(seed);
    CHECK(tree.top.restart_blocking());
    tree.stage.system.run();
    const std::string order = tree.stage.journal.read();
    const auto at = [&](const char* step) { return order.find(step); };
    CHECK(at("post:leaf") < at("post:middle"));
    CHECK(std::max(at("post:middle"), at("post:other")) < at("post:top"));
    CHECK(at("post:top") < at("pre:top"));
    CHECK(at("pre:top") < std::min(at("pre:middle"), at("pre:other")));
    CHECK(at("pre:middle") < at("pre:leaf"));
    for (const Pid& pid : tree.all) CHECK(pid.restart_count() == 1);
    CHECK(tree.leaf.parent() == tree.middle);
    CHECK(tree.stage.system->num_actors() == 4);
  }
}

TEST_CASE("a restart is over when all below have started, the parent last [48]") {
  for (std::uint64_t seed = 1; seed <= 40; ++seed) {
    Tree tree(seed);
    tree.stage.system.events->drain();
    INFO(seed);
    REQUIRE(tree.top.restart_blocking());
    // Nothing runs any more: what is so now was so when the call returned.
    for (const Pid& pid : tree.all) {
      CHECK(pid.is_running());
      CHECK(pid.restart_count() == 1);
    }
    std::vector<std::string> restarted;
    for (const auto& event : tree.stage.system.seen<ActorRestarted>())
      restarted.push_back(event.actor_path);
    REQUIRE(restarted.size() == 4);
    CHECK(restarted.back() == tree.top.path());
    const auto at = [&](const Pid& pid) {
      return std::find(restarted.begin(), restarted.end(), pid.path());
    };
    CHECK(at(tree.leaf) < at(tree.middle));
    tree.stage.system.run();
    const std::string order = tree.stage.journal.read();
    for (const char* name : {"pre:middle", "pre:leaf", "pre:other"})
      CHECK(order.find(name) < order.find("started:top"));
  }
}

namespace {

// A parent and a child that starts again only when it is let.
struct Stubborn {
  explicit Stubborn(std::shared_ptr<Supervisor> supervisor = nullptr)
      : parent(stage.spawn("parent", {.supervisor = std::move(supervisor)})) {
    tell_to_spawn(parent, "child",
                  {&stage.journal, [this] { return refuses ? no() : Status(); }, {}});
    stage.system.run();
    child = *parent.child("child");
    stage.journal.read();
    refuses = true;
  }

  bool refuses = false;
  Stage stage;
  Pid parent;
  Pid child;
};

}  // namespace

TEST_CASE("a parent goes on when its child has started at the second try [48]") {
  SUBCASE("explicitly") {
    Stubborn s;
    CHECK(s.parent.restart());
    s.stage.system.run();
    CHECK(s.stage.journal.read() == "post:child post:parent pre:parent");
    CHECK(s.parent.is_stopping());
    CHECK(s.parent.tell(Note{"too early"}).error().code() == ErrorCode::dead);
    s.refuses = false;
    s.stage.system.advance(1s);
    const std::string order = s.stage.journal.read();
    CHECK(order.find("pre:child") == 0);
    CHECK(order.find("started:parent") != std::string::npos);
    CHECK(s.stage.after(s.parent, Note{"now"}) == "now");
  }
  SUBCASE("by supervision") {
    Stubborn s(any(Directive::restart));
    CHECK(s.stage.after(s.parent, throws("boom")) == "pre:parent post:child");
    CHECK(s.parent.is_suspended());
    s.refuses = false;
    s.stage.system.advance(1s);
    CHECK(s.parent.is_running());
    CHECK(s.child.is_running());
    CHECK(s.stage.system.seen<ActorRestarted>().back().actor_path == s.parent.path());
  }
  SUBCASE("by supervision, but somebody reinstates it before") {
    Stubborn s(any(Directive::restart));
    s.stage.after(s.parent, throws("boom"));
    CHECK(s.parent.reinstate());
    s.stage.system.run();
    CHECK(s.stage.journal.read() == "started:parent");
    CHECK(s.parent.is_running());
    CHECK(!s.child.is_running());
    s.refuses = false;
    s.stage.system.advance(1s);
    CHECK(s.child.is_running());
    CHECK(s.parent.restart_count() == 1);
  }
}

TEST_CASE("a child that cannot start again is lost, and the restart says so [48]") {
  Stubborn s;
  const Status restarted = s.parent.restart_blocking();
  REQUIRE(!restarted);
  CHECK(restarted.error().code() == ErrorCode::init_failure);
  CHECK(restarted.error().message() == "actor=(child) failed to restart: not yet");
  CHECK(s.parent.is_running());
  CHECK(s.parent.children().empty());
  CHECK(s.stage.system->num_actors() == 1);
}

TEST_CASE("a parent whose children are starting again can be stopped and halted [48]") {
  SUBCASE("stopped") {
    Stubborn s;
    CHECK(s.parent.restart());
    s.stage.system.run();
    s.stage.journal.read();
    CHECK(s.parent.stop_blocking());
    CHECK(s.stage.journal.read() == "post:parent");
    CHECK(s.stage.system->num_actors() == 0);
  }
  SUBCASE("halted by its own parent's restart") {
    Stage stage;
    const Pid top = stage.spawn("top");
    const Pid middle = stage.child(top, "middle");
    bool refuses = false;
    tell_to_spawn(middle, "leaf", {&stage.journal, [&] { return refuses ? no() : Status(); }, {}});
    stage.system.run();
    refuses = true;
    CHECK(middle.restart());
    stage.system.run();  // the leaf has failed and waits for its next try
    CHECK(middle.is_stopping());
    stage.journal.read();
    refuses = false;
    CHECK(top.restart_blocking());
    const std::string order = stage.journal.read();
    CHECK(order.find("post:middle post:top pre:top") == 0);
    CHECK(order.find("post:leaf") == std::string::npos);
    CHECK(middle.is_running());
    CHECK(middle.child("leaf"));
    CHECK(stage.system->num_actors() == 3);
  }
}

TEST_CASE("children are restarted when supervision restarts their parent [48]") {
  Stage stage;
  const Pid top = stage.spawn("top", {.supervisor = any(Directive::restart)});
  const Pid child = stage.child(top, "child");
  stage.journal.read();
  const std::string order = stage.after(top, throws("boom"));
  CHECK(order.find("pre:top") == 0);
  CHECK(order.find("post:top") == std::string::npos);
  CHECK(order.find("post:child") < order.find("pre:child"));
  CHECK(child.is_running());
  CHECK(child.restart_count() == 1);
}

TEST_CASE("a restart that becomes a stop takes the halted children along [48]") {
  for (std::uint64_t seed = 1; seed <= 60; ++seed) {
    Tree tree(seed);
    auto& [stage, top, middle, leaf, other, all] = tree;
    CHECK(top.restart());
    if (seed % 3 == 0) CHECK(leaf.restart());
    if (seed % 4 == 0) CHECK(middle.stop());
    for (std::uint64_t turns = seed % 9; turns > 0; --turns)
      static_cast<void>(stage.system->run_until_idle(1));
    CHECK((seed % 2 == 0 ? top : other).stop());
    stage.system.run();
    CHECK(top.stop_blocking());
    const std::string order = stage.journal.read();
    INFO(seed << ": " << order);
    for (const Pid& pid : all) CHECK(!pid.is_running());
    CHECK(stage.system->num_actors() == 0);
    // As many ends as starts: nobody is stopped twice or left over.
    const auto occurrences = [&](const std::string& what) {
      int n = 0;
      for (auto at = order.find(what); at != std::string::npos; at = order.find(what, at + 1)) ++n;
      return n;
    };
    for (const char* name : {"top", "middle", "leaf", "other"})
      CHECK(occurrences(std::string("post:") + name) ==
            1 + occurrences(std::string("pre:") + name));
    CHECK(stage.system->stop());
  }
}

TEST_CASE("post_start comes again after a restart [49]") {
  Stage stage;
  const Pid pid = stage.spawn("a");
  CHECK(pid.restart_blocking());
  stage.system.run();
  CHECK(stage.journal.read() == "pre:a started:a post:a pre:a started:a");
}

TEST_CASE("counters survive a restart [50]") {
  Stage stage;
  const Pid pid = stage.spawn("a", {.supervisor = any(Directive::restart)});
  stage.after(pid, Note{"x"});
  stage.after(pid, throws("boom"));
  CHECK(pid.restart_blocking());
  stage.system.run();
  CHECK(pid.restart_count() == 2);
  CHECK(pid.failure_count() == 1);
  CHECK(pid.processed_count() == 2);
}

TEST_CASE("dependencies survive a restart of either kind [51]") {
  struct Database final : Dependency {
    explicit Database(std::string u) : url(std::move(u)) {}

    std::string id() const override { return "database"; }

    Result<std::string> marshal() const override { return url; }

    Status unmarshal(std::string_view bytes) override {
      url = bytes;
      return {};
    }

    std::string url;
  };

  Stage stage;
  const auto first = std::make_shared<Database>("first");
  const auto last = std::make_shared<Database>("last");
  const Pid pid =
      stage.spawn("a", {.supervisor = any(Directive::restart), .dependencies = {first, last}});
  const Pid plain = stage.spawn("plain");
  const auto has_both = [&] {
    return pid.dependencies() == std::vector<std::shared_ptr<Dependency>>{first, last} &&
           pid.dependency("database") == last;
  };
  CHECK(has_both());
  CHECK(pid.dependency("other") == nullptr);
  CHECK(plain.dependencies().empty());
  CHECK(pid.restart_blocking());
  CHECK(has_both());
  stage.after(pid, throws("boom"));
  CHECK(pid.restart_count() == 2);
  CHECK(has_both());
  stage.journal.read();
  CHECK(stage.after(pid, Do{[&](ReceiveContext& ctx) {
                      stage.journal.write(ctx.dependency("database") == last ? "there" : "lost");
                    }}) == "there");
  CHECK(pid.stop_blocking());
  CHECK(pid.dependencies().empty());
  CHECK(last.use_count() == 1);
}

TEST_CASE("options survive a restart [51]") {
  Stage stage;
  const Pid pid =
      stage.spawn("a", {.supervisor = any(Directive::resume), .stashing = true, .role = "api"});
  CHECK(pid.restart_blocking());
  stage.system.run();
  CHECK(pid.is_relocatable());
  stage.after(pid, throws("boom"));
  CHECK(pid.is_running());  // its own supervisor still decides
  stage.after(pid, Do{[](ReceiveContext& ctx) { ctx.stash(); }});
  CHECK(pid.metric()->stash_size == 1);
}

TEST_CASE("uptime counts from the restart [52]") {
  Stage stage;
  const Pid pid = stage.spawn("a");
  stage.system.advance(10s);
  CHECK(pid.uptime() == 10s);
  CHECK(pid.restart_blocking());
  CHECK(pid.uptime() == 0s);
  stage.system.advance(3s);
  CHECK(pid.uptime() == 3s);
}

TEST_CASE("a stopped actor cannot be restarted [53]") {
  Stage stage;
  const Pid pid = stage.spawn("a");
  CHECK(pid.stop_blocking());
  CHECK(pid.restart_blocking().error().code() == ErrorCode::dead);
  CHECK(pid.restart().error().code() == ErrorCode::dead);
  CHECK(stage.system->num_actors() == 0);
}

TEST_CASE("a bounded mailbox works after an explicit restart [54]") {
  Stage stage;
  const Pid pid = stage.spawn("a", {.mailbox = Mailbox::bounded(4, Overflow::fail)});
  for (int i = 0; i < 4; ++i) CHECK(pid.tell(Note{"lost"}));
  CHECK(pid.tell(Note{"x"}).error().code() == ErrorCode::mailbox_full);
  CHECK(pid.restart_blocking());
  stage.system.run();
  stage.journal.read();
  for (int round = 0; round < 2; ++round) {
    for (int i = 0; i < 4; ++i) CHECK(pid.tell(Note{"n"}));
    CHECK(pid.tell(Note{"x"}).error().code() == ErrorCode::mailbox_full);
    stage.system.run();
    CHECK(stage.journal.read() == "n n n n");
  }
}

TEST_CASE("a restart that fails all its tries ends in a stop [55]") {
  bool fail_now = false;
  int tries = 0;
  Stage stage;
  const Script script{&stage.journal,
                      [&]() -> Status {
                        if (!fail_now) return {};
                        ++tries;
                        return no();
                      },
                      {}};
  SUBCASE("by supervision: with its post_stop") {
    const Pid pid =
        spawn_scripted(*stage.system, "a", script, {.supervisor = any(Directive::restart)});
    stage.system.run();
    stage.journal.read();
    fail_now = true;
    stage.after(pid, throws("boom"));
    for (int i = 0; i < 100 && pid.is_suspended(); ++i) stage.system.advance(10ms);
    CHECK(tries == 5);
    CHECK(stage.journal.read() == "post:a");
    CHECK(!stage.system->actor_exists("a"));
    CHECK(stage.system.seen<ActorStopped>().size() == 1);
  }
  SUBCASE("explicitly: with the children, and the error is told") {
    const Pid pid = spawn_scripted(*stage.system, "a", script);
    stage.child(pid, "child");
    stage.journal.read();
    fail_now = true;
    auto restarted = pid.restart_blocking();
    REQUIRE(!restarted);
    CHECK(restarted.error().code() == ErrorCode::init_failure);
    CHECK(restarted.error().message() == "actor=(a) failed to restart: not yet");
    stage.system.run();
    CHECK(tries == 5);
    CHECK(stage.journal.read() == "post:child post:a");
    CHECK(stage.system->num_actors() == 0);
    CHECK(stage.system.seen<ActorStopped>().size() == 2);
  }
}

TEST_CASE("an actor that waits for its next try to start can be stopped and reinstated [55]") {
  bool fail_now = false;
  Stage stage;
  const Pid pid =
      spawn_scripted(*stage.system, "a",
                     {&stage.journal, [&]() -> Status { return fail_now ? no() : Status(); }, {}},
                     {.supervisor = any(Directive::restart)});
  stage.system.run();
  fail_now = true;
  stage.after(pid, throws("boom"));
  CHECK(pid.is_suspended());
  CHECK(pid.reinstate());
  stage.system.advance(1s);
  CHECK(pid.is_running());  // nothing is tried any more
  stage.after(pid, throws("boom"));
  CHECK(pid.stop_blocking());
  stage.system.advance(1s);
  CHECK(stage.system->num_actors() == 0);
}

TEST_CASE("the policy to recreate makes a new object at a restart [56]") {
  Stage stage;
  for (const bool recreate : {false, true}) {
    const SpawnOptions options{.supervisor = any(Directive::restart),
                               .recreate_on_restart = recreate};
    auto pid = stage.system->spawn<Counting>(recreate ? "new" : "kept", options);
    REQUIRE(pid);
    CHECK(pid->tell(Note{"x"}));
    stage.system.run();
    CHECK(count(*pid) == 1);
    CHECK(static_cast<const Pid&>(*pid).tell(throws("boom")));
    stage.system.run();
    CHECK(count(*pid) == (recreate ? 0 : 1));
    CHECK(pid->tell(Note{"x"}));
    CHECK(pid->restart_blocking());
    CHECK(count(*pid) == (recreate ? 0 : 1));
  }
}
