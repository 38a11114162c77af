// Connections of lib/goakt/net on loopback, beside the anchors tcp_pp, tcp_pp_spin and tcp_64k:
// what its loops, its buffers and its compression add to plain sockets.

#include "bench/local/support.h"
#include "goakt/net/connect.h"
#include "goakt/net/listener.h"

#include <functional>
#include <future>

namespace goakt::bench {

namespace {

using namespace goakt::net;

constexpr std::size_t kMessage = 64;
constexpr std::uint64_t kRoundTrips = 20'000;
constexpr std::uint64_t kMessages = 10'000'000;

void sent(const Status& status) {
  if (!status) give_up(status.error());
}

// One end: calls for the messages that have come, and when it may write again.
class End final : public ConnectionHandler {
 public:
  using Messages = std::function<void(Connection&, std::string_view)>;
  using Room = std::function<void(Connection&)>;

  End(Connection mine, Messages messages, Room room = {})
      : connection(std::move(mine)), messages_(std::move(messages)), room_(std::move(room)) {}

  static std::shared_ptr<End> start(Connection connection, Messages messages, Room room = {}) {
    auto end = std::make_shared<End>(std::move(connection), std::move(messages), std::move(room));
    end->connection.start(end);
    return end;
  }

  std::size_t on_data(std::string_view bytes) override {
    const std::size_t whole = bytes.size() / kMessage * kMessage;
    if (whole > 0) messages_(connection, bytes.substr(0, whole));
    return whole;
  }

  void on_drained() override {
    if (room_) room_(connection);
  }

  void on_close(Status) override {}

  Connection connection;

 private:
  Messages messages_;
  Room room_;
};

// A listener whose connections all do the same, and a connection to it, each on its own loop.
class Link {
 public:
  Link(const LoopOptions& loop, const ConnectionOptions& options, const End::Messages& far,
       const End::Messages& near, const End::Room& room = {})
      : far_loops_(1, loop),
        near_loop_(loop),
        listener_(must(Listener::open(
            far_loops_, {.connection = options},
            [far](Connection connection, Loop&) { End::start(std::move(connection), far); }))) {
    std::promise<Result<Connection>> connected;
    connect(near_loop_, listener_.local(), {.connection = options}, [&](Result<Connection> result) {
      connected.set_value(std::move(result));
    }).detach();
    std::promise<std::shared_ptr<End>> started;
    near_loop_.post([&, connection = must(connected.get_future().get())]() mutable {
      started.set_value(End::start(std::move(connection), near, room));
    });
    near_ = started.get_future().get();
  }

  ~Link() {
    near_loop_.stop();
    far_loops_.stop();
  }

  Link(const Link&) = delete;
  Link& operator=(const Link&) = delete;

  void post(std::function<void(Connection&)> task) {
    near_->connection.post([end = near_, task = std::move(task)] { task(end->connection); });
  }

 private:
  Loops far_loops_;
  Loop near_loop_;
  Listener listener_;
  std::shared_ptr<End> near_;
};

void ping_pong(Run& run, const LoopOptions& loop) {
  const std::string message(kMessage, 'x');
  std::uint64_t left = 0;
  Finish finish;
  Link link(
      loop, {},
      [](Connection& connection, std::string_view bytes) { sent(connection.send(bytes)); },
      [&](Connection& connection, std::string_view) {
        if (--left == 0) return finish.one_done();
        sent(connection.send(message));
      });
  run.report_nanoseconds("", kRoundTrips, [&](std::uint64_t count) {
    finish.expect(1);
    link.post([&, count](Connection& connection) {
      left = count;
      sent(connection.send(message));
    });
    finish.wait();
  });
}

// Each message is sent by itself, as coalescers and servers do; the connection gathers them.
void stream(Run& run, Compression compression, std::uint64_t full) {
  std::string text;
  for (std::size_t i = 0; i < kMessage; ++i) text += static_cast<char>(7 * i + 3);
  std::uint64_t left_to_send = 0;
  std::uint64_t left_to_come = 0;
  Finish finish;
  const auto fill = [&](Connection& connection) {
    while (left_to_send > 0 && !connection.is_congested()) {
      --left_to_send;
      sent(connection.send(text));
    }
  };
  Link link(
      {}, {.compression = compression},
      [&](Connection&, std::string_view bytes) {
        left_to_come -= bytes.size() / kMessage;
        if (left_to_come == 0) finish.one_done();
      },
      [](Connection&, std::string_view) {}, fill);
  run.report_rate("", "msg/s", full, [&](std::uint64_t count) {
    left_to_come = count;
    finish.expect(1);
    link.post([&, count](Connection& connection) {
      left_to_send = count;
      fill(connection);
    });
    finish.wait();
  });
}

GOAKT_BENCHMARK("net-ping-pong", "64 bytes there and back over a connection, between two loops") {
  ping_pong(run, {});
}

GOAKT_BENCHMARK("net-ping-pong-polling", "the same, loops look for 40 us before they sleep") {
  ping_pong(run, {.polling = std::chrono::microseconds(40)});
}

GOAKT_BENCHMARK("net-stream", "64-byte messages over one connection, each sent by itself") {
  stream(run, Compression::none, kMessages);
}

GOAKT_BENCHMARK("net-stream-zstd", "the same through zstd") {
  stream(run, Compression::zstd, kMessages);
}

}  // namespace

}  // namespace goakt::bench
