#include "goakt/actor/mailbox.h"

#include "goakt/actor/tuning.h"
#include "tests/unit/actor/seeded_system.h"

#include <atomic>
#include <condition_variable>
#include <thread>

using namespace goakt;
using namespace goakt::testing;
using namespace std::chrono_literals;

namespace {

struct Item {
  int value;
  int rank = 0;
};

struct Hold {};

// Writes down the values that it gets.
class Reader final : public Actor {
  void item(const Item& m) { journal_.write(std::to_string(m.value)); }

  Journal& journal_;

 public:
  explicit Reader(Journal& journal) : journal_(journal) {}

  static constexpr auto handles = handlers(&Reader::item);
};

bool lower_rank(const Envelope& a, const Envelope& b) {
  const Item* x = a.as<Item>();
  const Item* y = b.as<Item>();
  return x != nullptr && y != nullptr && x->rank < y->rank;
}

struct Box {
  explicit Box(std::optional<Mailbox> mailbox) {
    SpawnOptions options;
    options.mailbox = std::move(mailbox);
    auto spawned = system->spawn<Reader>("reader", std::move(options), std::ref(journal));
    REQUIRE(spawned);
    pid = *spawned;
    system.run();
  }

  Journal journal;
  SeededSystem system;
  Pid pid;
};

void fill(const Pid& pid, int count) {
  for (int i = 1; i <= count; ++i) CHECK(pid.tell(Item{i}));
}

const std::string kOneToTen = "1 2 3 4 5 6 7 8 9 10";

}  // namespace

TEST_CASE("an unbounded mailbox is handled in order of arrival [75]") {
  Box box(Mailbox::unbounded());
  fill(box.pid, 10);
  box.system.run();
  CHECK(box.journal.read() == kOneToTen);
}

TEST_CASE("a segmented mailbox is handled in order of arrival [76]") {
  Box box(Mailbox::unbounded_segmented());
  fill(box.pid, 10);
  box.system.run();
  CHECK(box.journal.read() == kOneToTen);
}

TEST_CASE("a fair mailbox serves its senders in turn, each in order [77]") {
  Box box(Mailbox::unbounded_fair());
  auto a = box.system->spawn_function("a", [](ReceiveContext&) { return Status(); });
  auto b = box.system->spawn_function("b", [](ReceiveContext&) { return Status(); });
  box.system.run();
  for (int i = 1; i <= 4; ++i) CHECK(box.pid.tell_from(*a, Item{i}));
  for (int i = 11; i <= 12; ++i) CHECK(box.pid.tell_from(*b, Item{i}));
  CHECK(box.pid.tell(Item{21}));
  box.system.run();
  CHECK(box.journal.read() == "1 11 21 2 12 3 4");
}

TEST_CASE("a priority mailbox gives the message that goes before all others first [78]") {
  Box box(Mailbox::unbounded_priority(lower_rank));
  for (int i : {7, 3, 9, 1, 8, 2, 6, 5, 4, 10}) CHECK(box.pid.tell(Item{i, i}));
  box.system.run();
  CHECK(box.journal.read() == kOneToTen);
}

TEST_CASE("a stable priority mailbox keeps the order of arrival among equals [79]") {
  Box box(Mailbox::unbounded_stable_priority(lower_rank));
  for (int i = 1; i <= 30; ++i) CHECK(box.pid.tell(Item{i, i % 3}));
  box.system.run();
  std::string expected;
  for (int rank = 0; rank < 3; ++rank)
    for (int i = 1; i <= 30; ++i)
      if (i % 3 == rank) expected.append(expected.empty() ? "" : " ").append(std::to_string(i));
  CHECK(box.journal.read() == expected);
}

TEST_CASE("a priority function that throws disturbs nobody [78]") {
  Box box(Mailbox::unbounded_priority(
      [](const Envelope&, const Envelope&) -> bool { throw std::runtime_error("no order"); }));
  fill(box.pid, 10);
  box.system.run();
  CHECK(box.journal.read() == kOneToTen);
}

TEST_CASE("a bounded mailbox rounds its capacity up to a power of two [80]") {
  CHECK(Mailbox::bounded(1).capacity() == 1);
  CHECK(Mailbox::bounded(5).capacity() == 8);
  CHECK(Mailbox::bounded(64).capacity() == 64);
  CHECK(Mailbox::non_blocking_bounded(1).capacity() == 2);
  CHECK(Mailbox::bounded(5).overflow() == Overflow::block);
}

TEST_CASE("an outside thread waits for room in a full bounded mailbox [80]") {
  Journal journal;
  std::mutex gate;
  auto system = threaded_system();
  gate.lock();
  SpawnOptions options;
  options.mailbox = Mailbox::bounded(2);
  auto pid = system->spawn_function(
      "slow",
      [&](ReceiveContext& ctx) {
        if (ctx.message<Hold>() != nullptr) std::lock_guard wait(gate);
        if (const Item* item = ctx.message<Item>()) journal.write(std::to_string(item->value));
        return Status();
      },
      std::move(options));
  REQUIRE(pid);
  REQUIRE(pid->tell(Hold{}));
  REQUIRE(eventually([&] { return pid->mailbox_depth() == 0; }));
  std::atomic<int> sent{0};
  std::thread sender([&] {
    for (int i = 1; i <= 10; ++i) {
      if (pid->tell(Item{i})) sent.fetch_add(1);
    }
  });
  CHECK(eventually([&] { return sent.load() == 2; }));
  CHECK(pid->mailbox_depth() == 2);
  gate.unlock();
  sender.join();
  CHECK(sent.load() == 10);
  CHECK(eventually([&] { return journal.size() == 10; }));
  CHECK(journal.read() == kOneToTen);
}

TEST_CASE("a thread that waits for room is let go when the actor stops [80]") {
  std::mutex gate;
  auto system = threaded_system();
  gate.lock();
  SpawnOptions options;
  options.mailbox = Mailbox::bounded(1);
  auto pid = system->spawn_function(
      "slow",
      [&](ReceiveContext& ctx) {
        if (ctx.message<Hold>() != nullptr) {
          std::lock_guard wait(gate);
          ctx.shutdown();
        }
        return Status();
      },
      std::move(options));
  REQUIRE(pid);
  REQUIRE(pid->tell(Hold{}));
  REQUIRE(eventually([&] { return pid->mailbox_depth() == 0; }));
  REQUIRE(pid->tell(Item{1}));
  std::atomic<bool> refused{false};
  std::thread sender([&] {
    Status status = pid->tell(Item{2});
    while (status) status = pid->tell(Item{2});
    refused = status.error().code() == ErrorCode::dead;
  });
  gate.unlock();
  sender.join();
  CHECK(refused);
}

TEST_CASE("a handler's tell into a full blocking mailbox is refused, not blocked [80]") {
  Box box(Mailbox::bounded(2));
  Journal results;
  auto sender = box.system->spawn_function("sender", [&](ReceiveContext& ctx) {
    for (int i = 1; i <= 3; ++i) {
      const Status sent = ctx.try_tell(box.pid, Item{i});
      results.write(sent ? "ok" : sent.error().message());
    }
    return Status();
  });
  REQUIRE(sender->tell(Hold{}));
  box.system.run();
  CHECK(results.read() == "ok ok mailbox is full");
  CHECK(box.journal.read() == "1 2");
}

TEST_CASE("a full non-blocking mailbox makes a dead letter of the new message [81]") {
  Box box(Mailbox::non_blocking_bounded(4));
  box.system.dead_letters();
  fill(box.pid, 6);
  CHECK(box.system.dead_letters() ==
        std::vector<std::string>(2, "GoAktNoSender -> reader: mailbox is full"));
  box.system.run();
  CHECK(box.journal.read() == "1 2 3 4");
  fill(box.pid, 5);
  box.system.run();
  CHECK(box.journal.read() == "1 2 3 4");
}

TEST_CASE("a bounded priority mailbox holds exactly as many as it says [82]") {
  Box box(Mailbox::bounded_priority(3, lower_rank));
  for (int i : {3, 1, 2, 4}) CHECK(box.pid.tell(Item{i, i}));
  box.system.run();
  CHECK(box.journal.read() == "1 2 3");
  CHECK(box.system.dead_letters().size() == 1);
}

TEST_CASE("a bounded stable priority mailbox holds exactly as many, in stable order [83]") {
  Box box(Mailbox::bounded_stable_priority(5, lower_rank));
  for (int i : {1, 2, 3, 4, 5, 6}) CHECK(box.pid.tell(Item{i, i % 2}));
  box.system.run();
  CHECK(box.journal.read() == "2 4 1 3 5");
  CHECK(box.system.dead_letters().size() == 1);
}

TEST_CASE("drop_new makes a dead letter of what does not fit [84]") {
  Box box(Mailbox::bounded(4, Overflow::drop_new));
  fill(box.pid, 7);
  box.system.run();
  CHECK(box.journal.read() == "1 2 3 4");
  CHECK(box.system.dead_letters().size() == 3);
}

TEST_CASE("drop_old makes a dead letter of the oldest message [84]") {
  Box box(Mailbox::bounded(4, Overflow::drop_old));
  for (int round = 0; round < 3; ++round) {
    fill(box.pid, 10);
    CHECK(box.pid.mailbox_depth() == 4);
    auto letters = box.system.seen<Deadletter>();
    REQUIRE(letters.size() == 6);
    for (int i = 0; i < 6; ++i) {
      CHECK(letters[static_cast<std::size_t>(i)].message->as<Item>()->value == i + 1);
      CHECK(letters[static_cast<std::size_t>(i)].reason == "mailbox is full");
    }
    box.system.run();
    CHECK(box.journal.read() == "7 8 9 10");
    CHECK(box.pid.mailbox_depth() == 0);
  }
}

TEST_CASE("fail makes tell return that the mailbox is full [84]") {
  Box box(Mailbox::bounded(2, Overflow::fail));
  fill(box.pid, 2);
  const Status third = box.pid.tell(Item{3});
  REQUIRE(!third);
  CHECK(third.error().code() == ErrorCode::mailbox_full);
  CHECK(third.error().message() == "mailbox is full");
  box.system.run();
  CHECK(box.pid.tell(Item{4}));
  box.system.run();
  CHECK(box.journal.read() == "1 2 4");
}

TEST_CASE("block lets a deterministic system make the room itself [84]") {
  Box box(Mailbox::bounded(2, Overflow::block));
  fill(box.pid, 10);
  box.system.run();
  CHECK(box.journal.read() == kOneToTen);
}

namespace {

struct Fill {
  int first;
  int last;
};

// Waits for room in its target's mailbox.
class Filler final : public Actor {
  Task<void> fill(const Fill& m, ReceiveContext& ctx) {
    for (int i = m.first; i <= m.last; ++i) {
      Item item{i};
      const Status sent = co_await ctx.tell_when_room(to_, item);
      if (!sent) {
        results_.write(sent.error().message());
        co_return;
      }
    }
    results_.write("all");
  }

  Journal& results_;
  Pid to_;

 public:
  Filler(Journal& results, Pid to) : results_(results), to_(to) {}

  static constexpr auto handles = handlers(&Filler::fill);
};

// A filler before a box that takes nothing out until it is opened.
struct Queue {
  explicit Queue(Overflow overflow = Overflow::block) : box(Mailbox::bounded(2, overflow)) {
    filler = *box.system->spawn<Filler>("filler", {}, std::ref(results), box.pid);
    internal::post(box.pid, [](internal::Cell& cell) { cell.masked |= internal::kMaskRestarting; });
    box.system.run();
  }

  void fill(int first, int last) {
    REQUIRE(filler.tell(Fill{first, last}));
    box.system.run();
  }

  void open() {
    internal::post(box.pid, [](internal::Cell& cell) {
      cell.masked &= static_cast<std::uint8_t>(~internal::kMaskRestarting);
    });
    for (int i = 0; i < 10; ++i) box.system.advance(20ms);
  }

  Journal results;
  Box box;
  PidOf<Filler> filler;
};

}  // namespace

TEST_CASE("a coroutine waits for room in a full mailbox, and loses no worker by it [80, 84]") {
  Queue q;
  q.fill(1, 4);
  q.fill(5, 6);  // waits behind the first
  for (int i = 0; i < 100; ++i) q.box.system.advance(10ms);
  CHECK(q.box.pid.mailbox_depth() == 2);
  CHECK(q.results.read().empty());
  CHECK(q.box.journal.read().empty());
  q.open();
  CHECK(q.results.read() == "all all");
  CHECK(q.box.journal.read() == "1 2 3 4 5 6");
  CHECK(q.box.system.dead_letters().empty());
}

TEST_CASE("waiting for room ends with the target, and with the one that waits [80, 84]") {
  Queue q;
  q.fill(1, 4);
  SUBCASE("the target stops") {
    REQUIRE(q.box.pid.stop_blocking());
    q.box.system.advance(1s);
    CHECK(q.results.read() == "actor is not alive");
  }
  SUBCASE("the waiting actor stops") {
    REQUIRE(q.filler.stop_blocking());
    CHECK(q.results.read() == "request canceled");
  }
}

TEST_CASE("with any other policy nobody waits for room [84]") {
  for (const Overflow overflow : {Overflow::fail, Overflow::drop_new, Overflow::drop_old}) {
    Queue q(overflow);
    q.fill(1, 4);
    CHECK(q.results.read() == (overflow == Overflow::fail ? "mailbox is full" : "all"));
    q.open();
    CHECK(q.box.journal.read() == (overflow == Overflow::drop_old ? "3 4" : "1 2"));
  }
}

TEST_CASE("many threads and a mailbox that drops its oldest lose only what they are told [84]") {
  std::atomic<int> handled{0};
  auto system = threaded_system();
  auto events = system->internals().events.subscribe({.capacity = 1'000'000});
  SpawnOptions options;
  options.mailbox = Mailbox::bounded(8, Overflow::drop_old);
  auto pid = system->spawn_function(
      "busy",
      [&](ReceiveContext&) {
        handled.fetch_add(1);
        return Status();
      },
      std::move(options));
  REQUIRE(pid);
  std::vector<std::thread> senders;
  for (int t = 0; t < 3; ++t)
    senders.emplace_back([&] {
      for (int i = 0; i < 5'000; ++i) static_cast<void>(pid->tell(Item{i}));
    });
  for (auto& sender : senders) sender.join();
  const auto dropped = [&] { return system->internals().dead_letters.total(); };
  CHECK(
      eventually([&] { return static_cast<std::uint64_t>(handled.load()) + dropped() == 15'000; }));
  CHECK(pid->mailbox_depth() == 0);
}

TEST_CASE("the depth of a mailbox can be read from any thread [85]") {
  Box box(std::nullopt);
  CHECK(box.pid.mailbox_depth() == 0);
  fill(box.pid, 1000);
  std::uint64_t depth = 0;
  std::thread([&] { depth = box.pid.mailbox_depth(); }).join();
  CHECK(depth == 1000);
  box.system.run();
  CHECK(box.pid.mailbox_depth() == 0);
}

TEST_CASE("a mailbox beyond the soft limit is reported once per crossing [85]") {
  SystemOptions options;
  options.mailbox_soft_limit = 100;
  Journal journal;
  SeededSystem system(options);
  auto pid = system->spawn<Reader>("reader", {}, std::ref(journal));
  for (int round = 0; round < 2; ++round) {
    system.seen<ActorWarning>();
    fill(*pid, 300);
    system.run();
    const auto warnings = system.seen<ActorWarning>();
    REQUIRE(warnings.size() == 1);
    // The first one, which woke the actor, is handled before the others are looked at.
    CHECK(warnings[0].reason == "mailbox holds 299 messages, more than the soft limit of 100");
    fill(*pid, 10);
    system.run();
    CHECK(system.seen<ActorWarning>().empty());
  }
  set_mailbox_soft_limit(*system, 1000);
  fill(*pid, 300);
  system.run();
  CHECK(system.seen<ActorWarning>().empty());
  set_mailbox_soft_limit(*system, 10);
  fill(*pid, 300);
  system.run();
  REQUIRE(system.seen<ActorWarning>().size() == 1);
}

namespace {

// Last in, first out.
class Stack final : public MailboxQueue {
 public:
  ~Stack() override {
    while (Envelope* envelope = Stack::pop()) Message drop(envelope);
  }

  void push(Envelope* envelope) override { envelopes_.push_back(envelope); }

  Envelope* pop() override {
    if (envelopes_.empty()) return nullptr;
    Envelope* last = envelopes_.back();
    envelopes_.pop_back();
    return last;
  }

  std::size_t size() const override { return envelopes_.size(); }

 private:
  std::vector<Envelope*> envelopes_;
};

class Watcher final : public Actor {
  void item(const Item& m) { journal_.write(std::to_string(m.value)); }

  void watch(const Hold&, ReceiveContext& ctx) { ctx.watch(other_); }

  void gone(const Terminated&) { journal_.write("gone"); }

  Journal& journal_;
  Pid other_;

 public:
  Watcher(Journal& journal, Pid other) : journal_(journal), other_(other) {}

  static constexpr auto handles = handlers(&Watcher::item, &Watcher::watch, &Watcher::gone);
};

}  // namespace

TEST_CASE("a mailbox of one's own orders user messages, and control messages bypass it [86]") {
  Journal journal;
  SeededSystem system;
  auto other = system->spawn_function("other", [](ReceiveContext&) { return Status(); });
  SpawnOptions options;
  options.mailbox = Mailbox::custom([] { return std::make_unique<Stack>(); });
  auto pid = system->spawn<Watcher>("watcher", std::move(options), std::ref(journal), Pid(*other));
  REQUIRE(pid->tell(Hold{}));
  system.run();
  for (int i = 1; i <= 3; ++i) REQUIRE(pid->tell(Item{i}));
  Message notice = Message::make<Terminated>();
  REQUIRE(pid->tell(std::move(notice)));
  system.run();
  CHECK(journal.read() == "gone 3 2 1");
  for (int i = 1; i <= 3; ++i) REQUIRE(pid->tell(Item{i}));
  REQUIRE(pid->tell(PoisonPill{}));
  system.dead_letters();
  system.run();
  CHECK(journal.read().empty());
  CHECK(system.dead_letters().size() == 3);
  CHECK(!pid->is_running());
}

TEST_CASE("PostStart comes first whatever the mailbox's order [86]") {
  std::string first;
  SeededSystem system;
  SpawnOptions options;
  options.mailbox = Mailbox::custom([] { return std::make_unique<Stack>(); });

  class Started final : public Actor {
   public:
    explicit Started(std::string& first) : first_(first) {}

    void receive(ReceiveContext& ctx) override {
      if (first_.empty()) first_ = ctx.message<PostStart>() != nullptr ? "PostStart" : "other";
    }

   private:
    std::string& first_;
  };

  auto pid = system->spawn<Started>("started", std::move(options), std::ref(first));
  REQUIRE(pid);
  REQUIRE(pid->tell(Item{1}));
  system.run();
  CHECK(first == "PostStart");
}

TEST_CASE("a bounded mailbox has its whole room again after a restart [84]") {
  Box box(Mailbox::non_blocking_bounded(4));
  fill(box.pid, 4);
  box.system.run();
  box.journal.read();
  fill(box.pid, 3);
  REQUIRE(box.pid.restart_blocking());
  box.system.run();
  box.journal.read();
  box.system.dead_letters();
  fill(box.pid, 6);
  box.system.run();
  CHECK(box.journal.read() == "1 2 3 4");
  CHECK(box.system.dead_letters().size() == 2);
}
