// A server that can be made to answer what a node never would: 502, broken streams, no answer.
#include "goakt/admin/client/client.h"

#include <doctest/doctest.h>
#include <httplib.h>

#include <atomic>
#include <thread>

using namespace goakt;
using namespace goakt::admin;

namespace {

class FakeServer {
 public:
  using Handler = std::function<void(const httplib::Request&, httplib::Response&)>;

  explicit FakeServer(Handler handler) {
    server_.Get(".*", handler);
    server_.Post(".*", handler);
    port_ = server_.bind_to_any_port("127.0.0.1");
    thread_ = std::thread([this] { server_.listen_after_bind(); });
    while (!server_.is_running()) std::this_thread::yield();
  }

  ~FakeServer() {
    server_.stop();
    thread_.join();
  }

  FakeServer(const FakeServer&) = delete;
  FakeServer& operator=(const FakeServer&) = delete;

  std::string url() const { return "http://127.0.0.1:" + std::to_string(port_); }

 private:
  httplib::Server server_;
  int port_ = 0;
  std::thread thread_;
};

Client client_of(std::vector<std::string> urls, int retries = 2) {
  auto endpoints = parse_endpoints(urls);
  REQUIRE(endpoints);
  Client::Options options;
  options.retries = retries;
  return {*std::move(endpoints), std::move(options)};
}

FakeServer::Handler always(int status, std::atomic<int>& calls) {
  return [status, &calls](const httplib::Request&, httplib::Response& response) {
    ++calls;
    response.status = status;
    response.set_content("{}", "application/json");
  };
}

}  // namespace

TEST_CASE("a read passes over an endpoint that says 502 or 503 and stays with the good one") {
  for (const int status : {502, 503, 429, 504}) {
    std::atomic<int> bad_calls{0};
    std::atomic<int> good_calls{0};
    FakeServer bad(always(status, bad_calls));
    FakeServer good(always(200, good_calls));
    Client client = client_of({bad.url(), good.url()});
    CHECK(client.get("/v1"));
    CHECK(client.get("/v1"));
    CHECK(bad_calls == 1);
    CHECK(good_calls == 2);
  }
}

TEST_CASE("a write goes elsewhere when it was turned away, never when somebody may have done it") {
  std::atomic<int> bad_calls{0};
  std::atomic<int> good_calls{0};
  FakeServer away(always(503, bad_calls));
  FakeServer good(always(200, good_calls));
  Client first = client_of({away.url(), good.url()});
  CHECK(first.post("/v1", "{}"));
  CHECK(good_calls == 1);
  for (const int status : {502, 504}) {
    FakeServer unsure(always(status, bad_calls));
    Client second = client_of({unsure.url(), good.url()});
    CHECK(!second.post("/v1", "{}"));
    CHECK(good_calls == 1);
  }
}

TEST_CASE("every try of a POST carries the same key, every call another request id") {
  std::vector<std::string> keys;
  std::vector<std::string> ids;
  FakeServer server([&](const httplib::Request& request, httplib::Response& response) {
    keys.push_back(request.get_header_value("Idempotency-Key"));
    ids.push_back(request.get_header_value("X-Request-Id"));
    response.status = keys.size() == 1 ? 503 : 200;
  });
  Client client = client_of({server.url()});
  CHECK(client.post("/v1", "{}"));
  CHECK(client.post("/v1", "{}"));
  REQUIRE(keys.size() == 3);
  CHECK(keys[0] == keys[1]);
  CHECK(keys[1] != keys[2]);
  CHECK(keys[0].size() == 26);
  CHECK(ids[0] == ids[1]);
  CHECK(ids[1] != ids[2]);
}

TEST_CASE("the token goes along and never into the trace") {
  std::string got;
  FakeServer server([&](const httplib::Request& request, httplib::Response& response) {
    got = request.get_header_value("Authorization");
    response.status = 200;
  });
  auto endpoints = parse_endpoints({server.url()});
  REQUIRE(endpoints);
  std::string said;
  Client::Options options;
  options.token = "s3cret";
  options.trace_level = 3;
  options.trace = [&](std::string_view line) { said.append(line).append("\n"); };
  Client client(*std::move(endpoints), options);
  CHECK(client.post("/v1", "{\"a\":1}"));
  CHECK(got == "Bearer s3cret");
  CHECK(said.find("s3cret") == std::string::npos);
  CHECK(said.find("{\"a\":1}") != std::string::npos);
}

TEST_CASE("a stream gives its pieces, and an error its document") {
  FakeServer server([&](const httplib::Request& request, httplib::Response& response) {
    if (request.path == "/bad") {
      response.status = 404;
      response.set_content(R"({"code":"actor-not-found","detail":"none"})",
                           "application/problem+json");
      return;
    }
    response.set_chunked_content_provider("application/x-ndjson", [](std::size_t,
                                                                     httplib::DataSink& sink) {
      for (const std::string line : {"{\"id\":\"1\"}\n", "{\"id\":\"2\"}\n", "{\"id\":\"3\"}\n"})
        sink.write(line.data(), line.size());
      sink.done();
      return true;
    });
  });
  Client client = client_of({server.url()});
  std::string all;
  CHECK(client.stream({"GET", "/v1/events", {}, {}, {}}, [&](std::string_view piece) {
    all += piece;
    return true;
  }));
  CHECK(all == "{\"id\":\"1\"}\n{\"id\":\"2\"}\n{\"id\":\"3\"}\n");
  // Ended by the receiver: a success.
  CHECK(client.stream({"GET", "/v1/events", {}, {}, {}}, [&](std::string_view) { return false; }));
  const auto refused =
      client.stream({"GET", "/bad", {}, {}, {}}, [](std::string_view) { return true; });
  REQUIRE(!refused);
  CHECK(refused.error().code == "actor-not-found");
  CHECK(refused.error().exit == 3);
}

TEST_CASE("https is an endpoint too") {
  const auto address = http::Address::parse("https://n1.example:4258");
  REQUIRE(address);
  CHECK(address->tls);
  CHECK(address->to_string() == "https://n1.example:4258");
}
