// Connections that end in the middle of a frame, by a last word or by a reset.

#include "tests/unit/remoting/sockets.h"

using namespace goakt;
using namespace goakt::remoting;

namespace {

// What an actor was told; any thread.
class Journal {
 public:
  void write(const std::string& text) {
    std::lock_guard lock(mutex_);
    texts_.push_back(text);
  }

  std::vector<std::string> read() const {
    std::lock_guard lock(mutex_);
    return texts_;
  }

 private:
  mutable std::mutex mutex_;
  std::vector<std::string> texts_;
};

class Scribe final : public Actor {
 public:
  explicit Scribe(Journal& journal) : journal_(journal) {}

  void take(const StringValue& message) { journal_.write(message.value()); }

  static constexpr auto handles = handlers(&Scribe::take);

 private:
  Journal& journal_;
};

// One half of the answer to the first request, then that; later ones are answered.
StandIn::Serve breaking_off(StandIn::End end) {
  return [end](const RawSocket& peer, int number) {
    if (number > 0) return answer_all(peer);
    const std::string answer = answer_to(read_frame(peer));
    peer.write(answer.substr(0, answer.size() / 2));
    return end;
  };
}

}  // namespace

TEST_CASE("of a frame that breaks off no message is delivered, wherever it breaks") {
  Journal journal;
  const SocketNode node;
  REQUIRE(node.system->spawn<Scribe>("scribe", {}, journal));
  const std::string broken =
      request_of<internalpb::RemoteTellRequest>(node.path("scribe"), {"one", "two"});
  for (std::size_t size = 0; size < broken.size(); ++size) {
    RawSocket ended(node.endpoint());
    ended.write(broken.substr(0, size));
    ended.end_writing();
    REQUIRE(ended.read(1).empty());
    RawSocket reset(node.endpoint());
    reset.write(broken.substr(0, size));
    reset.reset();
  }
  CHECK(eventually([&] { return node.server->connections() == 0; }));

  const std::string whole =
      request_of<internalpb::RemoteTellRequest>(node.path("scribe"), {"three"});
  const RawSocket peer(node.endpoint());
  peer.write(whole);
  CHECK(read_frame(peer) == answer_to(whole));
  CHECK(eventually([&] { return !journal.read().empty(); }));
  CHECK(journal.read() == std::vector<std::string>{"three"});
}

TEST_CASE("an answer that breaks off is its asker's error, and the next ask goes") {
  for (const auto end : {StandIn::End::close, StandIn::End::reset}) {
    const StandIn far(breaking_off(end));
    const SocketNode node;
    const Pid pid = node.pid(far.port(), "actor");
    const auto none = pid.ask<StringValue>(words("x"), kPatience);
    REQUIRE(!none);
    CHECK(none.error().is(ErrorCode::connection_lost));
    const auto answer = pid.ask<StringValue>(words("y"), kPatience);
    REQUIRE(answer);
    CHECK(answer->value() == "y");
  }
}

TEST_CASE("what was told when the answer breaks off is a dead letter, and later ones go") {
  for (const auto end : {StandIn::End::close, StandIn::End::reset}) {
    const StandIn far(breaking_off(end));
    const SocketNode node;
    const Pid pid = node.pid(far.port(), "actor");
    CHECK(pid.tell(words("x")));
    CHECK(eventually([&] { return node.system->dead_letters_count(pid.path()) == 1; }));
    CHECK(pid.tell(words("y")));
    CHECK(eventually([&] { return far.accepted() == 2; }));
    CHECK(pid.ask<StringValue>(words("z"), kPatience));
    CHECK(node.system->dead_letters_count() == 1);
  }
}

TEST_CASE("messages of a frame that the peer took half of are dead letters, and later ones go") {
  const StandIn far([](const RawSocket& peer, int number) {
    if (number > 0) return answer_all(peer);
    peer.read(100'000);
    return StandIn::End::reset;
  });
  const SocketNode node;
  const Pid pid = node.pid(far.port(), "actor");
  CHECK(pid.tell(words(std::string(8'000'000, 'x'))));
  CHECK(eventually([&] { return node.system->dead_letters_count(pid.path()) == 1; }));
  CHECK(pid.tell(words("y")));
  CHECK(eventually([&] { return far.accepted() == 2; }));
  CHECK(node.system->dead_letters_count() == 1);
}
