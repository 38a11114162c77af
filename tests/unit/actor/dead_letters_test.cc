#include "seeded_system.h"

#include <doctest/doctest.h>

#include <array>

using namespace goakt;
using namespace goakt::testing;
using namespace std::chrono_literals;

namespace {

struct Known {
  int value;
};

struct Unknown {
  int value;
};

struct Huge {
  std::array<char, 100'000> bytes{};
};

class Worker final : public Actor {
  void known(const Known& m) {
    if (journal_ != nullptr) journal_->write(std::to_string(m.value));
  }

  Journal* journal_;

 public:
  explicit Worker(Journal* journal = nullptr) : journal_(journal) {}

  static constexpr auto handles = handlers(&Worker::known);
};

class Watcher final : public Actor {
  void known(const Known&) {}

 public:
  static constexpr auto handles = handlers(&Watcher::known);
};

Pid spawn(SeededSystem& system, std::string_view name, Journal* journal = nullptr) {
  auto pid = system->spawn<Worker>(name, {.long_lived = true}, journal);
  REQUIRE(pid);
  system.run();
  return *pid;
}

constexpr std::string_view kPrefix = "goakt://test@127.0.0.1:0/";

std::string path(std::string_view name) {
  return std::string(kPrefix).append(name);
}

}  // namespace

TEST_CASE("dead letters are counted, all of them and per receiver [181]") {
  SeededSystem system;
  const auto a = spawn(system, "a");
  const auto b = spawn(system, "b");
  for (int i = 0; i < 3; ++i) REQUIRE(a.tell(Unknown{i}));
  REQUIRE(b.tell(Unknown{9}));
  system.run();
  CHECK(system->dead_letters_count() == 4);
  CHECK(system->dead_letters_count(path("a")) == 3);
  CHECK(system->dead_letters_count(path("b")) == 1);
  CHECK(system->dead_letters_count(path("c")) == 0);
  CHECK(a.metric()->dead_letters == 3);
  CHECK(system->metric()->dead_letters == 4);
}

TEST_CASE("dead letters are counted by a few causes, whatever a handler says [181]") {
  internal::DeadLetters letters(1);
  const auto body = std::make_shared<const Message>(Message::make<Unknown>(1));
  for (const std::string reason :
       {"unhandled message", "actor is not alive", "actor is not alive", "mailbox is full",
        "request timed out", "out of stock", "out of luck"})
    letters.add({"s", "r", body, "t", {}, reason});
  std::string text;
  for (const auto& [cause, count] : letters.by_cause())
    if (count != 0) text.append(cause).append(" ").append(std::to_string(count)).append(" ");
  CHECK(text == "dead 2 unhandled 1 mailbox-full 1 timeout 1 refused 2 ");
}

TEST_CASE("counting goes on beyond what is kept, for a bounded number of receivers [181]") {
  internal::DeadLetters letters(10);
  const auto body = std::make_shared<const Message>(Message::make<Unknown>(1));
  for (std::size_t i = 0; i < internal::DeadLetters::kMaxReceivers + 100; ++i)
    letters.add({"s", "r" + std::to_string(i), body, "t", {}, "x"});
  letters.add({"s", "r0", body, "t", {}, "x"});
  CHECK(letters.total() == internal::DeadLetters::kMaxReceivers + 101);
  CHECK(letters.count_for("r0") == 2);
  CHECK(letters.count_for("r" + std::to_string(internal::DeadLetters::kMaxReceivers + 5)) == 0);
  CHECK(letters.kept().size() == 10);
  CHECK(letters.kept().back().receiver == "r0");
}

TEST_CASE(
    "kept letters are found by receiver, sender, type and reason, the newest first to stay [182]") {
  SeededSystem system;
  const auto a = spawn(system, "a");
  const auto b = spawn(system, "b");
  REQUIRE(a.tell(Unknown{1}));
  REQUIRE(b.tell_from(a, Unknown{2}));
  REQUIRE(a.tell_from(b, Huge{}));
  system.run();
  // Its mailbox is not empty when it stops.
  REQUIRE(b.tell(Known{3}));
  REQUIRE(b.tell(Known{4}));
  REQUIRE(b.tell(PoisonPill{}));
  system.run();

  const auto count = [&](const DeadletterQuery& query) {
    return system->dead_letters(query).size();
  };
  CHECK(count({}) == 5);
  CHECK(count({.receiver = "a"}) == 2);
  CHECK(count({.receiver = path("a")}) == 2);
  CHECK(count({.receiver = "/a"}) == 0);
  CHECK(count({.sender = "a"}) == 1);
  CHECK(count({.sender = "GoAktNoSender"}) == 3);
  CHECK(count({.reason = "unhandled"}) == 3);
  CHECK(count({.receiver = "b", .reason = "not alive"}) == 2);
  const auto known = std::string(message_type<Known>().name);
  CHECK(count({.type = known}) == 2);
  const auto newest = system->dead_letters({.limit = 2});
  REQUIRE(newest.size() == 2);
  CHECK(newest[0].message->as<Known>()->value == 3);
  CHECK(newest[1].message->as<Known>()->value == 4);
}

TEST_CASE("a large message is kept without its body [182]") {
  SeededSystem system;
  const auto a = spawn(system, "a");
  REQUIRE(a.tell(Huge{}));
  system.run();
  const auto letters = system->dead_letters();
  REQUIRE(letters.size() == 1);
  CHECK(letters[0].type.find("Huge") != std::string::npos);
  CHECK(letters[0].message->is<NoMessage>());
}

TEST_CASE("the ring keeps as many letters as it is told [182]") {
  SeededSystem system({.dead_letters_kept = 3});
  const auto a = spawn(system, "a");
  for (int i = 0; i < 10; ++i) REQUIRE(a.tell(Unknown{i}));
  system.run();
  const auto letters = system->dead_letters();
  REQUIRE(letters.size() == 3);
  CHECK(letters[0].message->as<Unknown>()->value == 7);
  SeededSystem none({.dead_letters_kept = 0});
  REQUIRE(spawn(none, "a").tell(Unknown{1}));
  none.run();
  CHECK(none->dead_letters().empty());
  CHECK(none->dead_letters_count() == 1);
}

TEST_CASE("letters can be sent again to an actor that has come back [182]") {
  Journal journal;
  SeededSystem system;
  auto a = spawn(system, "a", &journal);
  for (int i = 1; i <= 3; ++i) REQUIRE(a.tell(Known{i}));
  REQUIRE(a.tell(PoisonPill{}));
  system.run();
  CHECK(journal.read() == "");
  CHECK(system->replay_dead_letters({.receiver = "a"}) == 0);
  CHECK(system->dead_letters().size() == 3);
  a = spawn(system, "a", &journal);
  CHECK(system->replay_dead_letters({.receiver = "nobody"}) == 0);
  CHECK(system->replay_dead_letters({.receiver = "a"}) == 3);
  system.run();
  CHECK(journal.read() == "1 2 3");
  CHECK(system->dead_letters().empty());
  CHECK(system->dead_letters_count() == 3);
}

TEST_CASE("PostStart, Terminated and the runtime's own messages make no letter [183]") {
  SeededSystem system;
  auto watcher = system->spawn<Watcher>("watcher", {.long_lived = true});
  auto function = system->spawn_function("function", [](ReceiveContext& ctx) -> Status {
    ctx.unhandled();
    return {};
  });
  REQUIRE(function);
  const auto a = spawn(system, "a");
  system.run();
  // Handed to a behaviour that does not list it.
  REQUIRE(watcher->tell(Terminated{"x", {}}));
  REQUIRE(watcher->tell(PausePassivation{}));
  system.run();
  REQUIRE(a.stop_blocking());
  CHECK(system->dead_letters_count() == 0);
  REQUIRE(function->tell(Known{1}));
  system.run();
  CHECK(system->dead_letters_count() == 1);
}
