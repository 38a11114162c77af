#include "goakt/node/node.h"

#include "goakt/actor/inspect.h"
#include "goakt/actor/shutdown_hook.h"
#include "goakt/actor/tuning.h"
#include "goakt/base/errors.h"
#include "goakt/base/log_output.h"
#include "goakt/base/text.h"
#include "goakt/cluster/member.h"
#include "goakt/node/clustering.h"
#include "goakt/node/remoting.h"

#include <algorithm>

namespace goakt::node {

namespace {

// For what the system's last words to other nodes may take.
constexpr std::chrono::seconds kFarewell{5};
// Same as GoAkt's engine.
constexpr std::chrono::seconds kLeaveTimeout{5};

Directive directive_of(std::string_view word) {
  return word == "resume"     ? Directive::resume
         : word == "restart"  ? Directive::restart
         : word == "escalate" ? Directive::escalate
                              : Directive::stop;
}

Status add_eviction(const config::Settings& settings, SystemOptions& options) {
  const std::string& policy = settings.text("system.eviction.policy");
  if (policy == "off") return {};
  const EvictionPolicy chosen = policy == "lru"   ? EvictionPolicy::lru
                                : policy == "lfu" ? EvictionPolicy::lfu
                                                  : EvictionPolicy::mru;
  GOAKT_TRY(options.eviction,
            EvictionStrategy::create(
                static_cast<std::size_t>(settings.number("system.eviction.limit")), chosen,
                static_cast<int>(settings.number("system.eviction.percentage"))));
  options.eviction_interval = settings.duration("system.eviction.interval");
  return {};
}

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
  options.actor_init_max_retries =
      static_cast<int>(settings.number("system.actor-init-max-retries"));
  options.inline_ask = settings.flag("system.inline-ask");
  options.stall_warning = settings.duration("system.stall-warning");
  options.mailbox_soft_limit =
      static_cast<std::uint64_t>(settings.number("system.mailbox-soft-limit"));
  if (!settings.is_default("system.default-supervisor")) {
    auto supervisor = std::make_shared<Supervisor>();
    supervisor->any_error(directive_of(settings.text("system.default-supervisor")));
    options.default_supervisor = std::move(supervisor);
  }
  options.dead_letters_kept = static_cast<std::size_t>(settings.number("system.dead-letters"));
  options.metrics = settings.flag("system.metrics");
  return options;
}

SpawnOptions options_of(const Kind& kind, const SpawnRequest& request) {
  SpawnOptions options = kind.defaults;
  if (request.passivation) options.passivation = request.passivation;
  if (request.init_timeout) options.init_timeout = request.init_timeout;
  if (request.relocatable) options.relocatable = *request.relocatable;
  if (request.stashing) options.stashing = *request.stashing;
  if (request.supervisor) options.supervisor = request.supervisor;
  if (!request.role.empty()) options.role = request.role;
  options.dependencies.insert(options.dependencies.end(), request.dependencies.begin(),
                              request.dependencies.end());
  options.unique = true;
  return options;
}

// The usual folder need not be there; one that was named must be.
Result<std::shared_ptr<const MessageTypes>> types_of(const config::Settings& settings) {
  return MessageTypes::load(settings.text("plugins.proto-dir"),
                            !settings.is_default("plugins.proto-dir"));
}

// What of the runtime can change while it runs.
void tune(ActorSystem& system, const config::Settings& settings) {
  set_stall_warning(system, settings.duration("system.stall-warning"));
  set_mailbox_soft_limit(system,
                         static_cast<std::uint64_t>(settings.number("system.mailbox-soft-limit")));
}

// A few hexadecimal digits that stand for a text.
std::string tag_of(std::string_view text, std::size_t digits) {
  std::uint64_t hash = 0xcbf29ce484222325;  // FNV-1a: the same in every build
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  hash ^= hash >> 32;
  std::string tag;
  for (; tag.size() < digits; hash >>= 4) tag += "0123456789abcdef"[hash & 15];
  return tag;
}

}  // namespace

// Notes when the actor system goes down without having been told to, and when that is over.
class Node::EndingHook final : public ShutdownHook {
 public:
  EndingHook(std::shared_ptr<Ending> ending, ShutdownPhase phase)
      : ending_(std::move(ending)), phase_(phase) {}

  Status execute(ActorSystem&) override {
    if (phase_ == ShutdownPhase::after_actors_stop) {
      ending_->over = true;
    } else if (!ending_->asked && !ending_->failed.exchange(true) && ending_->on_failure) {
      ending_->on_failure();
    }
    return {};
  }

  ShutdownPhase phase() const override { return phase_; }

 private:
  const std::shared_ptr<Ending> ending_;
  const ShutdownPhase phase_;
};

Result<std::unique_ptr<Node>> Node::create(const config::Settings& settings, Kinds kinds,
                                           NodeOptions options) {
  if (!options.logs) options.logs = std::make_shared<observe::LogRing>(nullptr);
  if (!options.types) {
    GOAKT_TRY(options.types, types_of(settings));
  }
  SystemOptions system_options = options_from(settings);
  system_options.logger = options.log.named("system");
  auto ending = std::make_shared<Ending>();
  ending->on_failure = options.on_failure;
  for (const auto phase : {ShutdownPhase::before_unbind, ShutdownPhase::after_actors_stop})
    system_options.shutdown_hooks.push_back(std::make_shared<EndingHook>(ending, phase));
  GOAKT_CHECK(add_eviction(settings, system_options));
  std::unique_ptr<Remoting> remoting;
  if (settings.flag("remoting.enabled")) {
    GOAKT_TRY(remoting, Remoting::open(settings, options.log.named("remoting")));
    system_options.host = remoting->host();
    system_options.port = remoting->port();
    system_options.extensions.push_back(remoting->extension());
  }
  GOAKT_TRY(auto system,
            ActorSystem::create(settings.text("system.name"), std::move(system_options)));
  set_system_threads(*system, static_cast<std::size_t>(settings.number("system.system-threads")));
  return std::unique_ptr<Node>(new Node(settings, std::move(kinds), std::move(system),
                                        std::move(remoting), std::move(options),
                                        std::move(ending)));
}

Node::Node(const config::Settings& settings, Kinds kinds, std::unique_ptr<ActorSystem> system,
           std::unique_ptr<Remoting> remoting, NodeOptions options, std::shared_ptr<Ending> ending)
    : kinds_(std::move(kinds)),
      options_(std::move(options)),
      ending_(std::move(ending)),
      system_(std::move(system)),
      remoting_(std::move(remoting)),
      ask_timeout_(settings.duration("system.ask-timeout")),
      birthdate_(SystemClock::instance().wall()),
      settings_(settings),
      types_(options_.types) {
  for (const DependencyType* type : kinds_.dependencies()) system_->inject(type->name, type->make);
  if (remoting_) remoting_->serve(*system_, kinds_);
  // Events of this run and of another must not be taken for each other; operations are found by
  // their node, whichever run it is.
  const std::string name = settings.text("system.name");
  const std::string run = name + std::to_string(birthdate_.time_since_epoch().count());
  // A system that has not started yet takes subscribers.
  events_ = std::make_unique<EventLog>(*system_->subscribe({.capacity = EventLog::kKept}),
                                       tag_of(run, 6));
  log_level_ = std::make_unique<LogLevelControl>(
      options_.log, parse_log_level(settings.text("log.level")).value_or(LogLevel::info));
  operations_ = std::make_unique<Operations>(tag_of(name, 4), [this](const OperationStatus& s) {
    events_->add({0, SystemClock::instance().wall(), "operation.changed", "",
                  s.id + " " + std::string(to_string(s.state))});
  });
}

Node::~Node() {
  if (system_->is_running()) static_cast<void>(stop());
}

Node::Attributes Node::attributes() const {
  std::lock_guard lock(mutex_);
  return attributes_;
}

void Node::set_weight(int weight) {
  std::lock_guard lock(mutex_);
  attributes_.weight = weight;
  ++attributes_.version;
}

void Node::attributes_changed() {
  std::lock_guard lock(mutex_);
  ++attributes_.version;
}

config::Settings Node::settings() const {
  std::lock_guard lock(mutex_);
  return settings_;
}

void Node::on_reload(ReloadHook hook) {
  std::lock_guard lock(reload_mutex_);
  hook_ = std::move(hook);
}

void Node::watch_log(std::string name, std::shared_ptr<const LogOutput> output) {
  std::lock_guard lock(mutex_);
  if (output)
    logs_[std::move(name)] = std::move(output);
  else
    logs_.erase(name);
}

std::vector<LogLosses> Node::log_losses() const {
  std::vector<LogLosses> losses;
  std::lock_guard lock(mutex_);
  for (const auto& [name, output] : logs_)
    losses.push_back({name, output->dropped(), output->failed()});
  return losses;
}

std::shared_ptr<const MessageTypes> Node::types() const {
  std::lock_guard lock(mutex_);
  return types_;
}

Result<ReloadReport> Node::reload() {
  std::lock_guard lock(reload_mutex_);
  const config::Settings before = settings();
  if (options_.before_reload) options_.before_reload();
  auto report = take_over(before);
  if (options_.after_reload) options_.after_reload(before, settings(), report);
  return report;
}

Result<ReloadReport> Node::try_reload() {
  std::lock_guard lock(reload_mutex_);
  GOAKT_TRY(Fresh fresh, read_again(settings(), Reload::only_check));
  return std::move(fresh.report);
}

Result<Node::Fresh> Node::read_again(const config::Settings& before, Reload reload) {
  auto loaded =
      options_.load_settings ? options_.load_settings() : Result<config::Settings>(before);
  if (!loaded) return unexpected(std::move(loaded).error());
  Fresh fresh{*std::move(loaded), {}, {}};
  GOAKT_TRY(fresh.types, types_of(fresh.settings));
  std::vector<std::string> kept;
  if (hook_) {
    GOAKT_TRY(kept, hook_(fresh.settings, reload));
  }
  if (cluster_) {
    GOAKT_CHECK(cluster_->reload_tls());
  }
  if (remoting_) {
    GOAKT_CHECK(reload == Reload::take_over ? remoting_->reload_tls() : remoting_->check_tls());
    // The same files are read again; others would need other listeners.
    for (const char* key : {"tls.cert", "tls.key", "tls.ca", "tls.client-auth"})
      kept.emplace_back(key);
  }
  for (const config::Key& key : config::keys()) {
    if (fresh.settings.text(key.name) == before.text(key.name)) continue;
    if (key.reload && std::find(kept.begin(), kept.end(), key.name) == kept.end()) {
      fresh.report.changed.emplace_back(key.name);
    } else {
      fresh.report.needs_restart.emplace_back(key.name);
      fresh.settings.keep(key.name, before);  // what is in force, until then
    }
  }
  return fresh;
}

Result<ReloadReport> Node::take_over(const config::Settings& before) {
  GOAKT_TRY(Fresh fresh, read_again(before, Reload::take_over));
  tune(*system_, fresh.settings);
  log_level_->configure(parse_log_level(fresh.settings.text("log.level")).value_or(LogLevel::info));
  {
    std::lock_guard settings_lock(mutex_);
    settings_ = std::move(fresh.settings);
    types_ = std::move(fresh.types);
  }
  events_->add({0, SystemClock::instance().wall(), "config.reloaded", "",
                std::to_string(fresh.report.changed.size()) + " changed"});
  return std::move(fresh.report);
}

Status Node::start() {
  GOAKT_CHECK(system_->start());
  const config::Settings settings = this->settings();
  if (settings.flag("cluster.enabled")) {
    auto member = join_cluster(settings, remoting_ ? remoting_->port() : 0, *system_, options_.log,
                               options_.give_up);
    if (!member) {
      static_cast<void>(stop());
      return unexpected(std::move(member).error());
    }
    cluster_ = *std::move(member);
  }
  started_ = true;
  return {};
}

Status Node::stop() {
  ending_->asked = true;
  Status stopped = system_->stop();
  // After the actors, as GoAkt does it: the others count on a member as long as they work.
  if (cluster_) cluster_->leave(kLeaveTimeout);
  if (remoting_) remoting_->close(kFarewell);
  return stopped;
}

bool Node::has_started() const {
  return started_;
}

bool Node::has_failed() const {
  return ending_->failed;
}

bool Node::has_ended() const {
  return ending_->over;
}

bool Node::is_alive() {
  if (has_failed()) return false;
  if (!system_->is_running()) return true;
  const auto answer = ping(*system_, std::chrono::seconds(2));
  return answer || !answer.error().is(ErrorCode::request_timeout);
}

std::string Node::id() const {
  if (cluster_) return cluster_->id();
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
