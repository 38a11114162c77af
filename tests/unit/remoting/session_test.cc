#include "goakt/remoting/session.h"

#include "tests/unit/remoting/support.h"

#include <thread>

using namespace goakt;
using namespace goakt::remoting;

namespace {

// A session whose handlers are the test's; requests are StringValues.
struct Fixture {
  explicit Fixture(Handler handler, std::uint32_t max_frame_size = wire::kLargestMaxFrameSize) {
    handlers->set("google.protobuf.StringValue", std::move(handler));
    session =
        std::make_shared<Session>(handlers, queue.line(), SystemClock::instance(), max_frame_size);
  }

  void ask(const std::string& text) { queue.arrive(*session, frame_of(words(text))); }

  // What was answered since the last look, "a b c".
  std::string heard() {
    std::string all;
    for (const auto& answer : answers<StringValue>(queue.sent()))
      all += (all.empty() ? "" : " ") + answer.value();
    return all;
  }

  Queue queue;
  std::shared_ptr<Handlers> handlers = std::make_shared<Handlers>();
  std::shared_ptr<Session> session;
};

StringValue text_of(const Request& request) {
  StringValue text;
  REQUIRE(text.ParseFromArray(request.body.data(), static_cast<int>(request.body.size())));
  return text;
}

void echo(const Request& request, Reply reply) {
  reply.send(text_of(request));
}

}  // namespace

TEST_CASE("requests that come in one piece are all answered, in their order") {
  Fixture f(echo);
  f.queue.arrive(*f.session, frame_of(words("a")) + frame_of(words("b")) + frame_of(words("c")));
  CHECK(f.heard() == "a b c");
}

TEST_CASE("a request that comes byte by byte is answered once it is whole") {
  Fixture f(echo);
  const std::string bytes = frame_of(words("slow"));
  for (std::size_t i = 0; i + 1 < bytes.size(); ++i) f.queue.arrive(*f.session, bytes.substr(i, 1));
  CHECK(f.queue.sent().empty());
  f.queue.arrive(*f.session, bytes.substr(bytes.size() - 1));
  CHECK(f.heard() == "slow");
}

TEST_CASE("while a request waits for its answer the next one is not looked at") {
  std::vector<Reply> open;
  Fixture f([&](const Request&, Reply reply) { open.push_back(std::move(reply)); });
  f.ask("first");
  f.ask("second");
  REQUIRE(open.size() == 1);
  CHECK(f.queue.is_paused());
  std::thread([&] { open[0].send(words("one")); }).join();
  f.queue.run_posted(*f.session);
  CHECK(f.heard() == "one");
  REQUIRE(open.size() == 2);
  open[1].send(words("two"));
  f.queue.run_posted(*f.session);
  CHECK(f.heard() == "two");
  CHECK_FALSE(f.queue.is_paused());
}

TEST_CASE("an answer races with the handler's return and is sent either way") {
  std::vector<std::thread> threads;
  Fixture f([&](const Request& request, Reply reply) {
    threads.emplace_back(
        [text = text_of(request), reply = std::move(reply)]() mutable { reply.send(text); });
  });
  for (int i = 0; i < 200; ++i) {
    f.ask(std::to_string(i));
    if (f.queue.is_paused()) f.queue.run_posted(*f.session);
    CHECK(f.heard() == std::to_string(i));
  }
  for (std::thread& thread : threads) thread.join();
}

TEST_CASE("a refusal is an answer and the connection goes on") {
  Fixture f([](const Request&, Reply reply) {
    reply.fail({wire::RemoteCode::not_found, "nobody"});
  });
  f.ask("x");
  const std::string sent = f.queue.sent();
  const auto frame = wire::parse_frame(sent, wire::FrameKind::response);
  REQUIRE(frame);
  CHECK(frame->type_name == wire::kErrorType);
  CHECK_FALSE(f.queue.is_closed());
}

TEST_CASE("what is malformed closes behind the answers before it") {
  wire::Buffer stranger;
  REQUIRE(wire::append_frame(stranger, google::protobuf::Int32Value()));
  const wire::Metadata metadata;
  std::string cut = frame_of(words("x"), &metadata);
  cut[11] = 9;  // the metadata block is one byte too short
  for (const std::string& bad : {std::string(8, '\0'), std::string("\0\0\0\x07", 4),
                                 std::string("\x7f\0\0\0", 4), std::string(stranger.view()), cut}) {
    Fixture f(echo);
    f.queue.arrive(*f.session, frame_of(words("good")) + bad + frame_of(words("late")));
    CHECK(f.heard() == "good");
    CHECK(f.queue.is_closed());
  }
}

TEST_CASE("a frame of the largest size is taken, a larger one is not") {
  const std::string largest = frame_of(words(std::string(1000, 'x')));
  const auto limit = static_cast<std::uint32_t>(largest.size());
  Fixture fits(echo, limit);
  fits.queue.arrive(*fits.session, largest);
  CHECK(fits.heard().size() == 1000);
  Fixture small(echo, limit - 1);
  small.queue.arrive(*small.session, largest.substr(0, 4));
  CHECK(small.queue.is_closed());
}

TEST_CASE("a handler that drops its duty hangs up") {
  Fixture f([](const Request&, const Reply&) {});
  f.ask("x");
  CHECK(f.queue.sent().empty());
  CHECK(f.queue.is_closed());
}

TEST_CASE("a peer that does not read its answers is not served until it does") {
  Fixture f(echo);
  f.queue.congest(true);
  f.ask("a");
  CHECK(f.queue.sent().empty());
  CHECK(f.queue.is_paused());
  f.queue.congest(false);
  f.session->on_drained();
  f.queue.arrive(*f.session, "");
  CHECK(f.heard() == "a");
}

TEST_CASE("an answer after the end of the connection goes nowhere") {
  std::vector<Reply> open;
  Fixture f([&](const Request&, Reply reply) { open.push_back(std::move(reply)); });
  f.ask("x");
  f.session->on_close({});
  open[0].send(words("late"));
  f.queue.run_posted(*f.session);
  CHECK(f.queue.sent().empty());
}

TEST_CASE("a request's remaining time becomes a deadline of this node's clock") {
  std::optional<TimePoint> deadline;
  Fixture f([&](const Request& request, Reply reply) {
    deadline = request.deadline;
    reply.send(words(""));
  });
  wire::Metadata metadata;
  metadata.remaining = std::chrono::hours(1);
  const auto before = SystemClock::instance().now();
  f.queue.arrive(*f.session, frame_of(words("x"), &metadata));
  REQUIRE(deadline);
  CHECK(*deadline >= before + std::chrono::hours(1));
  CHECK(*deadline <= SystemClock::instance().now() + std::chrono::hours(1));
}
