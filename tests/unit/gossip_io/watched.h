#pragma once

#include "goakt/gossip/io/shell.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <future>
#include <memory>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

namespace goakt::gossip {

using Happening = MemberEvent::Kind;

inline constexpr auto kPatience = std::chrono::seconds(60);

// A member, and what it was told.
class Watched {
 public:
  explicit Watched(const std::string& name, Config config = quick(), ShellOptions options = {}) {
    config.name = name;
    options.on_event = [this](const MemberEvent& event) { note(event); };
    options.on_data = [this](const std::string& bytes) { note(bytes); };
    auto started = Shell::start(std::move(config), std::move(options));
    if (!started) must_failed(started.error(), __FILE__, __LINE__);
    shell_ = *std::move(started);
  }

  ~Watched() { shell_->stop(); }

  // Failures are found soon, but a machine that is busy is not taken for one that is dead.
  static Config quick() {
    auto config = Config::local();
    config.probe_interval = std::chrono::milliseconds(200);
    config.probe_timeout = std::chrono::milliseconds(100);
    config.gossip_interval = std::chrono::milliseconds(20);
    config.push_pull_interval = std::chrono::seconds(1);
    config.tcp_timeout = std::chrono::seconds(20);
    return config;
  }

  Shell& shell() { return *shell_; }

  CallDone join(Watched& other) { return join(other.shell_->local()); }

  CallDone join(const net::Endpoint& other) {
    return result([&](Shell::Done done) { shell_->join({other}, std::move(done)); });
  }

  template <class Call>
  static CallDone result(Call call) {
    auto promise = std::make_shared<std::promise<CallDone>>();
    auto future = promise->get_future();
    call([promise](const CallDone& done) { promise->set_value(done); });
    REQUIRE(future.wait_for(kPatience) == std::future_status::ready);
    return future.get();
  }

  bool eventually(Happening kind, const std::string& name, const std::string& meta = {},
                  Duration time = kPatience) {
    return wait([&] { return saw(kind, name, meta); }, time);
  }

  // As a join or as an update.
  bool eventually_knows(const std::string& name, const std::string& meta, Duration time) {
    return wait(
        [&] { return saw(Happening::join, name, meta) || saw(Happening::update, name, meta); },
        time);
  }

  bool eventually_hears(const std::string& bytes) {
    return wait([&] { return std::find(data_.begin(), data_.end(), bytes) != data_.end(); },
                kPatience);
  }

  // What it was told so far does not count any more.
  void forget() {
    std::lock_guard lock(mutex_);
    events_.clear();
  }

  bool knows(const std::string& name) const {
    const auto members = shell_->members();
    return std::any_of(members.begin(), members.end(),
                       [&](const MemberInfo& member) { return member.name == name; });
  }

 private:
  void note(const MemberEvent& event) {
    std::lock_guard lock(mutex_);
    events_.push_back(event);
    changed_.notify_all();
  }

  void note(const std::string& bytes) {
    std::lock_guard lock(mutex_);
    data_.push_back(bytes);
    changed_.notify_all();
  }

  // With mutex_ held.
  bool saw(Happening kind, const std::string& name, const std::string& meta) const {
    return std::any_of(events_.begin(), events_.end(), [&](const MemberEvent& event) {
      return event.kind == kind && event.member.name == name &&
             (meta.empty() || event.member.meta.bytes == meta);
    });
  }

  template <class Condition>
  bool wait(Condition condition, Duration time) {
    std::unique_lock lock(mutex_);
    return changed_.wait_for(lock, time, condition);
  }

  std::mutex mutex_;  // guards events_, data_
  std::condition_variable changed_;
  std::vector<MemberEvent> events_;
  std::vector<std::string> data_;
  std::unique_ptr<Shell> shell_;
};

}  // namespace goakt::gossip
