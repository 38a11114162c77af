#include "goakt/remoting/server.h"

#include "goakt/net/connect.h"
#include "tests/unit/remoting/support.h"

#include <future>
#include <internal/remoting.pb.h>

using namespace goakt;
using namespace goakt::remoting;

namespace {

// Collects what a server answers.
class Client final : public net::ConnectionHandler {
 public:
  std::size_t on_data(std::string_view bytes) override {
    std::lock_guard lock(mutex_);
    heard_ += bytes;
    return bytes.size();
  }

  void on_close(Status) override {
    std::lock_guard lock(mutex_);
    is_closed_ = true;
  }

  std::string heard() {
    std::lock_guard lock(mutex_);
    return heard_;
  }

  bool is_closed() {
    std::lock_guard lock(mutex_);
    return is_closed_;
  }

  net::Connection connection;

 private:
  std::mutex mutex_;
  std::string heard_;
  bool is_closed_ = false;
};

struct Fixture {
  explicit Fixture(net::Compression compression = net::Compression::none) {
    SystemOptions options;
    options.port = 9000;
    auto made = ActorSystem::create("sys", std::move(options));
    REQUIRE(made);
    system = *std::move(made);
    REQUIRE(system->start());
    auto opened =
        Server::open(loops, std::make_shared<Service>(*system), {.compression = compression});
    REQUIRE(opened);
    server = std::make_unique<Server>(*std::move(opened));
    net::ConnectOptions connect;
    connect.connection.compression = compression;
    std::promise<void> done;
    net::connect(loops[0], server->local(), connect, [&](Result<net::Connection> connection) {
      REQUIRE(connection);
      client->connection = *std::move(connection);
      client->connection.start(client);
      done.set_value();
    }).detach();
    done.get_future().get();
  }

  ~Fixture() { loops.stop(); }

  void send(std::string bytes) {
    client->connection.post([c = client, b = std::move(bytes)] { CHECK(c->connection.send(b)); });
  }

  std::unique_ptr<ActorSystem> system;
  net::Loops loops{2};
  std::unique_ptr<Server> server;
  std::shared_ptr<Client> client = std::make_shared<Client>();
};

std::string lookup(const std::string& name) {
  internalpb::RemoteLookupRequest query;
  query.set_host("127.0.0.1");
  query.set_port(9000);
  query.set_name(name);
  return frame_of(query);
}

}  // namespace

TEST_CASE("a server answers many requests on one connection, compressed or not") {
  for (const auto compression : {net::Compression::none, net::Compression::zstd}) {
    Fixture f(compression);
    std::string requests;
    for (int i = 0; i < 100; ++i) requests += lookup("GoAktUserGuardian");
    f.send(std::move(requests));
    const std::size_t one = frame_of([] {
                              internalpb::RemoteLookupResponse response;
                              response.set_address("goakt://sys@127.0.0.1:9000/GoAktUserGuardian");
                              return response;
                            }())
                                .size();
    CHECK(eventually([&] { return f.client->heard().size() == 100 * one; }));
    CHECK(f.server->connections() == 1);
  }
}

TEST_CASE("a connection with a malformed request ends after the answers before it") {
  Fixture f;
  f.send(lookup("GoAktUserGuardian") + "GET / HTTP/1.1\r\n\r\n");
  CHECK(eventually([&] { return f.client->is_closed(); }));
  CHECK(answers<internalpb::RemoteLookupResponse>(f.client->heard()).size() == 1);
}

TEST_CASE("a closed server takes no connections and refuses requests") {
  Fixture f;
  f.server->close();
  f.send(lookup("GoAktUserGuardian"));
  CHECK(eventually([&] { return !f.client->heard().empty(); }));
  const std::string bytes = f.client->heard();
  const auto frame = wire::parse_frame(bytes, wire::FrameKind::response);
  REQUIRE(frame);
  CHECK(frame->type_name == wire::kErrorType);
}
