#include "goakt/net/connection.h"

#include "tests/unit/net/support.h"

#include <atomic>
#include <thread>

using namespace goakt;
using namespace goakt::net;
using namespace std::chrono_literals;

namespace {

// Consumes lines only, and answers each.
std::size_t echo_lines(End& end, std::string_view bytes) {
  std::size_t consumed = 0;
  for (auto at = bytes.find('\n'); at != bytes.npos; at = bytes.find('\n', consumed)) {
    CHECK(end.connection().send(bytes.substr(consumed, at + 1 - consumed)));
    consumed = at + 1;
  }
  return consumed;
}

std::size_t keep_all(End&, std::string_view bytes) {
  return bytes.size();
}

ListenOptions with(const ConnectionOptions& connection) {
  ListenOptions options;
  options.connection = connection;
  return options;
}

}  // namespace

TEST_CASE("bytes go there and back, whatever the compression") {
  for (const auto kind :
       {Compression::none, Compression::gzip, Compression::zstd, Compression::brotli}) {
    CAPTURE(to_string(kind));
    Server server(echo, with({.compression = kind}));
    Loop loop;
    const auto end = must(dial(loop, server.endpoint(), {.connection = {.compression = kind}}));
    std::string sent;
    for (unsigned i = 0; i < 50; ++i) {
      const std::string piece = noise(i * i * 100 + 1, i);
      sent += piece;
      REQUIRE(end->send(piece));
    }
    CHECK(end->wait_for_bytes(sent.size()) == sent);
    CHECK(end->run([](Connection& c) { return c.unsent(); }) == 0);
    end->run([](Connection& c) { return c.close(), 0; });
    CHECK(end->wait_for_close().is_clean);
    CHECK(server.wait_for_end()->wait_for_close().is_clean);
    CHECK(server.wait_for_end()->received() == sent);
  }
}

TEST_CASE("what is sent in one turn leaves in order, owned, copied and constant") {
  for (const auto kind : {Compression::none, Compression::zstd}) {
    CAPTURE(to_string(kind));
    Server server(keep_all, with({.compression = kind}));
    Loop loop;
    const auto end = must(dial(loop, server.endpoint(), {.connection = {.compression = kind}}));
    std::string expected;
    end->run([&](Connection& connection) {
      CHECK(connection.send(""));
      for (unsigned i = 0; i < 200; ++i) {
        const std::string text = noise(i * 120, i) + ";";  // up to more than a block holds
        expected += text + "!" + text;
        CHECK(connection.send(text));
        CHECK(connection.send(""));
        CHECK(connection.send(Bytes::constant("!")));
        CHECK(connection.send(Bytes::own(std::vector<char>(text.begin(), text.end()))));
      }
      return 0;
    });
    CHECK(server.wait_for_end()->wait_for_bytes(expected.size()) == expected);
  }
}

TEST_CASE("bytes that are not consumed are shown again with those that follow") {
  Server server(echo_lines);
  RawSocket peer(server.endpoint());
  const std::string line = noise(200'000) + "end";
  const std::string text = "no\nnewline" + std::string("\n") + "half";
  peer.write(text);
  CHECK(peer.read(11) == "no\nnewline\n");
  peer.write(" a line\nx\n");
  CHECK(peer.read(14) == "half a line\nx\n");
  for (const char letter : std::string_view("bytes\n")) peer.write({&letter, 1});
  CHECK(peer.read(6) == "bytes\n");
}

TEST_CASE("a message beyond the read limit ends the connection") {
  Server server([](End&, std::string_view) { return std::size_t{0}; },
                with({.read_limit = 100'000}));
  RawSocket peer(server.endpoint());
  peer.write(std::string(100'000, 'x'));
  const auto end = server.wait_for_end();
  peer.write("y");
  const Closed closed = end->wait_for_close();
  CHECK(closed.code == ErrorCode::invalid_remote_message);
  CHECK(closed.message.find("larger than 100000 bytes") != closed.message.npos);
  CHECK(peer.read(1).empty());
}

TEST_CASE("a message of exactly the read limit is seen whole") {
  std::atomic<std::size_t> largest = 0;
  Server server(
      [&](End&, std::string_view bytes) {
        largest = std::max(largest.load(), bytes.size());
        return bytes.size() == 100'000 ? bytes.size() : 0;
      },
      with({.read_limit = 100'000}));
  RawSocket peer(server.endpoint());
  peer.write(noise(100'000));
  CHECK(server.wait_for_end()->wait_for_bytes(100'000).size() == 100'000);
  CHECK(largest == 100'000);
}

TEST_CASE("while paused nothing is read, and the peer is held back") {
  for (const auto kind : {Compression::none, Compression::zstd}) {
    CAPTURE(to_string(kind));
    std::atomic<int> calls = 0;
    Server server(
        [&](End& end, std::string_view bytes) {
          ++calls;
          end.connection().pause();
          return bytes.size();
        },
        with({.compression = kind, .receive_buffer = 64 * 1024}));
    Loop loop;
    const auto end = must(dial(loop, server.endpoint(),
                               {.connection = {.compression = kind,
                                               .high_watermark = 100'000,
                                               .write_limit = 8'000'000,
                                               .send_buffer = 64 * 1024}}));
    const std::string data = noise(8'000'000);
    REQUIRE(end->send(data));
    const auto far = server.wait_for_end();
    far->wait_for_bytes(1);
    CHECK(end->run([](Connection& c) { return c.is_congested(); }));
    CHECK(!end->send(std::string(8'000'000, 'x')));
    for (int i = 0; i < 20; ++i) {
      // Some turns of the loop, in which nothing is shown or read.
      const int before = calls;
      const auto read_before = far->run([](Connection& c) { return c.bytes_read(); });
      for (int turn = 0; turn < 5; ++turn) far->run([](Connection&) { return 0; });
      CHECK(calls == before);
      CHECK(far->run([](Connection& c) { return c.bytes_read(); }) == read_before);
      CHECK(end->run([](Connection& c) { return c.unsent(); }) > 1'000'000);
    }
    std::size_t seen = far->received().size();
    while (seen < data.size()) {
      far->run([](Connection& c) { return c.resume(), 0; });
      seen = far->wait_for_bytes(seen + 1).size();
    }
    CHECK(far->received() == data);
    end->wait_for_drained();
    CHECK(!end->run([](Connection& c) { return c.is_congested(); }));
  }
}

TEST_CASE("left over bytes are shown again after resume, without new ones") {
  std::atomic<int> calls = 0;
  Server server([&](End& end, std::string_view bytes) {
    end.connection().pause();
    return ++calls == 1 ? std::size_t{3} : bytes.size();
  });
  RawSocket peer(server.endpoint());
  peer.write("abcdef");
  const auto end = server.wait_for_end();
  CHECK(end->wait_for_bytes(3).substr(0, 3) == "abc");
  end->run([](Connection& c) { return c.resume(), 0; });
  CHECK(end->wait_for_bytes(6) == "abcdef");
}

TEST_CASE("a sender beyond the write limit is told, and what it had sent still arrives") {
  const RawSocket listening = RawSocket::listening();
  Loop loop;
  const auto end = must(dial(loop, listening.endpoint(),
                             {.connection = {.write_limit = 1'000'000, .send_buffer = 16 * 1024}}));
  const RawSocket peer = listening.accept();
  std::size_t accepted = 0;
  std::optional<Error> refused;
  while (!refused) {
    end->run([&](Connection& connection) {
      if (auto sent = connection.send(std::string(10'000, 'x')); sent) {
        accepted += 10'000;
      } else {
        refused = std::move(sent).error();
      }
      return 0;
    });
  }
  CHECK(refused->code() == ErrorCode::remote_send_backpressure);
  CHECK(refused->message().find("wait to be written") != std::string::npos);
  CHECK(end->run([](Connection& c) { return c.unsent(); }) <= 1'000'000);
  CHECK(peer.read(accepted).size() == accepted);
}

TEST_CASE("a peer that stops reading is given up after the write timeout") {
  const RawSocket listening = RawSocket::listening();
  Loop loop;
  const auto end = must(dial(loop, listening.endpoint(),
                             {.connection = {.write_timeout = 50ms, .send_buffer = 16 * 1024}}));
  const RawSocket peer = listening.accept();
  REQUIRE(end->send(std::string(20'000'000, 'x')));
  const Closed closed = end->wait_for_close();
  CHECK(closed.code == ErrorCode::request_timeout);
  CHECK(closed.message.find("stopped reading") != closed.message.npos);
}

TEST_CASE("an idle peer is closed, and bytes of half a message do not save it") {
  Server server(echo_lines, with({.idle_timeout = 300ms}));
  const auto begin = std::chrono::steady_clock::now();
  RawSocket peer(server.endpoint());
  std::thread dripping([&] {
    const auto end = server.wait_for_end();
    while (!end->is_closed()) {
      peer.write("x");
      std::this_thread::yield();
    }
  });
  const Closed closed = server.wait_for_end()->wait_for_close();
  dripping.join();
  CHECK(closed.code == ErrorCode::request_timeout);
  CHECK(std::chrono::steady_clock::now() - begin >= 300ms);
}

TEST_CASE("while paused a connection is not idle") {
  Server server(
      [](End& end, std::string_view bytes) {
        end.connection().pause();
        return bytes.size();
      },
      with({.idle_timeout = 100ms}));
  // The request is there before the server accepts: it is not idle then, however slow the machine.
  std::promise<void> is_sent;
  server.loops()[0].post([sent = is_sent.get_future()]() mutable { sent.wait(); });
  RawSocket peer(server.endpoint());
  peer.write("request");
  is_sent.set_value();
  const auto end = server.wait_for_end();
  end->wait_for_bytes(7);
  Timer timer(server.loops()[0]);
  std::promise<bool> was_open;
  on_loop(server.loops()[0], [&] {
    timer.start(300ms, [&] { was_open.set_value(end->connection().is_open()); });
    return 0;
  });
  CHECK(was_open.get_future().get());
  end->run([](Connection& c) { return c.resume(), 0; });
  CHECK(end->wait_for_close().code == ErrorCode::request_timeout);
}

TEST_CASE("a peer that goes between messages is a clean end, within one it is an error") {
  Server server(echo_lines);
  {
    RawSocket peer(server.endpoint());
    peer.write("one\n");
    CHECK(peer.read(4) == "one\n");
  }
  CHECK(server.wait_for_end(0)->wait_for_close().is_clean);
  {
    RawSocket peer(server.endpoint());
    peer.write("one\ntw");
    CHECK(peer.read(4) == "one\n");
  }
  const Closed closed = server.wait_for_end(1)->wait_for_close();
  CHECK(closed.code == ErrorCode::connection_lost);
  CHECK(closed.message.find("2 bytes of it had come") != closed.message.npos);
}

TEST_CASE("a peer that only says that it will not write more gets its answers") {
  Server server(echo_lines);
  RawSocket peer(server.endpoint());
  std::string lines;
  for (int i = 0; i < 1000; ++i) lines += noise(1000) + "\n";
  std::thread writing([&] {
    peer.write(lines);
    peer.end_writing();
  });
  CHECK(peer.read(2 * lines.size()) == lines);
  writing.join();
  CHECK(server.wait_for_end()->wait_for_close().is_clean);
}

TEST_CASE("a reset is an error, told once") {
  Server server(keep_all);
  RawSocket peer(server.endpoint());
  peer.write("x");
  const auto end = server.wait_for_end();
  end->wait_for_bytes(1);
  peer.reset();
  const Closed closed = end->wait_for_close();
  CHECK(closed.code == ErrorCode::connection_lost);
  CHECK(closed.message.starts_with("connection with 127.0.0.1:"));
  CHECK(!end->send("late"));
}

TEST_CASE("close writes what waits, also beyond the kernel's buffers") {
  for (const auto kind : {Compression::none, Compression::gzip}) {
    const RawSocket listening = RawSocket::listening();
    Loop loop;
    const auto end = must(dial(
        loop, listening.endpoint(),
        {.connection = {.compression = kind, .close_timeout = 60s, .send_buffer = 16 * 1024}}));
    const RawSocket peer = listening.accept();
    const std::string data = noise(3'000'000);
    end->run([&](Connection& connection) {
      CHECK(connection.send(data));
      connection.close();
      CHECK(!connection.is_open());
      CHECK(!connection.send("too late"));
      return 0;
    });
    const std::string got = peer.read(10'000'000);
    CHECK(end->wait_for_close().is_clean);
    if (kind == Compression::none) {
      CHECK(got == data);
    } else {
      CHECK(got.size() > data.size());
    }
  }
}

TEST_CASE("a close that cannot write everything in time is an error") {
  const RawSocket listening = RawSocket::listening();
  Loop loop;
  const auto end = must(dial(loop, listening.endpoint(),
                             {.connection = {.close_timeout = 50ms, .send_buffer = 16 * 1024}}));
  const RawSocket peer = listening.accept();
  end->run([&](Connection& connection) {
    CHECK(connection.send(std::string(20'000'000, 'x')));
    connection.close();
    return 0;
  });
  CHECK(end->wait_for_close().code == ErrorCode::request_timeout);
}

TEST_CASE("lingering, the last answer survives bytes that nobody has read") {
  Server server(
      [](End& end, std::string_view bytes) {
        CHECK(end.connection().send("refused"));
        end.connection().close();
        return bytes.size();
      },
      with({.linger = 60s}));
  RawSocket peer(server.endpoint());
  peer.write("request");
  CHECK(peer.read(7) == "refused");
  peer.write(noise(500'000));  // would be answered by a reset
  CHECK(peer.read(1).empty());
  CHECK(!server.wait_for_end()->is_closed());
  peer.close();
  CHECK(server.wait_for_end()->wait_for_close().is_clean);
}

TEST_CASE("abort loses what waits and still tells the handler") {
  const RawSocket listening = RawSocket::listening();
  Loop loop;
  const auto end = must(dial(loop, listening.endpoint()));
  const RawSocket peer = listening.accept();
  end->run([&](Connection& connection) {
    CHECK(connection.send(std::string(20'000'000, 'x')));
    connection.abort();
    return 0;
  });
  CHECK(end->wait_for_close().is_clean);
  CHECK(peer.read(20'000'000).size() < 20'000'000);
}

TEST_CASE("a handler may close, abort or let go of its connection while it is called") {
  for (const int how : {0, 1, 2}) {
    Server server([how](End& end, std::string_view bytes) {
      CHECK(end.connection().send("bye"));
      if (how == 0) end.connection().close();
      if (how == 1) end.connection().abort();
      if (how == 2) end.connection() = Connection();
      return bytes.size();
    });
    RawSocket peer(server.endpoint());
    peer.write("hello");
    CHECK(peer.read(10) == (how == 0 ? "bye" : ""));
    if (how != 2) CHECK(server.wait_for_end()->wait_for_close().is_clean);
  }
}

TEST_CASE("letting go of a connection on any thread closes it without a call") {
  const RawSocket listening = RawSocket::listening();
  Loop loop;
  std::promise<Connection> promise;
  connect(loop, listening.endpoint(), {}, [&](Result<Connection> connection) {
    promise.set_value(must(std::move(connection)));
  }).detach();
  std::optional<Connection> connection(promise.get_future().get());
  const RawSocket peer = listening.accept();
  connection.reset();
  CHECK(peer.read(1).empty());
}

TEST_CASE("handlers are released after their end") {
  std::weak_ptr<End> watched;
  Loop loop;
  {
    Server server;
    const auto end = must(dial(loop, server.endpoint()));
    watched = end;
    end->run([](Connection& c) { return c.close(), 0; });
    end->wait_for_close();
  }
  loop.stop();
  CHECK(watched.expired());
}

TEST_CASE("ends that are not set alike close with a reason, none hangs but brotli") {
  const std::string frame = std::string("\0\0\0\x40\0\0\0\x10", 8) + "internalpb.Ping" + "body";
  for (const auto kind : {Compression::gzip, Compression::zstd}) {
    Server server(keep_all, with({.compression = kind}));
    RawSocket peer(server.endpoint());
    peer.write(frame);
    const Closed closed = server.wait_for_end()->wait_for_close();
    CHECK(closed.code == ErrorCode::invalid_remote_message);
    CHECK(closed.message.find(std::string(to_string(kind)) + " stream") != closed.message.npos);
  }
  Server server(keep_all, with({.compression = Compression::brotli, .idle_timeout = 50ms}));
  RawSocket peer(server.endpoint());
  peer.write(frame.substr(0, 4));
  CHECK(!server.wait_for_end()->wait_for_close().is_clean);
}

TEST_CASE("a bomb is decoded no further than its reader reads") {
  std::atomic<std::size_t> largest = 0;
  Server server(
      [&](End&, std::string_view bytes) {
        largest = std::max(largest.load(), bytes.size());
        return std::size_t{0};
      },
      with({.compression = Compression::zstd, .read_limit = 1'000'000}));
  Loop loop;
  const auto end =
      must(dial(loop, server.endpoint(), {.connection = {.compression = Compression::zstd}}));
  CHECK(end->send(std::string(50'000'000, 'a')));
  CHECK(server.wait_for_end()->wait_for_close().code == ErrorCode::invalid_remote_message);
  CHECK(largest == 1'000'000);
}

TEST_CASE("stopping the loop tells every handler, in the middle of traffic") {
  Server server(echo, {}, 2);
  Loop loop;
  std::vector<std::shared_ptr<End>> ends;
  for (int i = 0; i < 20; ++i) {
    // Each echo is echoed: traffic that never ends.
    ends.push_back(must(dial(loop, server.endpoint(), {}, echo)));
    CHECK(ends.back()->send(noise(100'000)));
  }
  for (const auto& end : ends) end->wait_for_bytes(200'000);
  loop.stop();
  for (const auto& end : ends) CHECK(end->wait_for_close().code == ErrorCode::system_shutting_down);
  CHECK(!ends[0]->connection().post([] {}));
  for (std::size_t i = 0; i < ends.size(); ++i) server.wait_for_end(i)->wait_for_close();
}

TEST_CASE("connect reports who does not answer, and can be given up") {
  Loop loop;
  Endpoint nobody;
  {
    const RawSocket gone = RawSocket::listening();
    nobody = gone.endpoint();
  }
  const auto refused = dial(loop, nobody);
  REQUIRE(!refused);
  CHECK(refused.error().code() == ErrorCode::unreachable);
  CHECK(refused.error().message() == "connect to " + nobody.to_string() + ": Connection refused");

  // A TLS server that never speaks: the time is up for the handshake as well.
  const RawSocket silent = RawSocket::listening();
  const auto late = dial(loop, silent.endpoint(),
                         {.timeout = 50ms, .tls = must(TlsContext::client({.verify = false}))});
  REQUIRE(!late);
  CHECK(late.error().code() == ErrorCode::request_timeout);

  auto held = std::make_shared<int>();
  std::atomic<bool> is_called = false;
  auto connecting =
      connect(loop, silent.endpoint(), {.tls = must(TlsContext::client({.verify = false}))},
              [&is_called, held](const Result<Connection>&) { is_called = true; });
  const RawSocket first = silent.accept();
  const RawSocket accepted = silent.accept();
  CHECK(accepted.read(1) == "\x16");  // its hello has come
  connecting.cancel();
  accepted.read(100'000);  // until it is closed
  loop.stop();
  CHECK(!is_called);
  CHECK(held.use_count() == 1);
}

TEST_CASE("a loop that ends answers those who wait for a connection") {
  const RawSocket silent = RawSocket::listening();
  auto loop = std::make_unique<Loop>();
  std::promise<ErrorCode> promise;
  connect(*loop, silent.endpoint(), {.tls = must(TlsContext::client({.verify = false}))},
          [&](const Result<Connection>& connection) {
            promise.set_value(connection ? ErrorCode::internal : connection.error().code());
          })
      .detach();
  const RawSocket accepted = silent.accept();
  loop->stop();
  CHECK(promise.get_future().get() == ErrorCode::system_shutting_down);
}

TEST_CASE("polling changes nothing but the waiting") {
  Loops server_loops(1, {.polling = 40us});
  auto listener = must(Listener::open(server_loops, {}, [](Connection connection, Loop&) {
    End::start(std::move(connection), echo);
  }));
  Loop loop({.polling = 40us});
  const auto end = must(dial(loop, listener.local()));
  for (std::size_t i = 1; i <= 300; ++i) {
    CHECK(end->send("ping"));
    end->wait_for_bytes(4 * i);
  }
  loop.stop();
  server_loops.stop();
}
