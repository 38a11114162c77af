#pragma once

#include "goakt/remoting/line.h"
#include "goakt/remoting/service.h"

#include <doctest/doctest.h>

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <future>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

namespace goakt::remoting {

// Connections between nodes of one test without a socket: queues of bytes, all on one thread.
class Cable final : public Dialer {
 public:
  Cable() : thread_([this] { run(); }) {}

  ~Cable() override { stop(); }

  // The node that answers at that port.
  void attach(std::uint16_t port, Service& service) {
    std::lock_guard lock(mutex_);
    services_[port] = &service;
  }

  void detach(std::uint16_t port) {
    std::lock_guard lock(mutex_);
    services_.erase(port);
  }

  // All connections break.
  void cut() {
    post([this] {
      for (const auto& end : std::exchange(ends_, {}))
        end->finish(fail(ErrorCode::connection_lost));
    });
  }

  // What is sent from now on is lost, or arrives again.
  void swallow(bool on) {
    run_there([this, on] { swallows_ = on; });
  }

  int dialled() {
    std::lock_guard lock(mutex_);
    return dialled_;
  }

  void dial(const std::string&, std::uint16_t port,
            net::Function<void(Result<std::unique_ptr<Line>>)> done) override {
    post([this, port, done = std::move(done)]() mutable {
      Service* service = nullptr;
      {
        std::lock_guard lock(mutex_);
        ++dialled_;
        if (const auto found = services_.find(port); found != services_.end())
          service = found->second;
      }
      if (service == nullptr)
        return done(Result<std::unique_ptr<Line>>(fail(ErrorCode::unreachable)));
      auto near = std::make_shared<End>(*this);
      auto far = std::make_shared<End>(*this);
      near->peer = far;
      far->peer = near;
      ends_.push_back(near);
      ends_.push_back(far);
      auto line = std::make_unique<Side>(far);
      Line& started = *line;
      started.start(service->open(std::move(line)));
      done(std::make_unique<Side>(near));
    });
  }

  void stop() {
    {
      std::lock_guard lock(mutex_);
      if (stops_) return;
      stops_ = true;
      changed_.notify_all();
    }
    thread_.join();
    for (const auto& end : ends_) end->finish(fail(ErrorCode::system_shutting_down));
    tasks_.clear();  // they keep nodes, which keep this
  }

 private:
  // Returns when it has run.
  template <class Task>
  void run_there(Task task) {
    std::promise<void> done;
    auto future = done.get_future();
    REQUIRE(post([task, &done] {
      task();
      done.set_value();
    }));
    future.get();
  }

  // One end of a connection; on the cable's thread.
  struct End : std::enable_shared_from_this<End> {
    explicit End(Cable& of) : cable(of) {}

    void receive(std::string_view bytes) {
      waiting += bytes;
      show();
    }

    void show() {
      const auto self = shared_from_this();
      while (handler && !is_paused && !waiting.empty()) {
        const auto current = handler;
        const std::size_t used = current->on_data(waiting);
        waiting.erase(0, used);
        if (used == 0) return;
      }
    }

    void finish(Status why) {
      if (auto ended = std::exchange(handler, nullptr)) ended->on_close(std::move(why));
    }

    Cable& cable;
    std::weak_ptr<End> peer;
    std::shared_ptr<net::ConnectionHandler> handler;
    std::string waiting;
    bool is_paused = false;
  };

  class Side final : public Line {
   public:
    explicit Side(std::shared_ptr<End> end) : end_(std::move(end)) {}

    void start(std::shared_ptr<net::ConnectionHandler> handler) override {
      end_->handler = std::move(handler);
    }

    Status send(net::Bytes bytes) override {
      if (!end_->handler) return fail(ErrorCode::connection_lost);
      if (end_->cable.swallows_) return {};
      end_->cable.post([peer = end_->peer, sent = std::string(bytes.view())] {
        if (const auto far = peer.lock()) far->receive(sent);
      });
      return {};
    }

    bool is_congested() const override { return false; }

    void pause() override { end_->is_paused = true; }

    void resume() override {
      end_->is_paused = false;
      end_->cable.post([end = end_] { end->show(); });
    }

    void close() override {
      end_->cable.post([end = end_] {
        end->finish({});
        if (const auto far = end->peer.lock()) far->finish({});
      });
    }

    bool post(net::Function<void()> task) override { return end_->cable.post(std::move(task)); }

   private:
    std::shared_ptr<End> end_;
  };

  bool post(net::Function<void()> task) {
    std::lock_guard lock(mutex_);
    if (stops_) return false;
    tasks_.push_back(std::move(task));
    changed_.notify_all();
    return true;
  }

  void run() {
    std::unique_lock lock(mutex_);
    for (;;) {
      changed_.wait(lock, [this] { return stops_ || !tasks_.empty(); });
      if (stops_) return;
      auto task = std::move(tasks_.front());
      tasks_.pop_front();
      lock.unlock();
      task();
      task = {};
      lock.lock();
    }
  }

  std::mutex mutex_;  // guards the five below
  std::condition_variable changed_;
  std::deque<net::Function<void()>> tasks_;
  std::map<std::uint16_t, Service*> services_;
  int dialled_ = 0;
  bool stops_ = false;
  // Of the thread.
  std::vector<std::shared_ptr<End>> ends_;
  bool swallows_ = false;
  std::thread thread_;
};

}  // namespace goakt::remoting
