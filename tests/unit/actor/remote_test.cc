#include "goakt/actor/remote.h"

#include "goakt/actor/messages.h"
#include "tests/unit/actor/seeded_system.h"

using namespace goakt;
using goakt::testing::SeededSystem;

namespace {

struct Text {
  std::string text;
};

// Keeps what is sent there.
class Kept final : public RemoteRoute {
 public:
  Status deliver(const Address& to, Envelope* message) override {
    const Message owned(message);
    if (const auto* text = owned.as<Text>()) lines.push_back(to.text() + " " + text->text);
    if (const auto* end = owned.as<Terminated>()) lines.push_back(to.text() + " end " + end->path);
    if (is_down) return fail(ErrorCode::unreachable);
    return {};
  }

  void watch(const Address& actor, const Pid& watcher) override {
    lines.push_back("watch " + actor.text() + " " + watcher.path());
  }

  void unwatch(const Address& actor, const Pid& watcher) override {
    lines.push_back("unwatch " + actor.text() + " " + watcher.path());
  }

  void order(const Address& actor, RemoteOrder order, Duration,
             std::function<void(Status)> done) override {
    constexpr const char* kWords[] = {"stop ", "restart ", "reinstate "};
    lines.push_back(kWords[static_cast<std::size_t>(order)] + actor.text() +
                    (done ? " and tell" : ""));
    if (done) done(is_down ? Status(fail(ErrorCode::unreachable)) : Status());
  }

  std::vector<std::string> lines;
  bool is_down = false;
};

constexpr const char* kFar = "goakt://far@10.0.0.1:9/kid/actor";

struct Fixture {
  Fixture() {
    auto made = access.make_pid(*Address::parse(kFar), route);
    REQUIRE(made);
    pid = *made;
  }

  SeededSystem seeded;
  RemoteAccess access{*seeded.system};
  std::shared_ptr<Kept> route = std::make_shared<Kept>();
  Pid pid;
};

struct Answers final : RemoteAsker {
  void asked(std::uint64_t origin) override { open = origin; }

  void answered(Result<Message> answer) override {
    texts.push_back(answer ? answer->as<Text>()->text : answer.error().message());
  }

  std::uint64_t open = 0;
  std::vector<std::string> texts;
};

Status answer_text(ReceiveContext& ctx) {
  const auto* text = ctx.message<Text>();
  if (text == nullptr || text->text == "silent") return {};
  ctx.response(Text{"re:" + text->text});
  return {};
}

}  // namespace

TEST_CASE("a handle to an actor on another node is a pid with its address") {
  const Fixture f;
  CHECK(f.pid.path() == kFar);
  CHECK(f.pid.name() == "actor");
  CHECK_FALSE(f.pid.is_local());
  CHECK(f.pid.is_running());
}

TEST_CASE("what is told to a remote handle takes its route, and its failure is the sender's") {
  const Fixture f;
  CHECK(f.pid.tell(Text{"hi"}));
  CHECK(f.route->lines == std::vector<std::string>{std::string(kFar) + " hi"});
  f.route->is_down = true;
  const Status told = f.pid.tell(Text{"again"});
  REQUIRE(!told);
  CHECK(told.error().code() == ErrorCode::unreachable);
}

TEST_CASE("an ask of a remote handle whose route fails gets that error") {
  const Fixture f;
  f.route->is_down = true;
  const auto answer = f.pid.ask(Text{"hi"}, std::chrono::seconds(1));
  REQUIRE(!answer);
  CHECK(answer.error().code() == ErrorCode::unreachable);
}

TEST_CASE("an actor on another node is stopped, restarted and reinstated by that node") {
  const Fixture f;
  CHECK(f.pid.stop());
  CHECK(f.pid.restart());
  CHECK(f.pid.reinstate());
  CHECK(f.pid.stop_blocking());
  f.route->is_down = true;
  const Status restarted = f.pid.restart_blocking();
  REQUIRE(!restarted);
  CHECK(restarted.error().code() == ErrorCode::unreachable);
  const std::string far = kFar;
  CHECK(f.route->lines == std::vector<std::string>{"stop " + far, "restart " + far,
                                                   "reinstate " + far, "stop " + far + " and tell",
                                                   "restart " + far + " and tell"});
}

TEST_CASE("an actor that watches one on another node asks that node, and takes it back") {
  Fixture f;
  const auto actor =
      f.seeded.system->spawn_function("watcher", [&f](ReceiveContext& ctx) -> Status {
        const auto* text = ctx.message<Text>();
        if (text != nullptr && text->text == "watch") ctx.watch(f.pid);
        if (text != nullptr && text->text == "unwatch") ctx.unwatch(f.pid);
        return {};
      });
  REQUIRE(actor);
  const std::string pair = std::string(kFar) + " " + actor->path();
  for (const char* text : {"watch", "unwatch", "watch"}) CHECK(actor->tell(Text{text}));
  f.seeded.run();
  CHECK(actor->stop_blocking());
  CHECK(f.route->lines == std::vector<std::string>{"watch " + pair, "unwatch " + pair,
                                                   "watch " + pair, "unwatch " + pair});
}

TEST_CASE("a remote watcher is told once when the actor ends") {
  Fixture f;
  const auto actor = f.seeded.system->spawn_function("watched", answer_text);
  REQUIRE(actor);
  f.access.watch(*actor, f.pid);
  f.access.watch(*actor, f.pid);
  CHECK(actor->stop_blocking());
  CHECK(f.route->lines ==
        std::vector<std::string>{std::string(kFar) + " end " + f.access.prefix() + "watched"});
}

TEST_CASE("a remote watcher that has given up is not told") {
  Fixture f;
  const auto actor = f.seeded.system->spawn_function("watched", answer_text);
  REQUIRE(actor);
  f.access.watch(*actor, f.pid);
  f.access.unwatch(*actor, f.pid);
  CHECK(actor->stop_blocking());
  CHECK(f.route->lines.empty());
}

TEST_CASE("a remote asker gets the answer, or the end of its time, once") {
  Fixture f;
  const auto actor = f.seeded.system->spawn_function("actor", answer_text);
  REQUIRE(actor);
  const auto limit = f.seeded.clock->now() + std::chrono::seconds(1);
  Answers answers;
  f.access.ask(*actor, Message::of(Text{"hi"}), f.pid, limit, answers);
  f.seeded.run();
  CHECK(answers.texts == std::vector<std::string>{"re:hi"});
  Answers none;
  f.access.ask(*actor, Message::of(Text{"silent"}), f.pid, limit, none);
  f.seeded.run();
  CHECK(none.texts.empty());
  f.seeded.advance(std::chrono::seconds(2));
  CHECK(none.texts == std::vector<std::string>{"request timed out"});
  CHECK(answers.texts.size() == 1);
}

TEST_CASE("a remote ask can be ended by its name") {
  Fixture f;
  const auto actor = f.seeded.system->spawn_function("actor", answer_text);
  REQUIRE(actor);
  Answers answers;
  f.access.ask(*actor, Message::of(Text{"silent"}), {},
               f.seeded.clock->now() + std::chrono::seconds(1), answers);
  f.seeded.run();
  RemoteAccess::answer(answers.open, fail(ErrorCode::remoting_disabled));
  RemoteAccess::answer(answers.open, fail(ErrorCode::remoting_disabled));
  CHECK(answers.texts == std::vector<std::string>{"remoting is not enabled"});
}

TEST_CASE("a remote asker whose time is over already is told at once") {
  Fixture f;
  const auto actor = f.seeded.system->spawn_function("actor", answer_text);
  REQUIRE(actor);
  Answers answers;
  f.access.ask(*actor, Message::of(Text{"hi"}), {}, f.seeded.clock->now(), answers);
  CHECK(answers.texts == std::vector<std::string>{"request timed out"});
}

TEST_CASE("an actor is found by its own and its parent's name only") {
  Fixture f;
  const auto actor = f.seeded.system->spawn_function("actor", answer_text);
  REQUIRE(actor);
  CHECK(f.access.find("", "actor") == *actor);
  CHECK_FALSE(f.access.find("other", "actor"));
  CHECK_FALSE(f.access.find("", "nobody"));
  CHECK(f.access.find("", "GoAktUserGuardian") == f.seeded.system->user_guardian());
}
