#include "tests/unit/actor/seeded_system.h"

#include <thread>

using namespace goakt;
using namespace goakt::testing;
using namespace std::chrono_literals;

namespace {

struct Question {
  int value;
};

struct Answer {
  int value;
};

struct Silence {};

struct Twice {};

struct Refuse {
  std::string why;
};

struct Late {};

struct Note {
  int value;
};

// Answers in every way there is.
class Oracle final : public Actor {
  Answer answer(const Question& m) { return {m.value * 2}; }

  void silence(const Silence&) {}

  void twice(const Twice&, ReceiveContext& ctx) {
    ctx.response(Answer{1});
    ctx.response(Answer{2});
  }

  void refuse(const Refuse& m, ReceiveContext& ctx) {
    ctx.fail(Error::user("test.Refused", m.why));
  }

  Task<Answer> late(const Late&, ReceiveContext& ctx) {
    auto slept = co_await ctx.sleep(10s);
    co_return Answer{slept ? 10 : 0};
  }

  void note(const Note& m, ReceiveContext& ctx) {
    journal_.write(std::to_string(m.value) + "<-" +
                   (ctx.sender() ? std::string(ctx.sender().name()) : "nobody"));
  }

  Journal& journal_;

 public:
  explicit Oracle(Journal& journal) : journal_(journal) {}

  static constexpr auto handles = handlers(&Oracle::answer, &Oracle::silence, &Oracle::twice,
                                           &Oracle::refuse, &Oracle::late, &Oracle::note);
};

struct Temple {
  Temple() { oracle = *system->spawn<Oracle>("oracle", {}, std::ref(journal)); }

  // An actor that is one function over everything but PostStart.
  template <class F>
  Pid actor(std::string_view name, F function, SpawnOptions options = {}) {
    auto pid = system->spawn_function(
        name,
        [function](ReceiveContext& ctx) {
          function(ctx);
          return Status();
        },
        std::move(options));
    REQUIRE(pid);
    return *pid;
  }

  Journal journal;
  SeededSystem system;
  PidOf<Oracle> oracle;
};

template <class R>
std::string text(const Result<R>& result) {
  return result ? "ok" : result.error().message();
}

}  // namespace

TEST_CASE("a tell to a dead actor is an error and no dead letter [93]") {
  Temple t;
  REQUIRE(t.oracle.stop_blocking());
  t.system.dead_letters();
  CHECK(t.oracle.tell(Note{1}).error().code() == ErrorCode::dead);
  CHECK(t.oracle.ask(Question{1}, 1s).error().code() == ErrorCode::dead);
  CHECK(Pid().tell(Note{1}).error().code() == ErrorCode::undefined_actor);
  t.system.run();
  CHECK(t.system.dead_letters().empty());
}

TEST_CASE("an empty message is refused [93]") {
  Temple t;
  CHECK(t.oracle.tell(Message()).error().code() == ErrorCode::invalid_message);
  CHECK(t.oracle.ask(Message(), 1s).error().code() == ErrorCode::invalid_message);
}

TEST_CASE("an ask gets the reply, with the type that the target lists [94]") {
  Temple t;
  auto reply = t.oracle.ask(Question{21}, 1s);
  static_assert(std::same_as<decltype(reply), Result<Answer>>);
  REQUIRE(reply);
  CHECK(reply->value == 42);
  auto wrong = Pid(t.oracle).ask<Note>(Question{1}, 1s);
  REQUIRE(!wrong);
  CHECK(wrong.error().code() == ErrorCode::invalid_response);
}

TEST_CASE("an ask without an answer times out with a dead letter from asker to target [95]") {
  Temple t;
  t.system.dead_letters();
  auto reply = t.oracle.ask(Silence{}, 10ms);
  REQUIRE(!reply);
  CHECK(reply.error().code() == ErrorCode::request_timeout);
  CHECK(reply.error().message() == "request timed out");
  CHECK(reply.error().hint().find("Silence") != std::string_view::npos);
  CHECK(t.system.dead_letters() ==
        std::vector<std::string>{"GoAktNoSender -> oracle: request timed out"});
}

namespace {

struct Ask {};

class Asker final : public Actor {
  Task<> ask(const Ask&, ReceiveContext& ctx) {
    const auto question = Silence{};
    auto reply = co_await ctx.ask(target_, question, 2s);
    journal_.write(reply ? "ok" : reply.error().message());
  }

  void note(const Note& m) { journal_.write(std::to_string(m.value)); }

  PidOf<Oracle> target_;
  Journal& journal_;

 public:
  Asker(PidOf<Oracle> target, Journal& journal) : target_(target), journal_(journal) {}

  static constexpr auto handles = handlers(&Asker::ask, &Asker::note);
};

}  // namespace

TEST_CASE("an actor's ask times out with a dead letter from that actor [95]") {
  Temple t;
  auto asker = t.system->spawn<Asker>("asker", {}, t.oracle, std::ref(t.journal));
  CHECK(asker->tell(Ask{}));
  t.system.run();
  t.system.dead_letters();
  t.system.advance(1999ms);
  CHECK(t.journal.read() == "");
  t.system.advance(1ms);
  CHECK(t.journal.read() == "request timed out");
  CHECK(t.system.dead_letters() == std::vector<std::string>{"asker -> oracle: request timed out"});
}

TEST_CASE("an ask whose caller gives up says so in the joined text [96]") {
  Journal journal;
  auto system = threaded_system();
  auto oracle = system->spawn<Oracle>("oracle", {}, std::ref(journal));
  std::stop_source source;
  std::thread canceler([&] {
    // Once the question has arrived.
    eventually([&] { return oracle->processed_count() == 1; });
    source.request_stop();
  });
  auto reply = oracle->ask(Silence{}, 1min, source.get_token());
  canceler.join();
  REQUIRE(!reply);
  CHECK(reply.error().message() == "context canceled\nrequest timed out");
  CHECK(reply.error().is(ErrorCode::request_timeout));
  auto again = oracle->ask(Silence{}, 1min, source.get_token());
  CHECK(text(again) == "context canceled\nrequest timed out");
}

TEST_CASE("an ask with no time is refused [97]") {
  Temple t;
  CHECK(text(t.oracle.ask(Question{1}, 0s)) == "invalid timeout");
  CHECK(t.oracle.ask(Question{1}, -1s).error().code() == ErrorCode::invalid_timeout);
}

TEST_CASE("the first reply wins [98]") {
  Temple t;
  auto reply = t.oracle.ask<Answer>(Twice{}, 1s);
  REQUIRE(reply);
  CHECK(reply->value == 1);
  CHECK(t.system->internals().late_replies.load() == 0);
}

TEST_CASE("a late reply is dropped, counted and reported [99]") {
  Temple t;
  CHECK(text(t.oracle.ask(Late{}, 1s)) == "request timed out");
  t.system.seen<ActorWarning>();
  t.system.advance(10s);
  CHECK(t.system->internals().late_replies.load() == 1);
  const auto warnings = t.system.seen<ActorWarning>();
  REQUIRE(warnings.size() == 1);
  CHECK(warnings[0].reason.find("late reply") == 0);
  auto next = t.oracle.ask(Question{2}, 1s);
  REQUIRE(next);
  CHECK(next->value == 4);
}

TEST_CASE("a batch is told in order and stops at the first error [100]") {
  Temple t;
  std::vector<Message> batch;
  for (int i = 1; i <= 3; ++i) batch.push_back(Message::of(Note{i}));
  CHECK(t.oracle.batch_tell(std::move(batch)));
  CHECK(t.oracle.batch_tell({}));
  t.system.run();
  CHECK(t.journal.read() == "1<-nobody 2<-nobody 3<-nobody");

  SpawnOptions options;
  options.mailbox = Mailbox::bounded(2, Overflow::fail);
  int handled = 0;
  const Pid small = t.actor(
      "small", [&](ReceiveContext&) { ++handled; }, std::move(options));
  t.system.run();
  std::vector<Message> three;
  for (int i = 1; i <= 3; ++i) three.push_back(Message::of(Note{i}));
  CHECK(small.batch_tell(std::move(three)).error().code() == ErrorCode::mailbox_full);
  t.system.run();
  CHECK(handled == 2);
}

TEST_CASE("a batch of asks gives the replies in order, or the first error [100]") {
  Temple t;
  std::vector<Message> questions;
  for (int i = 1; i <= 3; ++i) questions.push_back(Message::of(Question{i}));
  auto replies = t.oracle.batch_ask(std::move(questions), 1s);
  REQUIRE(replies);
  REQUIRE(replies->size() == 3);
  for (int i = 1; i <= 3; ++i)
    CHECK((*replies)[static_cast<std::size_t>(i - 1)].as<Answer>()->value == 2 * i);
  CHECK(t.oracle.batch_ask({}, 1s)->empty());
  std::vector<Message> mixed;
  mixed.push_back(Message::of(Question{1}));
  mixed.push_back(Message::of(Refuse{"no"}));
  mixed.push_back(Message::of(Note{9}));
  CHECK(text(t.oracle.batch_ask(std::move(mixed), 1s)) == "no");
  t.system.run();
  CHECK(t.journal.read() == "");
}

namespace {

class BatchAsker final : public Actor {
  Task<Answer> ask(const Ask&, ReceiveContext& ctx) {
    std::vector<Message> questions;
    for (int i = 1; i <= 4; ++i) questions.push_back(Message::of(Question{i}));
    auto batch = ctx.batch_ask(target_, std::move(questions), 1s);
    auto replies = co_await std::move(batch);
    int sum = 0;
    if (replies)
      for (const Message& reply : *replies) sum += reply.as<Answer>()->value;
    co_return Answer{sum};
  }

  Pid target_;

 public:
  explicit BatchAsker(Pid target) : target_(target) {}

  static constexpr auto handles = handlers(&BatchAsker::ask);
};

}  // namespace

TEST_CASE("an actor asks a batch without blocking its thread [100]") {
  Temple t;
  auto asker = t.system->spawn<BatchAsker>("asker", {}, Pid(t.oracle));
  auto sum = asker->ask(Ask{}, 1s);
  REQUIRE(sum);
  CHECK(sum->value == 20);
}

TEST_CASE("messages are sent and questions asked by name [101]") {
  Temple t;
  CHECK(t.system->tell("oracle", Note{1}));
  auto reply = t.system->ask<Answer>("oracle", Question{4}, 1s);
  REQUIRE(reply);
  CHECK(reply->value == 8);
  CHECK(t.system->tell("nobody", Note{1}).error().message() == "(actor=nobody) actor not found");
  CHECK(text(t.system->ask("nobody", Question{1}, 1s)) == "(actor=nobody) actor not found");
  const Pid sender = t.actor("sender", [&](ReceiveContext& ctx) {
    ctx.tell("oracle", Note{2});
    if (ctx.message<Note>() != nullptr) ctx.tell("nobody", Note{3});
  });
  CHECK(sender.tell(Note{0}));
  t.system.run();
  CHECK(t.journal.read() == "1<-nobody 2<-sender");
  const auto suspended = t.system.seen<ActorSuspended>();
  REQUIRE(suspended.size() == 1);
  CHECK(suspended[0].reason == "(actor=nobody) actor not found");
}

TEST_CASE("actor_of finds running and suspended user actors only [102]") {
  Temple t;
  CHECK(*t.system->actor_of("oracle") == t.oracle);
  CHECK(t.system->actor_exists("oracle"));
  const Pid fallible =
      t.actor("fallible", [](ReceiveContext& ctx) { ctx.err(Error::user("test.Bad", "bad")); });
  CHECK(fallible.tell(Note{1}));
  t.system.run();
  CHECK(fallible.is_suspended());
  CHECK(*t.system->actor_of("fallible") == fallible);
  for (const char* name : {"GoAktUserGuardian", "GoAktNoSender", "nobody"}) {
    auto found = t.system->actor_of(name);
    REQUIRE(!found);
    CHECK(found.error().message() == "(actor=" + std::string(name) + ") actor not found");
    CHECK(t.system->actor_exists(name) == (std::string_view(name) != "nobody"));
  }
  REQUIRE(t.oracle.stop_blocking());
  CHECK(!t.system->actor_of("oracle"));
}

TEST_CASE("a forwarded message keeps its sender [103]") {
  Temple t;
  const Pid middle = t.actor("middle", [&](ReceiveContext& ctx) { ctx.forward(t.oracle); });
  const Pid first = t.actor("first", [&](ReceiveContext& ctx) { ctx.tell(middle, Note{5}); });
  CHECK(first.tell(Note{0}));
  CHECK(middle.tell(Note{6}));
  t.system.run();
  const std::string seen = t.journal.read();
  CHECK((seen == "5<-first 6<-nobody" || seen == "6<-nobody 5<-first"));
}

TEST_CASE("a forwarded ask is answered to its asker [104]") {
  Temple t;
  const Pid middle = t.actor("middle", [&](ReceiveContext& ctx) { ctx.forward(t.oracle); });
  auto reply = middle.ask<Answer>(Question{3}, 1s);
  REQUIRE(reply);
  CHECK(reply->value == 6);
}

TEST_CASE("an ask forwarded to a dead actor fails at once [104]") {
  Temple t;
  const Pid middle = t.actor("middle", [&](ReceiveContext& ctx) { ctx.forward(t.oracle); });
  REQUIRE(t.oracle.stop_blocking());
  CHECK(text(middle.ask(Question{3}, 1s)) == "actor is not alive");
  CHECK(middle.is_running());
}

TEST_CASE("a message is forwarded by name without a cluster [105]") {
  Temple t;
  const Pid middle = t.actor("middle", [&](ReceiveContext& ctx) { ctx.forward("oracle"); });
  auto reply = middle.ask<Answer>(Question{3}, 1s);
  REQUIRE(reply);
  CHECK(reply->value == 6);
  const Pid lost = t.actor("lost", [&](ReceiveContext& ctx) { ctx.forward("nobody"); });
  CHECK(text(lost.ask(Question{3}, 1s)) == "(actor=nobody) actor not found");
  CHECK(lost.is_suspended());
}

TEST_CASE("fail answers an ask at once and the actor goes on [106]") {
  Temple t;
  auto refused = t.oracle.ask(Refuse{"not today"}, 1s);
  REQUIRE(!refused);
  CHECK(refused.error().message() == "not today");
  CHECK(refused.error().type_name() == "test.Refused");
  CHECK(t.oracle.is_running());
  t.system.dead_letters();
  CHECK(t.oracle.tell(Refuse{"told"}));
  t.system.run();
  CHECK(t.system.dead_letters() == std::vector<std::string>{"GoAktNoSender -> oracle: told"});
}

TEST_CASE("an ask that nobody handles is answered with that [106]") {
  Temple t;
  t.system.dead_letters();
  CHECK(text(Pid(t.oracle).ask(Ask{}, 1s)) == "unhandled message");
  CHECK(t.system.dead_letters() ==
        std::vector<std::string>{"GoAktNoSender -> oracle: unhandled message"});
}

namespace {

struct Chain {
  std::vector<Pid> rest;
};

// Asks the next of the chain, or answers.
class Link final : public Actor {
  Task<Result<Answer>> pass(const Chain& m, ReceiveContext& ctx) {
    if (m.rest.empty()) co_return Answer{1};
    auto next = Chain{{m.rest.begin() + 1, m.rest.end()}};
    co_return co_await ctx.ask<Answer>(m.rest.front(), next, 5s);
  }

 public:
  static constexpr auto handles = handlers(&Link::pass);
};

}  // namespace

TEST_CASE("a cyclic ask is reported at once with its cycle [107]") {
  Temple t;
  const Pid a = *t.system->spawn<Link>("a");
  const Pid b = *t.system->spawn<Link>("b");
  const Pid c = *t.system->spawn<Link>("c");
  CHECK(text(a.ask<Answer>(Chain{{b, c}}, 1s)) == "ok");
  auto cycle = a.ask<Answer>(Chain{{b, c, a}}, 1s);
  REQUIRE(!cycle);
  CHECK(cycle.error().code() == ErrorCode::ask_cycle);
  CHECK(cycle.error().message() == "ask cycle: c -> a -> b -> c");
  CHECK(text(a.ask<Answer>(Chain{{a}}, 1s)) == "ask cycle: a -> a");
  CHECK(text(a.ask<Answer>(Chain{{b, c}}, 1s)) == "ok");
}

TEST_CASE("a blocking ask of an actor to itself is reported, not waited for [107]") {
  Temple t;
  Journal& journal = t.journal;
  const Pid self = t.actor(
      "self", [&](ReceiveContext& ctx) { journal.write(text(ctx.self().ask(Note{1}, 1h))); });
  CHECK(self.tell(Note{0}));
  t.system.run();
  CHECK(journal.read() == "ask cycle: self -> self");
}

TEST_CASE("an asker outside the pool runs an idle target itself [108]") {
  std::thread::id ran;
  auto system = threaded_system();
  auto pid = system->spawn_function("target", [&](ReceiveContext& ctx) {
    ran = std::this_thread::get_id();
    ctx.response(Answer{1});
    return Status();
  });
  REQUIRE(pid);
  bool inline_once = false;
  for (int i = 0; i < 1000 && !inline_once; ++i) {
    REQUIRE(pid->ask<Answer>(Question{1}, 10s));
    inline_once = ran == std::this_thread::get_id();
  }
  CHECK(inline_once);

  SystemOptions options;
  options.inline_ask = false;
  auto other = threaded_system(std::move(options));
  auto target = other->spawn_function("target", [&](ReceiveContext& ctx) {
    ran = std::this_thread::get_id();
    ctx.response(Answer{1});
    return Status();
  });
  for (int i = 0; i < 100; ++i) {
    REQUIRE(target->ask<Answer>(Question{1}, 10s));
    CHECK(ran != std::this_thread::get_id());
  }
}

TEST_CASE("a coroutine's ask gets its answer while other actors run [109]") {
  Temple t;
  const Pid a = *t.system->spawn<Link>("a");
  auto reply = a.ask<Answer>(Chain{{}}, 1s);
  REQUIRE(reply);
  CHECK(reply->value == 1);
}

TEST_CASE("user messages wait, in order, while a coroutine handler waits [109]") {
  Temple t;
  auto asker = t.system->spawn<Asker>("asker", {}, t.oracle, std::ref(t.journal));
  CHECK(asker->tell(Ask{}));
  CHECK(asker->tell(Note{1}));
  CHECK(asker->tell(Note{2}));
  t.system.run();
  CHECK(t.journal.read() == "");
  t.system.advance(2s);
  CHECK(t.journal.read() == "request timed out 1 2");
}

TEST_CASE("a coroutine that waits is cancelled when its actor stops [109]") {
  Temple t;
  auto asker = t.system->spawn<Asker>("asker", {}, t.oracle, std::ref(t.journal));
  CHECK(asker->tell(Ask{}));
  t.system.run();
  CHECK(asker->stop());
  t.system.run();
  CHECK(t.journal.read() == "request canceled");
  CHECK(!asker->is_running());
}

TEST_CASE("a typed handle takes messages built in place and fill functions [94]") {
  Temple t;
  CHECK(t.oracle.tell(Note{1}));
  CHECK(t.oracle.tell(PoisonPill{}));
  Temple u;
  CHECK(u.oracle.tell([](Refuse& m) { m.why = "filled"; }));
  u.system.dead_letters();
  u.system.run();
  CHECK(u.system.dead_letters() == std::vector<std::string>{"GoAktNoSender -> oracle: filled"});
}

TEST_CASE("context values reach the handler and travel with what it sends [196]") {
  Temple t;
  Journal& journal = t.journal;
  const auto write = [&](ReceiveContext& ctx, std::string who) {
    const std::string* trace = ctx.context() == nullptr ? nullptr : ctx.context()->find("trace");
    journal.write(who + ":" + (trace == nullptr ? "none" : *trace));
  };
  const Pid last = t.actor("last", [&](ReceiveContext& ctx) { write(ctx, "last"); });
  const Pid middle = t.actor("middle", [&](ReceiveContext& ctx) {
    write(ctx, "middle");
    ctx.tell(last, Note{1});
    ctx.forward(last);
  });
  const auto context = make_context({{"trace", "t1"}, {"tenant", "x"}});
  CHECK(middle.tell(Message::of(Note{1}).with_context(context)));
  t.system.run();
  CHECK(journal.read() == "middle:t1 last:t1 last:t1");
  CHECK(middle.tell(Note{1}));
  t.system.run();
  CHECK(journal.read() == "middle:none last:none last:none");
}
