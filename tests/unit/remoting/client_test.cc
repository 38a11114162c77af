#include "goakt/remoting/client.h"

#include "goakt/actor/internal/system.h"
#include "goakt/actor/messages.h"
#include "goakt/base/errors.h"
#include "goakt/remoting/server.h"
#include "goakt/remoting/socket_dialer.h"
#include "tests/unit/remoting/cable.h"
#include "tests/unit/remoting/support.h"

#include <future>

using namespace goakt;
using namespace goakt::remoting;

namespace {

constexpr auto kTimeout = std::chrono::seconds(30);

// What a node's actor has seen; any thread.
class Journal {
 public:
  void write(const std::string& line) {
    std::lock_guard lock(mutex_);
    lines_ += (lines_.empty() ? "" : " ") + line;
    ++count_;
  }

  std::string read() const {
    std::lock_guard lock(mutex_);
    return lines_;
  }

  std::size_t count() const {
    std::lock_guard lock(mutex_);
    return count_;
  }

 private:
  mutable std::mutex mutex_;
  std::string lines_;
  std::size_t count_ = 0;
};

// Does what it is told, and says so.
class Scribe final : public Actor {
 public:
  explicit Scribe(Journal& journal) : journal_(journal) {}

  void receive(ReceiveContext& ctx) override {
    if (const auto* end = ctx.message<Terminated>()) return journal_.write("end:" + end->path);
    const auto* text = ctx.message<StringValue>();
    if (text == nullptr) return;
    journal_.write(text->value());
    if (text->value() == "ping" && !ctx.is_ask()) ctx.tell(ctx.sender(), words("pong"));
    if (text->value() == "fail") return ctx.fail(Error::user("bank.Overdrawn", "not enough"));
    if (ctx.is_ask() && text->value() != "silent") ctx.response(words("re:" + text->value()));
  }

 private:
  Journal& journal_;
};

// Passes on what it is asked.
struct Asker final : Actor {
  explicit Asker(Pid to) : far(to) {}

  Task<Result<StringValue>> pass_on(const StringValue& message, ReceiveContext& ctx) {
    auto answer = co_await ctx.ask<StringValue>(far, message, kTimeout);
    if (!answer) co_return unexpected(answer.error().clone());
    co_return *answer;
  }

  Pid far;
  static constexpr auto handles = handlers(&Asker::pass_on);
};

struct Node {
  Node(const std::shared_ptr<Cable>& cable, std::uint16_t at, ClientOptions options = {})
      : port(at) {
    SystemOptions system_options;
    system_options.port = port;
    auto made = ActorSystem::create("sys", std::move(system_options));
    REQUIRE(made);
    system = *std::move(made);
    REQUIRE(system->start());
    auto spawned = system->spawn<Scribe>("scribe", {}, journal);
    REQUIRE(spawned);
    scribe = *spawned;
    client = std::make_shared<Client>(*system, cable, std::move(options));
    service = std::make_unique<Service>(*system, ServiceOptions{.client = client});
    cable->attach(port, *service);
  }

  Pid pid(std::uint16_t at, const std::string& name) const {
    const auto address = Address::parse("goakt://sys@127.0.0.1:" + std::to_string(at) + "/" + name);
    REQUIRE(address);
    const auto made = client->pid_of(*address);
    REQUIRE(made);
    return *made;
  }

  std::uint16_t port;
  Journal journal;
  std::unique_ptr<ActorSystem> system;
  Pid scribe;
  std::shared_ptr<Client> client;
  std::unique_ptr<Service> service;
};

struct Fixture {
  explicit Fixture(const ClientOptions& options = {}) : a(cable, 9001, options), b(cable, 9002) {}

  ~Fixture() {
    a.client->close(Duration::zero());
    b.client->close(Duration::zero());
    cable->stop();
  }

  std::shared_ptr<Cable> cable = std::make_shared<Cable>();
  Node a;
  Node b;
};

// Asked in the actor's own turn.
bool is_watched(const Pid& pid) {
  auto promise = std::make_shared<std::promise<bool>>();
  auto future = promise->get_future();
  internal::post(pid, [promise](internal::Cell& cell) {
    const auto* x = internal::extension_or_null(cell);
    promise->set_value(x != nullptr && !x->watchers.empty());
  });
  return future.get();
}

}  // namespace

TEST_CASE("messages told to an actor on another node arrive in their order") {
  Fixture f;
  const Pid far = f.a.pid(9002, "scribe");
  CHECK(far.path() == "goakt://sys@127.0.0.1:9002/scribe");
  CHECK_FALSE(far.is_local());
  std::string all;
  for (int i = 0; i < 2000; ++i) {
    CHECK(far.tell(words(std::to_string(i))));
    all += (i == 0 ? "" : " ") + std::to_string(i);
  }
  CHECK(eventually([&] { return f.b.journal.count() == 2000; }));
  CHECK(f.b.journal.read() == all);
  CHECK(f.cable->dialled() == 1);
}

TEST_CASE("an actor on another node answers whoever told it something") {
  Fixture f;
  CHECK(f.a.pid(9002, "scribe").tell_from(f.a.scribe, words("ping")));
  CHECK(eventually([&] { return f.a.journal.read() == "pong"; }));
}

TEST_CASE("an actor on another node is asked like a local one") {
  Fixture f;
  const Pid far = f.a.pid(9002, "scribe");
  const auto answer = far.ask<StringValue>(words("x"), kTimeout);
  REQUIRE(answer);
  CHECK(answer->value() == "re:x");
  const auto refused = far.ask<StringValue>(words("fail"), kTimeout);
  REQUIRE(!refused);
  CHECK(refused.error().message() == "remote send failed\nnot enough");
  const auto gone = f.a.pid(9002, "ghost").ask<StringValue>(words("x"), kTimeout);
  REQUIRE(!gone);
  CHECK(gone.error().is(ErrorCode::address_not_found));
  CHECK(f.cable->dialled() == 1);  // one connection served all three
}

TEST_CASE("a coroutine asks an actor on another node") {
  Fixture f;
  const auto asker = f.a.system->spawn<Asker>("asker", {}, f.a.pid(9002, "scribe"));
  REQUIRE(asker);
  const auto answer = static_cast<const Pid&>(*asker).ask<StringValue>(words("x"), kTimeout);
  REQUIRE(answer);
  CHECK(answer->value() == "re:x");
}

TEST_CASE("a question goes through three nodes, and its answer all the way back") {
  Fixture f;
  Node c(f.cable, 9003);
  REQUIRE(f.b.system->spawn<Asker>("relay", {}, f.b.pid(9003, "scribe")));
  const auto first = f.a.system->spawn<Asker>("relay", {}, f.a.pid(9002, "relay"));
  REQUIRE(first);
  const auto answer = first->ask<StringValue>(words("hi"), kTimeout);
  REQUIRE(answer);
  CHECK(answer->value() == "re:hi");
  CHECK(c.journal.read() == "hi");
  for (Node* node : {&f.a, &f.b, &c}) node->client->close(Duration::zero());
  f.cable->stop();
}

TEST_CASE("an ask without an answer times out, and the next one is answered") {
  Fixture f;
  const Pid far = f.a.pid(9002, "scribe");
  const auto none = far.ask<StringValue>(words("silent"), std::chrono::milliseconds(20));
  REQUIRE(!none);
  CHECK(none.error().is(ErrorCode::request_timeout));
  CHECK(far.ask<StringValue>(words("x"), kTimeout));
}

TEST_CASE("messages for a node that cannot be reached become dead letters with the reason") {
  Fixture f;
  const Pid far = f.a.pid(9009, "nobody");
  CHECK(far.tell(words("lost")));
  CHECK(eventually([&] { return f.a.system->dead_letters_count(far.path()) == 1; }));
  const auto letters = f.a.system->dead_letters();
  REQUIRE(!letters.empty());
  CHECK(letters.back().type == "google.protobuf.StringValue");
  CHECK(letters.back().reason == "remote send failed\nendpoint cannot be reached");
  const auto answer = far.ask<StringValue>(words("x"), kTimeout);
  REQUIRE(!answer);
  CHECK(answer.error().is(ErrorCode::unreachable));
}

TEST_CASE("frames whose connection breaks are lost, and later ones take a new connection") {
  Fixture f;
  const Pid far = f.a.pid(9002, "scribe");
  CHECK(far.tell(words("first")));
  CHECK(eventually([&] { return f.b.journal.count() == 1; }));
  f.cable->swallow(true);
  CHECK(far.tell(words("lost")));
  f.cable->cut();
  CHECK(eventually([&] { return f.a.system->dead_letters_count(far.path()) == 1; }));
  f.cable->swallow(false);
  CHECK(far.tell(words("second")));
  CHECK(eventually([&] { return f.b.journal.read() == "first second"; }));
}

TEST_CASE("a peer that does not answer frames loses its connection") {
  ClientOptions options;
  options.tell_timeout = std::chrono::milliseconds(20);
  Fixture f(options);
  const Pid far = f.a.pid(9002, "scribe");
  f.cable->swallow(true);
  CHECK(far.tell(words("lost")));
  CHECK(eventually([&] { return f.a.system->dead_letters_count(far.path()) == 1; }));
  CHECK(f.a.system->dead_letters().back().reason == "remote send failed\nrequest timed out");
}

TEST_CASE("closing sends what is queued, and then nothing is taken") {
  Fixture f;
  const Pid far = f.a.pid(9002, "scribe");
  for (int i = 0; i < 1000; ++i) CHECK(far.tell(words("x")));
  f.a.client->close(kTimeout);
  CHECK(eventually([&] { return f.b.journal.count() == 1000; }));
  const Status late = far.tell(words("late"));
  REQUIRE(!late);
  CHECK(late.error().code() == ErrorCode::remoting_disabled);
}

TEST_CASE("actors of another node are looked up by name") {
  Fixture f;
  const auto found = f.a.client->lookup("127.0.0.1", 9002, "scribe");
  REQUIRE(found);
  CHECK(found->path() == "goakt://sys@127.0.0.1:9002/scribe");
  const auto nobody = f.a.client->lookup("127.0.0.1", 9002, "ghost");
  REQUIRE(nobody);
  CHECK_FALSE(*nobody);
  const auto refused = f.a.client->lookup("localhost", 9002, "scribe");
  REQUIRE(!refused);
  CHECK(refused.error().message() == "invalid argument: invalid host");
}

TEST_CASE("a handle to one's own actor is the local one") {
  const Fixture f;
  CHECK(f.a.pid(9001, "scribe") == f.a.scribe);
  CHECK(f.a.pid(9002, "scribe") == f.a.pid(9002, "scribe"));
}

TEST_CASE("an actor that watches one on another node is told of its end") {
  Fixture f;
  const Pid far = f.a.pid(9002, "scribe");
  const auto watcher = f.a.system->spawn_function("watcher", [&](ReceiveContext& ctx) -> Status {
    if (const auto* end = ctx.message<Terminated>()) f.a.journal.write("end:" + end->path);
    if (ctx.message<StringValue>() != nullptr) {
      ctx.watch(far);
      ctx.response(words("ok"));
    }
    return {};
  });
  REQUIRE(watcher);
  REQUIRE(watcher->ask<StringValue>(words("watch"), kTimeout));
  // The watch is a request of its own, and its answer says nothing to the watcher.
  REQUIRE(eventually([&] { return is_watched(f.b.scribe); }));
  CHECK(far.tell(PoisonPill()));
  CHECK(eventually([&] { return f.a.journal.read() == "end:" + far.path(); }));
}

TEST_CASE("two nodes talk over sockets, compressed or not") {
  for (const auto compression : {net::Compression::none, net::Compression::zstd}) {
    net::Loops loops(2);
    const auto cable = std::make_shared<Cable>();
    Node b(cable, 9002);
    auto opened =
        Server::open(loops, std::make_shared<Service>(*b.system), {.compression = compression});
    REQUIRE(opened);

    // The node says that it is at 9002; this finds where it really is.
    class Elsewhere final : public Dialer {
     public:
      Elsewhere(net::Loops& on, net::Compression compressed, std::uint16_t real)
          : sockets_(on, {.compression = compressed}), port_(real) {}

      void dial(const std::string& host, std::uint16_t,
                net::Function<void(Result<std::unique_ptr<Line>>)> done) override {
        sockets_.dial(host, port_, std::move(done));
      }

     private:
      SocketDialer sockets_;
      const std::uint16_t port_;
    };

    SystemOptions options;
    options.port = 9001;
    auto system = ActorSystem::create("sys", std::move(options));
    REQUIRE(system);
    REQUIRE((*system)->start());
    Client client(**system,
                  std::make_shared<Elsewhere>(loops, compression, opened->local().port()));
    const auto far = client.pid_of(*Address::parse("goakt://sys@127.0.0.1:9002/scribe"));
    REQUIRE(far);
    for (int i = 0; i < 1000; ++i) CHECK(far->tell(words(std::string(100, 'x'))));
    const auto answer = far->ask<StringValue>(words("x"), kTimeout);
    REQUIRE(answer);
    CHECK(answer->value() == "re:x");
    CHECK(eventually([&] { return b.journal.count() == 1001; }));
    client.close(kTimeout);
    opened->close();
    loops.stop();
    cable->stop();
  }
}
