#include "goakt/net/datagram_socket.h"

#include "tests/unit/net/support.h"

#include <atomic>

using namespace goakt;
using namespace goakt::net;

TEST_CASE("datagrams arrive whole, with their sender") {
  Loop loop;
  std::mutex mutex;
  std::condition_variable changed;
  std::vector<std::pair<Endpoint, std::string>> seen;
  std::optional<DatagramSocket> receiver(must(DatagramSocket::open(
      loop, {.receive_buffer = 4 << 20}, [&](const Endpoint& from, std::string_view bytes) {
        std::lock_guard lock(mutex);
        seen.emplace_back(from, bytes);
        changed.notify_all();
      })));
  std::optional<DatagramSocket> sender(
      must(DatagramSocket::open(loop, {}, [](const Endpoint&, std::string_view) {})));
  const std::vector<std::string> sent = {"", "a", noise(1400), noise(60'000)};
  for (const std::string& bytes : sent)
    on_loop(loop, [&] { return CHECK(sender->send(receiver->local(), bytes)), 0; });
  {
    std::unique_lock lock(mutex);
    REQUIRE(changed.wait_for(lock, kPatience, [&] { return seen.size() == sent.size(); }));
    for (std::size_t i = 0; i < sent.size(); ++i) {
      CHECK(seen[i].first == sender->local());
      CHECK(seen[i].second == sent[i]);
    }
  }
  on_loop(loop, [&] {
    CHECK(receiver->received() == sent.size());
    CHECK(sender->sent() == sent.size());
    receiver.reset();
    sender.reset();
    return 0;
  });
}

TEST_CASE("what the network refuses is an error of that datagram alone") {
  Loop loop;
  std::atomic<int> count = 0;
  std::promise<void> arrived;
  auto socket = must(DatagramSocket::open(loop, {}, [&](const Endpoint&, std::string_view) {
    if (++count == 1) arrived.set_value();
  }));
  on_loop(loop, [&] {
    CHECK(!socket.send(socket.local(), std::string(70'000, 'x')));
    CHECK(!socket.send(must(Endpoint::parse("::1", 9)), "other family"));
    CHECK(socket.send(socket.local(), "fine"));
    return 0;
  });
  CHECK(arrived.get_future().wait_for(kPatience) == std::future_status::ready);
  loop.stop();
  CHECK(!socket.send(socket.local(), "late"));
}

TEST_CASE("a port in use is refused, and free again afterwards") {
  Loop loop;
  const auto ignore = [](const Endpoint&, std::string_view) {};
  std::optional<DatagramSocket> first(must(DatagramSocket::open(loop, {}, ignore)));
  const Endpoint local = first->local();
  const auto second = DatagramSocket::open(loop, {.endpoint = local}, ignore);
  REQUIRE(!second);
  CHECK(second.error().code() == ErrorCode::address_in_use);
  first.reset();
  on_loop(loop, [] { return 0; });
  CHECK(DatagramSocket::open(loop, {.endpoint = local}, ignore));
}

TEST_CASE("a socket may be closed from within its own callback") {
  Loop loop;
  std::optional<DatagramSocket> socket;
  std::promise<void> done;
  socket.emplace(must(DatagramSocket::open(loop, {}, [&](const Endpoint&, std::string_view) {
    socket.reset();
    done.set_value();
  })));
  on_loop(loop, [&] { return CHECK(socket->send(socket->local(), "x")), 0; });
  CHECK(done.get_future().wait_for(kPatience) == std::future_status::ready);
}
