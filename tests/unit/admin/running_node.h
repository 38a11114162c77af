#pragma once

#include "goakt/admin/service.h"
#include "goakt/config/settings.h"
#include "goakt/node/node.h"
#include "goakt/node/plugin.h"
#include "tests/unit/admin/support.h"

#include <doctest/doctest.h>
#include <google/protobuf/wrappers.pb.h>

#include <memory>
#include <optional>
#include <stdexcept>
#include <string>

namespace goakt::admin {

// Answers what it gets; "boom" makes it fail, "drop" it does not handle.
class Parrot final : public Actor {
  google::protobuf::StringValue say(const google::protobuf::StringValue& text) {
    if (text.value() == "boom") throw std::runtime_error("boom");
    return text;
  }

 public:
  static constexpr auto handles = handlers(&Parrot::say);
};

// A node with its admin API on a socket and a port of its own.
class Running {
 public:
  Running() : Running(std::initializer_list<std::pair<std::string, std::string>>{}) {}

  explicit Running(std::initializer_list<std::pair<std::string, std::string>> more) {
    Kinds kinds;
    Plugin plugin(kinds, "test");
    plugin.actor<Parrot>("test.quiet");
    config::Settings::Given given{{"admin.listen", "127.0.0.1:0"},
                                  {"admin.socket", folder_ / "admin.sock"},
                                  {"admin.rate", "0"},
                                  {"remoting.enabled", "false"}};
    given.insert(given.end(), more.begin(), more.end());
    settings_ = must(config::Settings::load(config::Sources{.flags = given, .check_files = false}));
    node_ = must(node::Node::create(settings_, std::move(kinds)));
    REQUIRE(node_->start());
    service_ = must(Service::start(settings_, *node_));
    REQUIRE(service_->urls().size() == 2);
  }

  http::Client by_socket() const { return client(0); }

  http::Client by_port(http::Client::Timeouts timeouts = {}) const { return client(1, timeouts); }

  node::Node& node() { return *node_; }

  const Service& service() const { return *service_; }

  const config::Settings& settings() const { return settings_; }

  void stop_service() { service_.reset(); }

  void spawn(const std::string& name) {
    node::SpawnRequest spawn;
    spawn.name = name;
    spawn.kind = "test.quiet";
    REQUIRE(node_->spawn(spawn));
  }

 private:
  http::Client client(std::size_t url, http::Client::Timeouts timeouts = {}) const {
    return http::Client(*http::Address::parse(service_->urls()[url]), timeouts);
  }

  ScratchFolder folder_;
  config::Settings settings_;
  std::unique_ptr<node::Node> node_;
  std::unique_ptr<Service> service_;
};

inline http::Response call(http::Client& client, const http::Request& request) {
  auto response = client.send(request);
  REQUIRE(response);
  return *std::move(response);
}

inline int status_of(http::Client& client, const http::Request& request) {
  const auto response = client.send(request);
  return response ? response->status : -1;
}

inline http::Request with_header(http::Request request, std::string name, std::string value) {
  request.headers.push_back({std::move(name), std::move(value)});
  return request;
}

inline bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

}  // namespace goakt::admin
