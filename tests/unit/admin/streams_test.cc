#include "tests/unit/admin/running_node.h"

#include <atomic>
#include <thread>

using namespace goakt;
using namespace goakt::admin;
using namespace std::chrono_literals;

namespace {

std::string last_event_id(Running& running) {
  return running.node().events().id_text(running.node().events().last_id());
}

std::vector<std::string> lines_of(const std::string& text) {
  std::vector<std::string> lines;
  std::size_t begin = 0;
  for (auto end = text.find('\n'); end != std::string::npos; end = text.find('\n', begin)) {
    lines.push_back(text.substr(begin, end - begin));
    begin = end + 1;
  }
  return lines;
}

}  // namespace

TEST_CASE("events are listed with filters, and followed from the last one seen") {
  Running running;
  auto client = running.by_port();
  running.spawn("a");
  const std::string before = last_event_id(running);
  running.spawn("b");
  const auto list = call(client, get("/v1/events?type=actor.started&actor=a"));
  CHECK(contains(list.body, "\"type\":\"actor.started\""));
  CHECK(!contains(list.body, "/b\""));
  CHECK(status_of(client, get("/v1/events?since=yesterday")) == 400);
  CHECK(status_of(client, get("/v1/events?since=10m")) == 200);
  CHECK(status_of(client, get("/v1/events?since=2026-01-02T03:04:05.5Z")) == 200);
  CHECK(status_of(client, get("/v1/events?follow&maxAge=x")) == 400);

  const auto resumed = call(
      client,
      with_header(get("/v1/events?follow&maxAge=1ms&type=actor.started"), "Last-Event-ID", before));
  CHECK(resumed.header("content-type") == "application/x-ndjson");
  const auto lines = lines_of(resumed.body);
  REQUIRE(lines.size() == 2);
  CHECK(contains(lines[0], "/b\""));
  CHECK(lines[1] == R"({"type":"end","reason":"max-age"})");
}

TEST_CASE("server-sent events carry id and type, and an id of another run is a gap") {
  Running running;
  running.spawn("a");
  auto client = running.by_port();
  auto request = with_header(get("/v1/events?maxAge=1ms"), "Accept", "text/event-stream");
  const auto stream = call(client, with_header(request, "Last-Event-ID", "000000-000000001"));
  CHECK(stream.header("content-type") == "text/event-stream");
  CHECK(stream.body.starts_with("event: gap\ndata: {\"type\":\"gap\""));
  CHECK(contains(stream.body, "\nid: "));
  CHECK(contains(stream.body, "event: actor.started\ndata: {"));
}

TEST_CASE("what a reader missed because the ring went on is told") {
  const ScratchFolder folder;
  SubscribeOptions options;
  options.capacity = 4;
  auto source = std::make_shared<Subscriber>(options);
  node::EventLog log(source, "aa");
  for (std::size_t i = 0; i < node::EventLog::kKept + 10; ++i) log.add({0, {}, "x", "", ""});
  const auto tail = log.after(3, 5, 0ms);
  CHECK(tail.missed == 7);
  REQUIRE(tail.events.size() == 5);
  CHECK(tail.events.front().id == 11);
  CHECK(log.after(log.last_id(), 5, 1ms).events.empty());
  CHECK(log.parse_id(log.id_text(42)) == 42);
  CHECK(!log.parse_id("bb-000000042"));
  CHECK(!log.parse_id("aa-"));
  CHECK(!log.parse_id("aa-1x"));
}

TEST_CASE("a follower gets an event that comes while it waits") {
  Running running;
  std::atomic<bool> got{false};
  auto& events = running.node().events();
  const auto after = events.last_id();
  std::thread reader([&] {
    while (events.after(after, 1, 100ms).events.empty()) {
    }
    got = true;
  });
  running.spawn("late");
  reader.join();
  CHECK(got);
}

TEST_CASE("too many streams are refused, and those that are open starve nobody") {
  Running running({{"admin.max-streams", "16"}});
  std::atomic<int> ended{0};
  std::vector<std::thread> readers;
  for (int i = 0; i < 16; ++i) {
    readers.emplace_back([&] {
      auto client = running.by_port({5s, 100s});
      if (client.send(get("/v1/events?follow&maxAge=1h"))) ++ended;
    });
  }
  auto client = running.by_port();
  const auto deadline = std::chrono::steady_clock::now() + 60s;
  while (!contains(call(client, get("/metrics")).body, "goakt_admin_streams 16\n") &&
         std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  CHECK(status_of(client, get("/v1/events?follow&maxAge=1ms")) == 429);
  std::vector<http::Client> idle;
  for (int i = 0; i < 100; ++i) {
    idle.push_back(running.by_port());
    REQUIRE(idle.back().send(get("/livez")));
  }
  CHECK(status_of(client, get("/v1/version")) == 200);
  auto socket = running.by_socket();
  CHECK(status_of(socket, get("/v1/actors")) == 200);
  // The node's end ends them, with a word.
  running.stop_service();
  for (std::thread& reader : readers) reader.join();
  CHECK(ended == 16);
}

TEST_CASE("the log can be read by level, and followed") {
  Running running;
  const Logger log(running.node().log_sink());
  log.named("x").warn("careful", {{"n", 1}});
  log.info("quiet");
  auto client = running.by_socket();
  const auto list = call(client, get("/v1/logs?level=warn"));
  CHECK(contains(list.body, "careful"));
  CHECK(!contains(list.body, "quiet"));
  CHECK(status_of(client, get("/v1/logs?level=loud")) == 400);
  CHECK(contains(call(client, get("/v1/logs?grep=quiet&logger=")).body, "quiet"));
  CHECK(contains(call(client, get("/v1/logs?follow&limit=1&maxAge=1ms")).body, "quiet"));
  auto port = running.by_port();
  CHECK(status_of(port, get("/v1/logs")) == 403);
}

TEST_CASE("a watched list tells what comes, changes and goes") {
  Running running;
  running.spawn("a");
  auto client = running.by_socket();
  std::string body;
  std::thread reader([&] {
    auto own = running.by_port();
    const auto until_b = [&](std::string_view piece) {
      body += piece;
      return !contains(body, "\"name\":\"b\"");
    };
    static_cast<void>(
        own.stream(get("/v1/actors?watch&intervalMs=100&maxAge=60s&fields=name"), until_b));
  });
  // The stream is open when the reader's request has been counted.
  const auto deadline = std::chrono::steady_clock::now() + 20s;
  while (!contains(call(client, get("/metrics")).body, "goakt_admin_streams 1\n") &&
         std::chrono::steady_clock::now() < deadline)
    std::this_thread::yield();
  running.spawn("b");
  reader.join();
  CHECK(contains(body, R"({"type":"added","object":{"kind":"ActorSummary","name":"a")"));
  CHECK(contains(body, R"({"type":"added","object":{"kind":"ActorSummary","name":"b")"));
  CHECK(status_of(client, get("/v1/actors?watch&sort=color")) == 400);
  CHECK(status_of(client, get("/metrics?watch")) == 400);
  CHECK(status_of(client, get("/v1/actors?watch&intervalMs=1")) == 400);
}

TEST_CASE("a trace shows what one actor handles, until it has shown enough") {
  Running running;
  running.spawn("a");
  auto client = running.by_socket();
  std::string body;
  std::atomic<bool> over{false};
  std::thread reader([&] {
    auto own = running.by_socket();
    body =
        call(own, post("/v1/trace", R"({"actor":"a","forMs":60000,"max":1,"bodies":true})")).body;
    over = true;
  });
  const auto ask =
      post("/v1/actors/a/ask", R"({"type":"google.protobuf.StringValue","message":"hi"})");
  while (!over) CHECK(status_of(client, ask) == 200);
  reader.join();
  CHECK(contains(body, R"("messageType":"google.protobuf.StringValue")"));
  CHECK(contains(body, R"("message":"hi")"));
  CHECK(contains(body, R"({"type":"end","reason":"max"})"));
  CHECK(status_of(client, post("/v1/trace", R"({"actor":"none"})")) == 404);
  CHECK(status_of(client, post("/v1/trace", "{}")) == 400);
}
