// R1 to R3: actors on other nodes, over loopback. Beside the anchors tcp_framed_pb, tcp_framed_hand
// (R1) and tcp_pp, tcp_pp_spin (R2).

#include "bench/local/support.h"
#include "bench/net/second_process.h"
#include "goakt/remoting/client.h"
#include "goakt/remoting/server.h"
#include "goakt/remoting/service.h"
#include "goakt/remoting/socket_dialer.h"

#include <google/protobuf/wrappers.pb.h>

#include <cstring>
#include <random>
#include <unistd.h>

namespace goakt::bench {

namespace {

using google::protobuf::BytesValue;

constexpr std::uint64_t kTells = 1'000'000;
constexpr std::uint64_t kAsks = 20'000;
constexpr std::chrono::seconds kTimeout{30};
constexpr std::chrono::microseconds kPolling{200};

// A system that others reach at the port that its addresses say.
class Node {
 public:
  // One that polls spends everything on short answers.
  Node(const std::string& name, net::Compression compression, const net::LoopOptions& loop = {})
      : loops_(1, loop),
        server_(must(remoting::Server::open(loops_, {.compression = compression}))),
        system_(start(name, server_.local().port())),
        client_(std::make_shared<remoting::Client>(
            *system_, std::make_shared<remoting::SocketDialer>(
                          loops_, remoting::SocketDialerOptions{.compression = compression}))) {
    server_.serve(std::make_shared<remoting::Service>(
        *system_, remoting::ServiceOptions{.client = client_,
                                           .inline_asks = loop.polling > Duration::zero()}));
  }

  ~Node() {
    server_.close();
    client_->close(Duration::zero());
    loops_.stop();
  }

  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  ActorSystem& system() { return *system_; }

  std::uint16_t port() const { return server_.local().port(); }

  Pid pid(const std::string& node, std::uint16_t port, const std::string& actor) {
    return must(client_->pid_of(must(
        Address::parse("goakt://" + node + "@127.0.0.1:" + std::to_string(port) + "/" + actor))));
  }

 private:
  static std::unique_ptr<ActorSystem> start(const std::string& name, std::uint16_t port) {
    SystemOptions options;
    options.port = port;
    auto system = must(ActorSystem::create(name, std::move(options)));
    if (Status started = system->start(); !started) give_up(started.error());
    return system;
  }

  net::Loops loops_;
  remoting::Server server_;
  std::unique_ptr<ActorSystem> system_;
  std::shared_ptr<remoting::Client> client_;
};

// The other process: says its port, then, for each count that it is sent, the nanoseconds between
// the first message and the last.
class Far {
 public:
  Far(net::Compression compression, const net::LoopOptions& loop)
      : process_([&](int in, int out) { serve(in, out, compression, loop); }),
        port_(static_cast<std::uint16_t>(read_number(process_.in()))) {}

  std::uint16_t port() const { return port_; }

  void expect(std::uint64_t count) {
    write_number(process_.out(), count);
    read_number(process_.in());  // it is ready
  }

  double seconds() { return static_cast<double>(read_number(process_.in())) * 1e-9; }

 private:
  class Sink final : public Actor {
   public:
    Sink(const std::atomic<std::uint64_t>& expected, int out) : expected_(expected), out_(out) {}

    void take(const BytesValue&) {
      if (seen_++ == 0) first_ = Clock::now();
      if (seen_ < expected_.load(std::memory_order_relaxed)) return;
      seen_ = 0;
      const auto took = std::chrono::duration_cast<std::chrono::nanoseconds>(Clock::now() - first_);
      write_number(out_, static_cast<std::uint64_t>(took.count()));
    }

    static constexpr auto handles = handlers(&Sink::take);

   private:
    const std::atomic<std::uint64_t>& expected_;
    const int out_;
    std::uint64_t seen_ = 0;
    Clock::time_point first_;
  };

  class Echo final : public Actor {
    BytesValue echo(const BytesValue& message) { return message; }

   public:
    static constexpr auto handles = handlers(&Echo::echo);
  };

  static void serve(int in, int out, net::Compression compression, const net::LoopOptions& loop) {
    std::atomic<std::uint64_t> expected{0};
    Node node("far", compression, loop);
    must(node.system().spawn<Sink>("sink", {}, std::cref(expected), out));
    must(node.system().spawn<Echo>("echo"));
    write_number(out, node.port());
    for (std::uint64_t count; ::read(in, &count, sizeof count) == sizeof count;) {
      expected.store(count, std::memory_order_relaxed);
      write_number(out, 0);
    }
  }

  static void write_number(int to, std::uint64_t number) {
    if (::write(to, &number, sizeof number) != sizeof number) ::_exit(1);
  }

  static std::uint64_t read_number(int from) {
    std::uint64_t number = 0;
    if (::read(from, &number, sizeof number) != sizeof number)
      give_up(Error(ErrorCode::internal, "the other process has ended"));
    return number;
  }

  SecondProcess process_;
  std::uint16_t port_;
};

// Waits where a full outbox refuses, as GoAkt does inside.
template <class Fill>
void tell(const Pid& to, Fill fill) {
  for (;;) {
    const Status told = to.tell(fill);
    if (told) return;
    if (!told.error().is(ErrorCode::remote_send_backpressure)) give_up(told.error());
    std::this_thread::sleep_for(std::chrono::microseconds(50));
  }
}

void remote_tell(Run& run, unsigned threads, net::Compression compression) {
  Far far(compression, {});
  Node near("near", compression);
  const Pid sink = near.pid("far", far.port(), "sink");
  const auto pass = [&](std::uint64_t count) {
    far.expect(count / threads * threads);
    on_threads(threads, [&](unsigned) {
      std::string payload(62, 'x');  // 64 bytes with its tag and length
      for (std::uint64_t i = 0; i < count / threads; ++i) {
        std::memcpy(payload.data(), &i, sizeof i);
        tell(sink, [&](BytesValue& message) { message.set_value(payload); });
      }
    });
    return far.seconds();
  };
  const std::uint64_t count = run.count(kTells);
  pass(count / 10);
  run.report("", static_cast<double>(count - 1) / pass(count), "msg/s");
}

void remote_ask(Run& run, const net::LoopOptions& loop) {
  Far far(net::Compression::none, loop);
  Node near("near", net::Compression::none, loop);
  const Pid echo = near.pid("far", far.port(), "echo");
  const std::string payload(62, 'x');
  const auto ask = [&] {
    const auto answer =
        echo.ask<BytesValue>([&](BytesValue& message) { message.set_value(payload); }, kTimeout);
    if (!answer) give_up(answer.error());
  };
  for (std::uint64_t i = 0; i < run.count(kAsks); ++i) ask();
  report_ask(run, kAsks, ask);
}

class Received final : public Actor {
 public:
  explicit Received(std::atomic<std::uint64_t>& all) : all_(all) {}

  void take(const Empty&) { all_.fetch_add(1, std::memory_order_relaxed); }

  static constexpr auto handles = handlers(&Received::take);

 private:
  std::atomic<std::uint64_t>& all_;
};

void remote_mesh(Run& run) {
  constexpr std::size_t kNodes = 10;
  constexpr unsigned kThreads = 20;
  const std::size_t actors = run.count(2'000);
  std::atomic<std::uint64_t> received{0};
  std::vector<std::unique_ptr<Node>> nodes;
  for (std::size_t n = 0; n < kNodes; ++n) {
    nodes.push_back(std::make_unique<Node>("n" + std::to_string(n), net::Compression::none));
    for (std::size_t a = 0; a < actors; ++a)
      must(nodes[n]->system().spawn<Received>("a" + std::to_string(a), {}, std::ref(received)));
  }
  // [from][to][actor]
  std::vector<std::vector<std::vector<Pid>>> handles(kNodes, std::vector<std::vector<Pid>>(kNodes));
  for (std::size_t from = 0; from < kNodes; ++from)
    for (std::size_t to = 0; to < kNodes; ++to)
      for (std::size_t a = 0; from != to && a < actors; ++a)
        handles[from][to].push_back(
            nodes[from]->pid("n" + std::to_string(to), nodes[to]->port(), "a" + std::to_string(a)));

  std::atomic<std::uint64_t> sent{0};
  const auto start = Clock::now();
  const auto end = start + (run.is_quick() ? std::chrono::seconds(1) : std::chrono::seconds(10));
  on_threads(kThreads, [&](unsigned thread) {
    std::minstd_rand random(thread + 1);
    std::uint64_t told = 0;
    for (; Clock::now() < end; ++told) {
      const std::size_t from = random() % kNodes;
      const std::size_t to = (from + 1 + random() % (kNodes - 1)) % kNodes;
      const Pid& pid = handles[from][to][random() % actors];
      for (;;) {
        const Status accepted = pid.tell([](Empty&) {});
        if (accepted) break;
        if (!accepted.error().is(ErrorCode::remote_send_backpressure)) give_up(accepted.error());
        std::this_thread::yield();
      }
    }
    sent.fetch_add(told, std::memory_order_relaxed);
  });
  const double seconds = seconds_since(start);
  std::this_thread::sleep_for(std::chrono::seconds(1));
  const auto delivered = static_cast<double>(received.load());
  run.report("", delivered / seconds, "msg/s");
  run.report("delivered", delivered / static_cast<double>(sent.load()), "of-sent");
}

}  // namespace

GOAKT_BENCHMARK("remote-tell", "R1: one thread tells a sink in another process, 64 bytes each") {
  remote_tell(run, 1, net::Compression::none);
}

GOAKT_BENCHMARK("remote-tell-4", "R1 with four threads") {
  remote_tell(run, 4, net::Compression::none);
}

GOAKT_BENCHMARK("remote-tell-zstd", "R1 with zstd") {
  remote_tell(run, 1, net::Compression::zstd);
}

GOAKT_BENCHMARK("remote-ask", "R2: one thread asks an actor in another process, 64 bytes") {
  remote_ask(run, {.polling = kPolling});
}

GOAKT_BENCHMARK("remote-ask-quiet", "R2 without polling for the answer") {
  remote_ask(run, {});
}

GOAKT_BENCHMARK("remote-mesh", "R3: ten systems of 2000 actors tell each other, empty messages") {
  remote_mesh(run);
}

}  // namespace goakt::bench
