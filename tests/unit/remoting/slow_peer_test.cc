// Peers that read, but a byte at a time: back-pressure instead of memory, and nothing lost.

#include "tests/unit/remoting/sockets.h"

#include <atomic>
#include <thread>

using namespace goakt;
using namespace goakt::remoting;

namespace {

class Echo final : public Actor {
 public:
  explicit Echo(std::atomic<int>& asked) : asked_(asked) {}

  StringValue echo(const StringValue& message) {
    ++asked_;
    return message;
  }

  static constexpr auto handles = handlers(&Echo::echo);

 private:
  std::atomic<int>& asked_;
};

// Of the kernel, small beside what is sent.
constexpr int kReceiveBuffer = 256 * 1024;

std::string numbered(std::size_t number) {
  std::string text = std::to_string(number) + ' ';
  text.resize(8 * 1024, 'x');
  return text;
}

}  // namespace

TEST_CASE("senders to a node that reads a byte at a time are held back, and nothing is lost") {
  constexpr std::size_t kMostKept = 40 * 1024 * 1024;
  std::atomic<bool> reads_on = false;
  std::mutex mutex;
  std::vector<std::string> arrived;  // guarded by mutex
  StandIn far(
      [&](const RawSocket& peer, int) {
        std::string begun;
        // Less than the first message, since more need not come before that was answered.
        while (begun.size() < 8'000 && !far.is_over()) begun += peer.read(1);
        while (!reads_on && !far.is_over()) std::this_thread::yield();
        for (std::string rest = std::exchange(begun, {});;) {
          // What was read one by one may be more than a frame.
          if (rest.size() > sizeof(std::uint32_t)) {
            const std::size_t length = wire::load_big_endian<std::uint32_t>(rest.data());
            if (rest.size() > length) begun = rest.substr(length), rest.resize(length);
          }
          const std::string frame = read_frame(peer, std::move(rest));
          if (frame.empty()) return StandIn::End::close;
          rest = std::exchange(begun, {});
          {
            std::lock_guard lock(mutex);
            for (std::string& text : told(frame)) arrived.push_back(std::move(text));
          }
          peer.write(answer_to(frame));
        }
      },
      kReceiveBuffer);
  ClientOptions options;
  options.tell_timeout = kNever;
  const SocketNode node({}, options);
  const Pid pid = node.pid(far.port(), "actor");

  std::size_t accepted = 0;
  Status told = {};
  while (told = pid.tell(words(numbered(accepted)))) {
    ++accepted;
    REQUIRE(accepted * numbered(0).size() < kMostKept);
  }
  CHECK(told.error().code() == ErrorCode::remote_send_backpressure);
  reads_on = true;
  // There is room again as soon as the first frames were answered.
  REQUIRE(eventually([&] { return pid.tell(words(numbered(accepted))).has_value(); }));
  ++accepted;
  const auto count = [&] {
    std::lock_guard lock(mutex);
    return arrived.size();
  };
  CHECK(eventually([&] { return count() == accepted; }));
  for (std::size_t i = 0; i < accepted; ++i) REQUIRE(arrived[i] == numbered(i));
  CHECK(node.system->dead_letters_count() == 0);
  CHECK(far.accepted() == 1);
}

TEST_CASE("a caller that reads its answers a byte at a time is served no faster, and gets all") {
  constexpr int kQuestions = 100;
  constexpr int kMostServed = 50;  // what a node and its kernel may hold, and more
  std::atomic<int> asked = 0;
  const SocketNode node;
  REQUIRE(node.system->spawn<Echo>("echo", {}, asked));
  std::atomic<int> other_asked = 0;
  REQUIRE(node.system->spawn<Echo>("other", {}, other_asked));
  const std::string question =
      request_of<internalpb::RemoteAskRequest>(node.path("echo"), {std::string(256 * 1024, 'x')});
  const std::string answer = answer_to(question);

  const RawSocket slow(node.endpoint(), kReceiveBuffer);
  std::thread asking([&] {
    for (int i = 0; i < kQuestions; ++i) slow.write(question);
  });
  std::string heard;
  while (heard.size() < 20'000) heard += slow.read(1);

  const std::string quick = request_of<internalpb::RemoteAskRequest>(node.path("other"), {"x"});
  const RawSocket other(node.endpoint());
  for (int i = 0; i < 1000; ++i) {
    other.write(quick);
    REQUIRE(read_frame(other) == answer_to(quick));
    CHECK(asked < kMostServed);
  }

  for (int i = 0; i < kQuestions; ++i)
    REQUIRE(read_frame(slow, std::exchange(heard, {})) == answer);
  asking.join();
  CHECK(asked == kQuestions);
}
