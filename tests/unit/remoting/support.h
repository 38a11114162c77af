#pragma once

#include "goakt/actor/system.h"
#include "goakt/remoting/service.h"
#include "goakt/remoting/session.h"
#include "goakt/wire/frame.h"
#include "goakt/wire/remote_error.h"

#include <doctest/doctest.h>
#include <google/protobuf/wrappers.pb.h>

#include <chrono>
#include <condition_variable>
#include <deque>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

namespace goakt::remoting {

using google::protobuf::StringValue;

inline constexpr auto kPatience = std::chrono::seconds(30);

inline bool eventually(const std::function<bool()>& condition) {
  const auto deadline = std::chrono::steady_clock::now() + kPatience;
  while (!condition()) {
    if (std::chrono::steady_clock::now() > deadline) return false;
    std::this_thread::sleep_for(std::chrono::microseconds(200));
  }
  return true;
}

inline StringValue words(std::string text) {
  StringValue message;
  message.set_value(std::move(text));
  return message;
}

// A connection without a socket: the test's thread is the session's, and runs what others post.
class Queue {
 public:
  std::unique_ptr<Line> line() { return std::make_unique<Side>(state_); }

  // All that the session has sent and the test has not looked at.
  std::string sent() {
    std::lock_guard lock(state_->mutex);
    return std::exchange(state_->sent, {});
  }

  bool is_closed() const { return state_->is_closed; }

  bool is_paused() const { return state_->is_paused; }

  void congest(bool on) { state_->is_congested = on; }

  // Shows the session more bytes, and what it left before.
  void arrive(Session& session, std::string_view bytes) {
    waiting_ += bytes;
    show(session);
  }

  // Waits for a task from another thread and runs it; then shows again what waits.
  void run_posted(Session& session) {
    net::Function<void()> task;
    {
      std::unique_lock lock(state_->mutex);
      REQUIRE(state_->changed.wait_for(lock, kPatience, [&] { return !state_->tasks.empty(); }));
      task = std::move(state_->tasks.front());
      state_->tasks.pop_front();
    }
    task();
    show(session);
  }

  std::size_t posted() {
    std::lock_guard lock(state_->mutex);
    return state_->tasks.size();
  }

 private:
  struct State {
    std::mutex mutex;  // guards sent and tasks
    std::condition_variable changed;
    std::string sent;
    std::deque<net::Function<void()>> tasks;
    bool is_closed = false;
    bool is_paused = false;
    bool is_congested = false;
  };

  class Side final : public Line {
   public:
    explicit Side(std::shared_ptr<State> state) : state_(std::move(state)) {}

    void start(std::shared_ptr<net::ConnectionHandler>) override {}

    Status send(net::Bytes bytes) override {
      std::lock_guard lock(state_->mutex);
      state_->sent += bytes.view();
      return {};
    }

    bool is_congested() const override { return state_->is_congested; }

    void pause() override { state_->is_paused = true; }

    void resume() override { state_->is_paused = false; }

    void close() override { state_->is_closed = true; }

    bool post(net::Function<void()> task) override {
      std::lock_guard lock(state_->mutex);
      state_->tasks.push_back(std::move(task));
      state_->changed.notify_all();
      return true;
    }

   private:
    std::shared_ptr<State> state_;
  };

  void show(Session& session) {
    while (!state_->is_paused && !state_->is_closed && !waiting_.empty()) {
      const std::size_t used = session.on_data(waiting_);
      waiting_.erase(0, used);
      if (used == 0) return;
    }
  }

  std::shared_ptr<State> state_ = std::make_shared<State>();
  std::string waiting_;
};

inline std::string frame_of(const google::protobuf::MessageLite& message,
                            const wire::Metadata* metadata = nullptr) {
  wire::Buffer out;
  REQUIRE(wire::append_frame(out, message, metadata));
  return std::string(out.view());
}

// The bodies of frames of that type, as the class of protoc's.
template <class M>
std::vector<M> answers(std::string_view bytes) {
  std::vector<M> found;
  wire::FrameReader reader;
  while (!bytes.empty()) {
    const auto room = reader.room();
    const std::size_t count = std::min(room.size(), bytes.size());
    std::copy_n(bytes.begin(), count, room.begin());
    reader.commit(count);
    bytes.remove_prefix(count);
    for (;;) {
      const auto next = reader.next();
      REQUIRE(next);
      if (!*next) break;
      const auto frame = wire::parse_frame(**next, wire::FrameKind::response);
      REQUIRE(frame);
      CHECK(frame->type_name == M::descriptor()->full_name());
      REQUIRE(found.emplace_back().ParseFromArray(frame->body.data(),
                                                  static_cast<int>(frame->body.size())));
    }
  }
  return found;
}

}  // namespace goakt::remoting
