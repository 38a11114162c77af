// A host that vanishes sends no last word: its connections stay, and nothing moves on them.

#include "tests/unit/remoting/sockets.h"

#include <atomic>
#include <future>

using namespace goakt;
using namespace goakt::remoting;
using namespace std::chrono_literals;

namespace {

struct Echo final : Actor {
  StringValue echo(const StringValue& message) { return message; }

  static constexpr auto handles = handlers(&Echo::echo);
};

ClientOptions impatient() {
  ClientOptions options;
  options.tell_timeout = 50ms;
  return options;
}

}  // namespace

TEST_CASE("a caller that falls silent within a frame loses its connection") {
  const SocketNode node({.idle_timeout = 50ms});
  const std::string frame =
      request_of<internalpb::RemoteTellRequest>(node.path("nobody"), {"never whole"});
  const RawSocket silent(node.endpoint());
  silent.write(frame.substr(0, frame.size() - 1));
  CHECK(silent.read(1).empty());
  CHECK(eventually([&] { return node.server->connections() == 0; }));
}

TEST_CASE("a caller that never reads its answers is given up") {
  const SocketNode node({.write_timeout = 50ms});
  REQUIRE(node.system->spawn<Echo>("echo"));
  const std::string question =
      request_of<internalpb::RemoteAskRequest>(node.path("echo"), {std::string(256 * 1024, 'x')});
  const RawSocket silent(node.endpoint(), 4096);
  REQUIRE(eventually([&] { return node.server->connections() == 1; }));
  // Writing blocks while the node takes no more, and ends with the connection.
  while (node.server->connections() > 0) silent.write(question);

  const RawSocket other(node.endpoint());
  other.write(question);
  CHECK(read_frame(other) == answer_to(question));
}

TEST_CASE("what is told to a node that has fallen silent becomes dead letters, and later ones go") {
  std::atomic<bool> is_back = false;
  std::promise<std::string> arrived;
  StandIn far([&](const RawSocket& peer, int) {
    if (!is_back) return far.wait_for_the_end();
    for (std::string frame = read_frame(peer); !frame.empty(); frame = read_frame(peer)) {
      peer.write(answer_to(frame));
      arrived.set_value(told(frame).front());
    }
    return StandIn::End::close;
  });
  const SocketNode node({}, impatient());
  const Pid pid = node.pid(far.port(), "actor");
  // More than may be under way at one time.
  constexpr std::uint64_t kCount = 5000;
  for (std::uint64_t i = 0; i < kCount; ++i) CHECK(pid.tell(words(std::string(100, 'x'))));
  CHECK(eventually([&] { return node.system->dead_letters_count(pid.path()) == kCount; }));
  for (const auto& letter : node.system->dead_letters())
    CHECK(letter.reason.find("request timed out") != letter.reason.npos);

  const int silent_ones = far.accepted();
  CHECK(silent_ones > 0);
  is_back = true;
  CHECK(pid.tell(words("are you there")));
  CHECK(arrived.get_future().get() == "are you there");
  CHECK(far.accepted() == silent_ones + 1);
}

TEST_CASE("an ask of a node that has fallen silent times out, and the next one goes") {
  StandIn far([&](const RawSocket& peer, int number) {
    return number == 0 ? far.wait_for_the_end() : answer_all(peer);
  });
  const SocketNode node;
  const Pid pid = node.pid(far.port(), "actor");
  const auto none = pid.ask<StringValue>(words("x"), 50ms);
  REQUIRE(!none);
  CHECK(none.error().is(ErrorCode::request_timeout));
  const auto answer = pid.ask<StringValue>(words("y"), kPatience);
  REQUIRE(answer);
  CHECK(answer->value() == "y");
  CHECK(far.accepted() == 2);
}
