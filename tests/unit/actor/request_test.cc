#include "goakt/actor/request.h"

#include "tests/unit/actor/seeded_system.h"

using namespace goakt;
using namespace goakt::testing;
using namespace std::chrono_literals;

namespace {

struct Go {
  int value = 0;
};

struct Note {
  int value;
};

struct Question {
  int value;
};

struct Answer {
  int value;
};

struct Silence {};

struct Late {};

// Answers questions, keeps silent, or answers late.
class Oracle final : public Actor {
  Answer answer(const Question& m, ReceiveContext& ctx) {
    correlation = ctx.correlation_id();
    return {m.value * 10};
  }

  void silence(const Silence&) {}

  Task<Answer> late(const Late&, ReceiveContext& ctx) {
    auto slept = co_await ctx.sleep(10s);
    co_return Answer{slept ? 1 : 0};
  }

 public:
  static inline std::string correlation;
  static constexpr auto handles = handlers(&Oracle::answer, &Oracle::silence, &Oracle::late);
};

using Step = std::function<void(ReceiveContext&, const Go&)>;

// Does what the test says for each Go, and writes notes down.
class Requester final : public Actor {
  void go(const Go& m, ReceiveContext& ctx) { step_(ctx, m); }

  void note(const Note& m) { journal_.write("n" + std::to_string(m.value)); }

  void gone(const Terminated&) { journal_.write("gone"); }

  Step& step_;
  Journal& journal_;

 public:
  Requester(Step& step, Journal& journal) : step_(step), journal_(journal) {}

  static constexpr auto handles = handlers(&Requester::go, &Requester::note, &Requester::gone);
};

struct Office {
  explicit Office(std::optional<Reentrancy> reentrancy) {
    oracle = *system->spawn<Oracle>("oracle");
    SpawnOptions options;
    options.reentrancy = reentrancy;
    requester = *system->spawn<Requester>("requester", std::move(options), std::ref(step),
                                          std::ref(journal));
    system.run();
  }

  // Asks the oracle and writes "then <answer>" or the error.
  auto write() {
    return [this](Result<Answer> reply) {
      journal.write(reply ? "then" + std::to_string(reply->value) : reply.error().message());
    };
  }

  void go(int value = 0) {
    CHECK(requester.tell(Go{value}));
    system.run();
  }

  std::string failure() {
    auto suspended = system.seen<ActorSuspended>();
    return suspended.empty() ? "" : suspended.back().reason;
  }

  Journal journal;
  Step step;
  SeededSystem system;
  Pid oracle;
  Pid requester;
};

constexpr Reentrancy kAllowAll{ReentrancyMode::allow_all, 0};
constexpr Reentrancy kStash{ReentrancyMode::stash_non_reentrant, 0};

}  // namespace

TEST_CASE("requests are refused unless the actor is reentrant [118]") {
  for (std::optional<Reentrancy> off : {std::optional<Reentrancy>(), std::optional(Reentrancy{})}) {
    Office o(off);
    bool empty = false;
    o.step = [&](ReceiveContext& ctx, const Go&) {
      empty = !ctx.request(o.oracle, Question{1}).then(o.write());
    };
    o.go();
    CHECK(empty);
    CHECK(o.failure() == "reentrancy is disabled");
    CHECK(o.journal.read() == "");
  }
}

TEST_CASE("with allow_all other messages are handled before the reply [119]") {
  Office o(kAllowAll);
  o.step = [&](ReceiveContext& ctx, const Go&) {
    CHECK(ctx.request(o.oracle, Late{}).then(o.write()));
  };
  o.go();
  CHECK(o.requester.tell(Note{1}));
  o.system.run();
  CHECK(o.journal.read() == "n1");
  o.system.advance(10s);
  CHECK(o.journal.read() == "then1");
}

TEST_CASE("in stash mode user messages wait, in order, for the reply [120]") {
  Office o(kStash);
  o.step = [&](ReceiveContext& ctx, const Go& m) {
    ctx.request(o.oracle, Question{m.value}).then(o.write());
  };
  CHECK(o.requester.tell(Go{1}));
  CHECK(o.requester.tell(Note{100}));
  CHECK(o.requester.tell(Go{2}));
  CHECK(o.requester.tell(Note{101}));
  o.system.run();
  CHECK(o.journal.read() == "then10 n100 then20 n101");
}

TEST_CASE("in stash mode notices wait like user messages [120]") {
  Office o(kStash);
  auto other = o.system->spawn_function("other", [](ReceiveContext&) { return Status(); });
  o.step = [&](ReceiveContext& ctx, const Go&) {
    ctx.watch(*other);
    ctx.request(o.oracle, Late{}).then(o.write());
  };
  o.go();
  CHECK(o.requester.tell(Note{1}));
  o.system.run();
  CHECK(other->stop());
  o.system.run();
  CHECK(o.journal.read() == "");
  o.system.advance(10s);
  CHECK(o.journal.read() == "then1 n1 gone");
}

TEST_CASE("one request may hold messages back where others do not [120]") {
  Office o(kAllowAll);
  o.step = [&](ReceiveContext& ctx, const Go&) {
    ctx.request(o.oracle, Late{}, {.mode = ReentrancyMode::stash_non_reentrant}).then(o.write());
  };
  o.go();
  CHECK(o.requester.tell(Note{1}));
  o.system.advance(10s);
  CHECK(o.journal.read() == "then1 n1");
}

TEST_CASE("requests beyond the limit in flight are refused [121]") {
  Office o(Reentrancy{ReentrancyMode::allow_all, 2});
  o.step = [&](ReceiveContext& ctx, const Go&) {
    CHECK(ctx.request(o.oracle, Silence{}));
    CHECK(ctx.request(o.oracle, Silence{}));
    CHECK(!ctx.request(o.oracle, Silence{}));
  };
  o.go();
  CHECK(o.failure() == "reentrancy in-flight limit reached");
}

TEST_CASE("a request to a dead actor or with an invalid mode is refused [121]") {
  Office o(kAllowAll);
  REQUIRE(o.oracle.stop_blocking());
  bool refused = false;
  o.step = [&](ReceiveContext& ctx, const Go& m) {
    RequestOptions options;
    if (m.value == 1) options.mode = static_cast<ReentrancyMode>(9);
    if (m.value == 2)
      refused = !ctx.request("nobody", Question{1});
    else
      refused = !ctx.request(o.oracle, Question{1}, options);
  };
  o.go(0);
  CHECK(refused);
  CHECK(o.failure() == "");  // a dead target is no failure of the actor
  o.go(1);
  CHECK(refused);
  CHECK(o.failure() == "invalid reentrancy mode");
  REQUIRE(o.requester.reinstate());
  o.system.run();
  o.go(2);
  CHECK(o.failure() == "(actor=nobody) actor not found");
}

TEST_CASE("a request without a reply ends with its timeout [122]") {
  Office o(kAllowAll);
  o.step = [&](ReceiveContext& ctx, const Go&) {
    ctx.request(o.oracle, Silence{}, {.timeout = 2s}).then(o.write());
    ctx.request(o.oracle, Question{3}, {.timeout = 2s}).then(o.write());
  };
  o.go();
  CHECK(o.journal.read() == "then30");
  o.system.advance(1999ms);
  CHECK(o.journal.read() == "");
  o.system.advance(1ms);
  CHECK(o.journal.read() == "request timed out");
}

TEST_CASE("a cancelled request ends once, with that error [123]") {
  Office o(kAllowAll);
  RequestCall call;
  o.step = [&](ReceiveContext& ctx, const Go&) {
    call = ctx.request(o.oracle, Late{});
    call.then(o.write());
  };
  o.go();
  call.cancel();
  call.cancel();
  o.system.run();
  CHECK(o.journal.read() == "request canceled");
  call.cancel();
  o.system.advance(10s);
  CHECK(o.journal.read() == "");
}

TEST_CASE("callbacks run in the actor's own turn and may send [124]") {
  Office o(kAllowAll);
  bool in_turn = false;
  o.step = [&](ReceiveContext& ctx, const Go&) {
    ctx.request(o.oracle, Question{4}).then([&](Result<Answer> reply, ReceiveContext& later) {
      in_turn = internal::this_thread.running == internal::PidAccess::cell(o.requester);
      later.tell(later.self(), Note{reply->value});
    });
  };
  o.go();
  CHECK(in_turn);
  CHECK(o.journal.read() == "n40");
}

TEST_CASE("a callback that throws is the actor's failure [124]") {
  Office o(kAllowAll);
  o.step = [&](ReceiveContext& ctx, const Go&) {
    ctx.request(o.oracle, Question{4}).then([](Result<Answer>) {
      throw Error::user("test.Bad", "bad");
    });
  };
  o.go();
  CHECK(o.failure() == "bad");
}

TEST_CASE("only the first callback counts [125]") {
  Office o(kAllowAll);
  o.step = [&](ReceiveContext& ctx, const Go&) {
    const RequestCall call = ctx.request(o.oracle, Question{5});
    call.then(o.write());
    call.then([&](Result<Answer>) { o.journal.write("second"); });
  };
  o.go();
  CHECK(o.journal.read() == "then50");
}

TEST_CASE("a callback set after the end runs at once [125]") {
  Office o(kAllowAll);
  RequestCall call;
  o.step = [&](ReceiveContext& ctx, const Go& m) {
    if (m.value == 0) {
      call = ctx.request(o.oracle, Question{6});
    } else {
      call.then(o.write());
      o.journal.write("after");
    }
  };
  o.go(0);
  o.go(1);
  CHECK(o.journal.read() == "then60 after");
}

TEST_CASE("a big callback is kept too [125]") {
  Office o(kAllowAll);
  o.step = [&](ReceiveContext& ctx, const Go&) {
    std::array<long, 40> numbers{};
    numbers[39] = 39;
    ctx.request(o.oracle, Question{6}).then([&o, numbers](Result<Answer> reply) {
      o.journal.write(std::to_string(reply->value + numbers[39]));
    });
  };
  o.go();
  CHECK(o.journal.read() == "99");
}

TEST_CASE("reentrancy is enabled, retuned and disabled at run time [126]") {
  Office o(std::nullopt);
  o.step = [&](ReceiveContext& ctx, const Go& m) {
    switch (m.value) {
      case 0:
        CHECK(ctx.enable_reentrancy(kAllowAll));
        ctx.request(o.oracle, Late{}).then(o.write());
        return;
      case 1:
        CHECK(ctx.enable_reentrancy({ReentrancyMode::allow_all, 1}));
        CHECK(!ctx.request(o.oracle, Question{1}));
        ctx.clear_err();
        return;
      case 2:
        CHECK(ctx.enable_reentrancy({static_cast<ReentrancyMode>(7), 0}).error().code() ==
              ErrorCode::invalid_reentrancy_mode);
        ctx.disable_reentrancy();
        CHECK(!ctx.request(o.oracle, Question{1}));
        ctx.clear_err();
        return;
      default:
        return;
    }
  };
  for (int i = 0; i < 3; ++i) o.go(i);
  CHECK(o.journal.read() == "");
  o.system.advance(10s);  // the open one goes on
  CHECK(o.journal.read() == "then1");
  CHECK(o.failure() == "");
}

TEST_CASE("a stop and a restart cancel open requests without calling back [127]") {
  for (const bool restart : {false, true}) {
    Office o(kStash);
    o.step = [&](ReceiveContext& ctx, const Go&) {
      ctx.request(o.oracle, Late{}, {.timeout = 1min}).then(o.write());
    };
    o.go();
    if (restart)
      REQUIRE(o.requester.restart_blocking());
    else
      REQUIRE(o.requester.stop_blocking());
    o.system.advance(10s);
    o.system.advance(1min);
    CHECK(o.journal.read() == "");
    if (restart) {
      CHECK(o.requester.tell(Note{1}));
      o.system.run();
      CHECK(o.journal.read() == "n1");
    }
  }
}

TEST_CASE("the receiver of a request sees its correlation id [128]") {
  Office o(kAllowAll);
  std::string id;
  o.step = [&](ReceiveContext& ctx, const Go&) {
    CHECK(ctx.correlation_id() == "");
    RequestCall call = ctx.request(o.oracle, Question{1});
    id = call.correlation_id();
  };
  Oracle::correlation.clear();
  o.go();
  CHECK(id.size() == 36);
  CHECK(Oracle::correlation == id);
}

TEST_CASE("a response to a request that has ended is reported [128]") {
  Office o(kAllowAll);
  o.step = [&](ReceiveContext& ctx, const Go&) {
    ctx.request(o.oracle, Late{}, {.timeout = 1s}).then(o.write());
  };
  o.go();
  o.system.advance(1s);
  CHECK(o.journal.read() == "request timed out");
  o.system.seen<ActorWarning>();
  o.system.advance(10s);
  CHECK(o.system.seen<ActorWarning>().size() == 1);
  CHECK(o.system->internals().late_replies.load() == 1);
}
