#include "goakt/node/node.h"

#include "goakt/base/errors.h"
#include "goakt/base/text.h"

#include <algorithm>

namespace goakt::node {

namespace {

SystemOptions options_from(const config::Settings& settings) {
  SystemOptions options;
  options.workers = static_cast<std::size_t>(settings.number("system.dispatcher-workers"));
  options.blocking_threads = static_cast<std::size_t>(settings.number("system.blocking-threads"));
  options.throughput_budget =
      static_cast<std::uint32_t>(settings.number("system.throughput-budget"));
  options.ask_timeout = settings.duration("system.ask-timeout");
  options.shutdown_timeout = settings.duration("system.shutdown-timeout");
  options.passivation_timeout = settings.duration("system.passivation-timeout");
  options.actor_init_timeout = settings.duration("system.actor-init-timeout");
  options.dead_letters_kept = static_cast<std::size_t>(settings.number("system.dead-letters"));
  return options;
}

SpawnOptions options_of(const Kind& kind, const SpawnRequest& request) {
  SpawnOptions options = kind.defaults;
  if (request.passivation) options.passivation = request.passivation;
  if (request.init_timeout) options.init_timeout = request.init_timeout;
  if (request.relocatable) options.relocatable = *request.relocatable;
  if (request.stashing) options.stashing = *request.stashing;
  if (!request.role.empty()) options.role = request.role;
  options.unique = true;
  return options;
}

}  // namespace

Result<std::unique_ptr<Node>> Node::create(const config::Settings& settings, Kinds kinds) {
  GOAKT_TRY(auto system, ActorSystem::create(settings.text("system.name"), options_from(settings)));
  return std::unique_ptr<Node>(
      new Node(std::move(kinds), std::move(system), settings.duration("system.ask-timeout")));
}

Node::Node(Kinds kinds, std::unique_ptr<ActorSystem> system, std::chrono::nanoseconds ask_timeout)
    : kinds_(std::move(kinds)), system_(std::move(system)), ask_timeout_(ask_timeout) {
  // A system that has not started yet takes subscribers.
  events_ = std::make_unique<EventLog>(*system_->subscribe({.capacity = EventLog::kKept}));
}

Node::~Node() {
  if (system_->is_running()) static_cast<void>(system_->stop());
}

Status Node::start() {
  return system_->start();
}

Status Node::stop() {
  return system_->stop();
}

std::string Node::id() const {
  const std::string path = system_->user_guardian().path();  // goakt://NAME@HOST:PORT/...
  const auto at = path.find('@');
  const auto slash = path.find('/', at);
  return at == std::string::npos ? std::string() : path.substr(at + 1, slash - at - 1);
}

Result<Pid> Node::spawn(const SpawnRequest& request) {
  const Kind* kind = kinds_.find(request.kind);
  if (kind == nullptr) {
    const std::string near = nearest(request.kind, kinds_.names());
    return unexpected(
        Error(ErrorCode::type_not_registered, "no kind \"" + request.kind + "\" is registered here")
            .with_hint(near.empty() ? "goaktctl kind list" : "did you mean " + near + "?"));
  }
  SpawnOptions options = options_of(*kind, request);
  internal::ActorRecipe recipe = kind->make(options);
  auto pid = [&]() -> Result<Pid> {
    if (request.parent.empty())
      return system_->spawn_recipe(request.name, std::move(recipe), std::move(options));
    GOAKT_TRY(const Pid parent, find(request.parent));
    if (auto child = parent.child(request.name); child && child->is_running())
      return unexpected(errors::actor_already_exists(request.name));
    return internal::spawn_child(parent, request.name, std::move(recipe), std::move(options));
  }();
  if (pid || !request.if_absent || !pid.error().is(ErrorCode::actor_already_exists)) return pid;
  const std::string full =
      request.parent.empty() ? request.name : request.parent + "/" + request.name;
  GOAKT_TRY(const Pid there, find(full));
  if (there.kind() == request.kind) return there;
  return fail(ErrorCode::actor_already_exists,
              "the actor " + request.name + " is there, but of kind " + there.kind());
}

Result<Pid> Node::find(std::string_view name) {
  if (!system_->is_running()) return fail(ErrorCode::actor_system_not_started);
  const auto slash = name.rfind('/');
  if (slash != std::string_view::npos) {
    GOAKT_TRY(const Pid parent, find(name.substr(0, slash)));
    auto child = parent.child(name.substr(slash + 1));
    if (child) return *child;
    return unexpected(errors::actor_not_found(name));
  }
  auto pid = system_->actor_of(name);
  if (pid || !pid.error().is(ErrorCode::actor_not_found)) return pid;
  for (const Pid& guardian : {system_->root_guardian(), system_->system_guardian()}) {
    if (guardian.name() == name) return guardian;
    for (const Pid& child : guardian.children())
      if (child.name() == name) return child;
  }
  return unexpected(std::move(pid).error().with_hint("names are case sensitive: goaktctl ls " +
                                                     std::string(name.substr(0, 3))));
}

Status Node::kill(std::string_view name) {
  GOAKT_TRY(const Pid pid, find(name));
  if (pid.is_system()) return fail(ErrorCode::shutdown_forbidden);
  return pid.stop_blocking();
}

}  // namespace goakt::node
