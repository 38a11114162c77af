#include "goakt/net/listener.h"

#include "tests/unit/net/support.h"

#include <atomic>
#include <sys/resource.h>

using namespace goakt;
using namespace goakt::net;
using namespace std::chrono_literals;

namespace {

// Lowers the limit of open files for one test.
class FileLimit {
 public:
  explicit FileLimit(rlim_t files) {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit lower = before_;
    lower.rlim_cur = files;
    ::setrlimit(RLIMIT_NOFILE, &lower);
  }

  ~FileLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;

 private:
  rlimit before_ = {};
};

int lowest_free_descriptor() {
  const int descriptor = ::dup(2);
  ::close(descriptor);
  return descriptor;
}

}  // namespace

TEST_CASE("a listener says which port it got, and frees it when it is gone") {
  Loops loops(1);
  std::optional<Listener> first(must(Listener::open(loops, {}, [](Connection, Loop&) {})));
  const Endpoint local = first->local();
  CHECK(local.port() != 0);
  const auto second = Listener::open(loops, {.endpoint = local}, [](Connection, Loop&) {});
  REQUIRE(!second);
  CHECK(second.error().code() == ErrorCode::address_in_use);
  CHECK(second.error().message().find(local.to_string()) != std::string::npos);
  first.reset();
  on_loop(loops[0], [] { return 0; });
  CHECK(Listener::open(loops, {.endpoint = local}, [](Connection, Loop&) {}));
}

TEST_CASE("listeners share a port when all of them ask for it") {
  Loops loops(1);
  const auto first = must(Listener::open(loops, {.reuse_port = true}, [](Connection, Loop&) {}));
  CHECK(Listener::open(loops, {.endpoint = first.local(), .reuse_port = true},
                       [](Connection, Loop&) {}));
}

TEST_CASE("IPv6 listeners serve IPv6") {
  Loops loops(1);
  auto listener = Listener::open(loops, {.endpoint = must(Endpoint::parse("::1", 0))},
                                 [](Connection c, Loop&) { End::start(std::move(c), echo); });
  if (!listener) return;  // a machine without it
  const auto end = must(dial(loops[0], listener->local()));
  CHECK(end->send("six"));
  CHECK(end->wait_for_bytes(3) == "six");
  loops.stop();
}

TEST_CASE("over a thousand connections are served and counted") {
  constexpr std::size_t kCount = 1200;
  rlimit files = {};
  ::getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = std::max<rlim_t>(files.rlim_cur, std::min<rlim_t>(files.rlim_max, 4096));
  ::setrlimit(RLIMIT_NOFILE, &files);
  REQUIRE(files.rlim_cur > 2 * kCount + 100);
  Server server(echo, {}, 2);
  Loops loops(2);
  std::vector<std::shared_ptr<End>> ends;
  for (std::size_t i = 0; i < kCount; ++i) {
    ends.push_back(must(dial(loops.next(), server.endpoint())));
    CHECK(ends.back()->send(std::to_string(i)));
  }
  for (std::size_t i = 0; i < kCount; ++i) {
    const std::string text = std::to_string(i);
    REQUIRE(ends[i]->wait_for_bytes(text.size()) == text);
  }
  CHECK(server.listener().connections() == kCount);
  for (const auto& end : ends) end->run([](Connection& c) { return c.close(), 0; });
  for (std::size_t i = 0; i < kCount; ++i) server.wait_for_end(i)->wait_for_close();
  CHECK(server.listener().connections() == 0);
  loops.stop();
}

TEST_CASE("beyond its limit a listener lets callers wait until others have gone") {
  ListenOptions options;
  options.max_connections = 2;
  Server server(echo, options);
  std::optional<RawSocket> first(std::in_place, server.endpoint());
  const RawSocket second(server.endpoint());
  const RawSocket third(server.endpoint());
  first->write("x");
  second.write("x");
  third.write("x");
  CHECK(first->read(1) == "x");
  CHECK(second.read(1) == "x");
  on_loop(server.loops()[0], [] { return 0; });
  CHECK(server.accepted() == 2);
  first.reset();
  CHECK(third.read(1) == "x");
  CHECK(server.listener().connections() == 2);
}

TEST_CASE("without descriptors a listener pauses, says so, and goes on later") {
  Server server;
  const RawSocket before(server.endpoint());
  before.write("a");
  CHECK(before.read(1) == "a");
  std::optional<RawSocket> waiting;
  {
    // One more descriptor is there: the caller's own.
    const FileLimit limit(static_cast<rlim_t>(lowest_free_descriptor()) + 1);
    waiting.emplace(server.endpoint());
    waiting->write("b");
    const std::string failure = server.wait_for_failure();
    CHECK(failure.find("Too many open files") != failure.npos);
    before.write("c");
    CHECK(before.read(1) == "c");  // others are served meanwhile
  }
  CHECK(waiting->read(1) == "b");
}

TEST_CASE("a closed listener leaves its connections alone") {
  Server server;
  const RawSocket peer(server.endpoint());
  peer.write("a");
  CHECK(peer.read(1) == "a");
  server.listener().close();
  on_loop(server.loops()[0], [] { return 0; });
  peer.write("b");
  CHECK(peer.read(1) == "b");
}
