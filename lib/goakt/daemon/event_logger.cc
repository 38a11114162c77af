#include "goakt/daemon/event_logger.h"

#include <variant>

namespace goakt::daemon {

namespace {

bool matters(const Event& event) {
  return std::holds_alternative<ActorSuspended>(event) ||
         std::holds_alternative<ActorWarning>(event) ||
         std::holds_alternative<ActorRestarted>(event) ||
         std::holds_alternative<ActorReinstated>(event);
}

struct Write {
  const Logger& log;

  void operator()(const ActorSuspended& e) const {
    log.warn("actor suspended", {{"actor", e.actor_path}, {"reason", e.reason}});
  }

  void operator()(const ActorWarning& e) const {
    log.warn("actor warning", {{"actor", e.actor_path}, {"reason", e.reason}});
  }

  void operator()(const ActorRestarted& e) const {
    log.info("actor restarted", {{"actor", e.actor_path}});
  }

  void operator()(const ActorReinstated& e) const {
    log.info("actor reinstated", {{"actor", e.actor_path}});
  }

  void operator()(const ActorStarted& e) const {
    log.debug("actor started", {{"actor", e.actor_path}});
  }

  void operator()(const ActorStopped& e) const {
    log.debug("actor stopped", {{"actor", e.actor_path}});
  }

  void operator()(const ActorPassivated& e) const {
    log.debug("actor passivated", {{"actor", e.actor_path}});
  }

  void operator()(const ActorChildCreated& e) const {
    log.debug("child created", {{"actor", e.actor_path}, {"parent", e.parent}});
  }

  // Dead letters are in the log of the runtime, the cluster's events have loggers of their own.
  void operator()(const auto&) const {}
};

}  // namespace

EventLogger::EventLogger(ActorSystem& system, const Logger& log)
    : system_(system), log_(log.named("actor")) {
  SubscribeOptions options;
  options.filter = [log = log_](const Event& event) {
    return matters(event) ||
           (log.enabled(LogLevel::debug) && !std::holds_alternative<Deadletter>(event));
  };
  auto events = system.subscribe(std::move(options));
  if (!events) return;  // it has stopped: there will be no events
  events_ = *std::move(events);
  thread_ = std::thread([this] {
    while (events_->active()) {
      if (const auto event = events_->next(std::chrono::hours(1))) std::visit(Write{log_}, *event);
    }
    for (const Event& event : events_->drain()) std::visit(Write{log_}, event);
  });
}

EventLogger::~EventLogger() {
  if (!events_) return;
  static_cast<void>(system_.unsubscribe(*events_));
  events_->shutdown();
  thread_.join();
}

}  // namespace goakt::daemon
