#include "demo_kinds.h"

#include <google/protobuf/duration.pb.h>
#include <google/protobuf/empty.pb.h>
#include <google/protobuf/struct.pb.h>
#include <google/protobuf/wrappers.pb.h>

#include <chrono>
#include <stdexcept>
#include <string>

namespace goaktd {

namespace {

using google::protobuf::Duration;
using google::protobuf::Empty;
using google::protobuf::Int64Value;
using google::protobuf::StringValue;
using google::protobuf::Struct;

Int64Value number(std::int64_t value) {
  Int64Value message;
  message.set_value(value);
  return message;
}

class Echo final : public goakt::Actor {
  StringValue text(const StringValue& message) { return message; }

  Struct structure(const Struct& message) { return message; }

  // Bytes of a type that is not compiled in, or that no actor here names.
  goakt::UnknownMessage other(const goakt::UnknownMessage& message) { return message; }

 public:
  static constexpr auto handles = goakt::handlers(&Echo::text, &Echo::structure, &Echo::other);
};

class Counter final : public goakt::Actor {
  Int64Value add(const Int64Value& message) { return number(sum_ += message.value()); }

  Int64Value get(const Empty&) { return number(sum_); }

  std::int64_t sum_ = 0;

 public:
  static constexpr auto handles = goakt::handlers(&Counter::add, &Counter::get);
};

class Sleeper final : public goakt::Actor {
  goakt::Task<goakt::Result<Duration>> sleep(const Duration& message, goakt::ReceiveContext& ctx) {
    const auto time =
        std::chrono::seconds(message.seconds()) + std::chrono::nanoseconds(message.nanos());
    const goakt::Status slept = co_await ctx.sleep(time);
    if (!slept) co_return goakt::unexpected(slept.error().clone());
    co_return message;
  }

 public:
  static constexpr auto handles = goakt::handlers(&Sleeper::sleep);
};

class Crasher final : public goakt::Actor {
  Int64Value crash(const StringValue& message) { throw std::runtime_error(message.value()); }

  Int64Value survived(const Empty&) { return number(++calls_); }

  std::int64_t calls_ = 0;

 public:
  static constexpr auto handles = goakt::handlers(&Crasher::crash, &Crasher::survived);
};

class Pinger final : public goakt::Actor {
  goakt::Result<Duration> start(const Duration& message, goakt::ReceiveContext& ctx) {
    if (message.seconds() < 0 || message.seconds() > kLongest.count() || message.nanos() < 0)
      return goakt::fail("demo.BadInterval", "from 0 to 31536000 seconds");
    const auto interval =
        std::chrono::seconds(message.seconds()) + std::chrono::nanoseconds(message.nanos());
    if (interval.count() != 0 && interval < kShortest)
      return goakt::fail("demo.BadInterval", "at least a millisecond, or zero to end it");
    if (!schedule_.empty()) static_cast<void>(ctx.system().cancel_schedule(schedule_));
    schedule_.clear();
    if (interval.count() == 0) return message;
    auto schedule = ctx.system().schedule(ctx.self(), Empty(), interval);
    if (!schedule) return goakt::unexpected(schedule.error().clone());
    schedule_ = *schedule;
    return message;
  }

  Int64Value ping(const Empty&) { return number(++pings_); }

  static constexpr std::chrono::milliseconds kShortest{1};
  static constexpr std::chrono::seconds kLongest{31'536'000};
  std::string schedule_;
  std::int64_t pings_ = 0;

 public:
  static constexpr auto handles = goakt::handlers(&Pinger::start, &Pinger::ping);
};

class Tree final : public goakt::Actor {
  goakt::Result<Int64Value> grow(const Int64Value& message, goakt::ReceiveContext& ctx) {
    if (message.value() < 0 || message.value() > kMostChildren)
      return goakt::fail("demo.TooMany", "from 0 to " + std::to_string(kMostChildren));
    for (std::int64_t i = 0; i < message.value(); ++i) {
      const auto child =
          ctx.spawn<Tree>(std::string(ctx.self().name()) + "-" + std::to_string(++children_));
      if (!child) return goakt::unexpected(child.error().clone());
    }
    return number(children_);
  }

  static constexpr std::int64_t kMostChildren = 1'000'000;
  std::int64_t children_ = 0;

 public:
  static constexpr auto handles = goakt::handlers(&Tree::grow);
};

}  // namespace

void demo_kinds(goakt::Plugin& plugin) {
  plugin.actor<Echo>("demo.echo");
  plugin.actor<Counter>("demo.counter");
  plugin.actor<Sleeper>("demo.sleeper");
  auto supervisor = std::make_shared<goakt::Supervisor>();
  supervisor->any_error(goakt::Directive::restart).retry(3, std::chrono::minutes(1));
  goakt::SpawnOptions options;
  options.supervisor = std::move(supervisor);
  plugin.actor<Crasher>("demo.crasher", options);
  plugin.actor<Pinger>("demo.pinger");
  plugin.actor<Tree>("demo.tree");
}

}  // namespace goaktd
