#include "tests/unit/admin/running_node.h"

#include <atomic>
#include <future>
#include <thread>

using namespace goakt;
using namespace goakt::admin;
using namespace std::chrono_literals;

// Problems that a node gives only when something is wrong with it, or is just not so far.

namespace {

// A log that takes its time over a dead letter, and with that the thread that tells of it.
class HeldLog final : public LogSink {
 public:
  explicit HeldLog(std::shared_future<void> opened) : opened_(std::move(opened)) {}

  void write(const LogRecord& record) noexcept override {
    if (record.message != "dead letter") return;
    reached = true;
    opened_.wait();
  }

  std::atomic<bool> reached{false};

 private:
  const std::shared_future<void> opened_;
};

// Answers when it may.
class Held final : public Actor {
  google::protobuf::StringValue say(const google::protobuf::StringValue& text) {
    opened_.wait();
    return text;
  }

  std::shared_future<void> opened_;

 public:
  explicit Held(std::shared_future<void> opened) : opened_(std::move(opened)) {}

  static constexpr auto handles = handlers(&Held::say);
};

template <class Condition>
bool eventually(Condition condition) {
  const auto deadline = std::chrono::steady_clock::now() + 30s;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::yield();
  }
  return true;
}

// A node that is not started yet, with its admin API on a socket.
struct Bare {
  explicit Bare(node::NodeOptions options = {})
      : node(must(node::Node::create(settings, Kinds{}, std::move(options)))),
        service(must(Service::start(settings, *node))) {}

  http::Client client() const {
    return http::Client(*http::Address::parse(service->urls()[0]), {});
  }

  ScratchFolder folder;
  const config::Settings settings =
      must(config::Settings::load(config::Sources{.flags = {{"admin.listen", ""},
                                                            {"admin.socket", folder / "admin.sock"},
                                                            {"system.system-threads", "1"}},
                                                  .check_files = false}));
  const std::unique_ptr<node::Node> node;
  const std::unique_ptr<Service> service;
};

}  // namespace

TEST_CASE("a runtime that does not answer for two seconds is no longer alive") {
  std::promise<void> gate;
  const auto log = std::make_shared<HeldLog>(gate.get_future().share());
  node::NodeOptions options;
  options.log = Logger(log);
  Bare bare(std::move(options));
  REQUIRE(bare.node->start());
  auto client = bare.client();
  CHECK(status_of(client, get("/livez")) == 200);
  // Nothing for a guardian: the runtime's only thread says so, and the log does not take it.
  REQUIRE(bare.node->system().user_guardian().tell(google::protobuf::StringValue()));
  REQUIRE(eventually([&] { return log->reached.load(); }));
  const auto alive = call(client, get("/livez"));
  CHECK(alive.status == 504);
  CHECK(contains(alive.body, "\"code\":\"node-timeout\""));
  CHECK(contains(alive.body, "no answer within 2 s"));
  const auto pinged = call(client, post("/v1/nodes/self/ping", R"({"count":1})"));
  CHECK(pinged.status == 504);
  CHECK(contains(pinged.body, "\"code\":\"node-timeout\""));
  CHECK(status_of(client, get("/readyz")) == 200);
  gate.set_value();
  CHECK(eventually([&] { return status_of(client, get("/livez")) == 200; }));
}

TEST_CASE("before its start a node is starting, after its end it is stopping") {
  const Bare bare;
  const auto& node = bare.node;
  auto client = bare.client();
  const auto refusal = [&](const http::Request& request) {
    const auto response = call(client, request);
    CHECK(response.status == 503);
    const auto at = response.body.find("\"code\":\"") + 8;
    return response.body.substr(at, response.body.find('"', at) - at);
  };
  CHECK(refusal(get("/startupz")) == "starting");
  CHECK(refusal(get("/readyz")) == "starting");
  REQUIRE(node->start());
  CHECK(status_of(client, get("/readyz")) == 200);
  REQUIRE(node->stop());
  CHECK(refusal(get("/readyz")) == "stopping");
  CHECK(status_of(client, get("/startupz")) == 200);
  CHECK(status_of(client, get("/livez")) == 200);
}

TEST_CASE("who comes too early with a key, or for one stream too many, hears when to come again") {
  Running running({{"admin.max-streams", "0"}});
  auto client = running.by_socket();
  const auto stream = call(client, get("/v1/events?follow"));
  CHECK(stream.status == 429);
  CHECK(contains(stream.body, "\"code\":\"too-many-streams\""));
  CHECK(stream.header("retry-after") == "1");

  // The first request with the key is still under way when the second one comes.
  std::promise<void> gate;
  const auto pid =
      running.node().system().spawn<Held>("a", {.long_lived = true}, gate.get_future().share());
  REQUIRE(pid);
  const auto ask = with_header(
      post("/v1/actors/a/ask", R"({"type":"google.protobuf.StringValue","message":"hi"})"),
      "Idempotency-Key", "k");
  auto first = std::async(std::launch::async, [&] {
    auto other = running.by_socket();
    return call(other, ask);
  });
  CHECK(eventually([&] { return pid->processed_count() == 1; }));
  const auto second = call(client, ask);
  gate.set_value();
  CHECK(second.status == 409);
  CHECK(contains(second.body, "\"code\":\"wrong-state\""));
  CHECK(second.header("retry-after") == "1");
  CHECK(first.get().status == 200);
}
