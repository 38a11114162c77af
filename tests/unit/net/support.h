#pragma once

#include "goakt/net/connect.h"
#include "goakt/net/connection.h"
#include "goakt/net/listener.h"
#include "goakt/net/loop.h"
#include "tests/unit/net/raw_socket.h"

#include <doctest/doctest.h>

#include <condition_variable>
#include <functional>
#include <future>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace goakt::net {

inline constexpr auto kPatience = std::chrono::seconds(60);

// The value, or the end of the test program with the reason.
template <class T>
T must(Result<T> result) {
  if (!result) must_failed(result.error(), __FILE__, __LINE__);
  return *std::move(result);
}

// Runs it on the loop and waits for what it returns.
template <class Call>
auto on_loop(const Loop& loop, Call call) {
  std::packaged_task<decltype(call())()> task(std::move(call));
  auto result = task.get_future();
  loop.post(std::move(task));
  return result.get();
}

struct Closed {
  bool is_clean = false;
  ErrorCode code = ErrorCode::internal;
  std::string message;
};

// One end of a connection, for a test to look at: any thread. Keeps what comes, unless told what to
// do with it.
class End final : public ConnectionHandler {
 public:
  using React = std::function<std::size_t(End&, std::string_view)>;

  End(Connection connection, React react)
      : connection_(std::move(connection)), react_(std::move(react)) {}

  static std::shared_ptr<End> start(Connection connection, React react = {}) {
    auto end = std::make_shared<End>(std::move(connection), std::move(react));
    end->connection_.start(end);
    return end;
  }

  std::size_t on_data(std::string_view bytes) override {
    const std::size_t consumed = react_ ? react_(*this, bytes) : bytes.size();
    std::lock_guard lock(mutex_);
    received_.append(bytes.substr(0, consumed));
    changed_.notify_all();
    return consumed;
  }

  void on_drained() override {
    std::lock_guard lock(mutex_);
    ++drained_;
    changed_.notify_all();
  }

  void on_close(Status why) override {
    std::lock_guard lock(mutex_);
    ++closes_;
    closed_.emplace();
    closed_->is_clean = why.has_value();
    if (!why) {
      closed_->code = why.error().code();
      closed_->message = why.error().message();
    }
    changed_.notify_all();
  }

  // On the loop's thread only, or through run().
  Connection& connection() { return connection_; }

  template <class Call>
  auto run(Call call) {
    std::packaged_task<decltype(call(connection_))()> task([&] { return call(connection_); });
    auto result = task.get_future();
    REQUIRE(connection_.post([&task] { task(); }));
    return result.get();
  }

  bool send(std::string bytes) {
    return run([&](Connection& connection) {
      return connection.send(Bytes::own(std::move(bytes))).has_value();
    });
  }

  std::string wait_for_bytes(std::size_t count) {
    std::unique_lock lock(mutex_);
    CHECK(changed_.wait_for(lock, kPatience, [&] { return received_.size() >= count || closed_; }));
    return received_;
  }

  Closed wait_for_close() {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, kPatience, [&] { return closed_.has_value(); }));
    CHECK(closes_ == 1);
    return *closed_;
  }

  void wait_for_drained() {
    std::unique_lock lock(mutex_);
    CHECK(changed_.wait_for(lock, kPatience, [&] { return drained_ > 0; }));
  }

  std::string received() const {
    std::lock_guard lock(mutex_);
    return received_;
  }

  bool is_closed() const {
    std::lock_guard lock(mutex_);
    return closed_.has_value();
  }

 private:
  Connection connection_;
  React react_;
  mutable std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::string received_;
  int drained_ = 0;
  int closes_ = 0;
  std::optional<Closed> closed_;
};

inline std::size_t echo(End& end, std::string_view bytes) {
  CHECK(end.connection().send(bytes));
  return bytes.size();
}

// A listener on 127.0.0.1 whose ends the test can look at.
class Server {
 public:
  explicit Server(End::React react = echo, ListenOptions options = {}, std::size_t loops = 1)
      : react_(std::move(react)),
        loops_(loops),
        listener_(must(Listener::open(
            loops_, options,
            [this](Connection connection, Loop&) { accept(std::move(connection)); },
            [this](const Error& error) { fail(error); }))) {}

  ~Server() { loops_.stop(); }

  const Endpoint& endpoint() const { return listener_.local(); }

  Listener& listener() { return listener_; }

  Loops& loops() { return loops_; }

  std::shared_ptr<End> wait_for_end(std::size_t index = 0) {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, kPatience, [&] { return ends_.size() > index; }));
    return ends_[index];
  }

  std::string wait_for_failure() {
    std::unique_lock lock(mutex_);
    REQUIRE(changed_.wait_for(lock, kPatience, [&] { return !failures_.empty(); }));
    return failures_.front();
  }

  std::size_t accepted() {
    std::lock_guard lock(mutex_);
    return ends_.size();
  }

 private:
  void accept(Connection connection) {
    auto end = End::start(std::move(connection), react_);
    std::lock_guard lock(mutex_);
    ends_.push_back(std::move(end));
    changed_.notify_all();
  }

  void fail(const Error& error) {
    std::lock_guard lock(mutex_);
    failures_.push_back(error.message());
    changed_.notify_all();
  }

  const End::React react_;
  std::mutex mutex_;  // guards ends_, failures_
  std::condition_variable changed_;
  std::vector<std::shared_ptr<End>> ends_;
  std::vector<std::string> failures_;
  Loops loops_;
  Listener listener_;
};

inline Result<std::shared_ptr<End>> dial(const Loop& loop, const Endpoint& to,
                                         const ConnectOptions& options = {},
                                         End::React react = {}) {
  std::promise<Result<std::shared_ptr<End>>> promise;
  auto future = promise.get_future();
  connect(loop, to, options, [&](Result<Connection> connection) {
    if (connection) {
      promise.set_value(End::start(*std::move(connection), std::move(react)));
    } else {
      promise.set_value(unexpected(std::move(connection).error()));
    }
  }).detach();
  return future.get();
}

// Bytes that compress badly, always the same.
std::string noise(std::size_t size, unsigned seed = 1);

}  // namespace goakt::net
