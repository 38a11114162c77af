#include "goakt/remoting/internal/local_node.h"

#include "goakt/base/address.h"

namespace goakt::remoting {

namespace {

ServiceOptions complete(ServiceOptions options) {
  if (!options.serializers) options.serializers = std::make_shared<wire::Serializers>();
  return options;
}

std::string host_port_of(const SystemOptions& options) {
  const bool is_v6 = options.host.find(':') != std::string::npos;
  const std::string host = is_v6 ? '[' + options.host + ']' : options.host;
  return host + ':' + std::to_string(options.port);
}

// Stands in until this node can send: what is told there becomes a dead letter.
class NoRoute final : public RemoteRoute {
 public:
  explicit NoRoute(const RemoteAccess& runtime) : runtime_(runtime) {}

  Status deliver(const Address& to, Envelope* message) override {
    const Message owned(message);
    runtime_.lose({}, to.text(), owned.type_name(), error_text(ErrorCode::remoting_disabled));
    return fail(ErrorCode::remoting_disabled);
  }

  void watch(const Address&, const Pid&) override {}

  void unwatch(const Address&, const Pid&) override {}

  void order(const Address&, RemoteOrder, Duration, std::function<void(Status)> done) override {
    if (done) done(fail(ErrorCode::remoting_disabled));
  }

 private:
  const RemoteAccess runtime_;
};

}  // namespace

LocalNode::LocalNode(ActorSystem& actor_system, ServiceOptions given)
    : system(actor_system),
      runtime(actor_system),
      options(complete(std::move(given))),
      prefix_(runtime.prefix()),
      host_port_(host_port_of(runtime.options())) {}

Pid LocalNode::find(std::string_view address) const {
  if (!address.starts_with(prefix_)) return {};
  std::string_view name = address.substr(prefix_.size());
  std::string_view parent;
  const auto slash = name.rfind('/');
  const bool is_child = slash != std::string_view::npos;
  if (is_child) {
    parent = name.substr(0, slash);
    name.remove_prefix(slash + 1);
  }
  if (is_child && parent.empty()) return {};
  return runtime.find(parent, name);
}

Pid LocalNode::sender(std::string_view address) {
  if (address.empty()) return {};
  if (const Pid local = find(address)) return local;
  if (options.client) {
    const auto parsed = Address::parse(address);
    if (!parsed) return {};
    return options.client->pid_of(*parsed).value_or(Pid());
  }
  std::string key(address);
  std::lock_guard lock(mutex_);
  if (const auto known = senders_.find(key); known != senders_.end()) return known->second;
  auto parsed = Address::parse(address);
  if (!parsed || senders_.size() >= kMaxSenders) return {};
  auto pid = runtime.make_pid(*std::move(parsed), std::make_shared<NoRoute>(runtime));
  if (!pid) return {};
  return senders_.emplace(std::move(key), *pid).first->second;
}

void LocalNode::ask_opened(const RemoteAsker& asker, std::uint64_t origin) {
  std::lock_guard lock(asks_mutex_);
  asks_.insert_or_assign(&asker, origin);
}

void LocalNode::ask_closed(const RemoteAsker& asker) {
  std::lock_guard lock(asks_mutex_);
  asks_.erase(&asker);
}

void LocalNode::close() {
  closed_.store(true, std::memory_order_relaxed);
  std::unordered_map<const RemoteAsker*, std::uint64_t> open;
  {
    std::lock_guard lock(asks_mutex_);
    open = asks_;
  }
  for (const auto& [asker, origin] : open)
    RemoteAccess::answer(origin, fail(ErrorCode::remoting_disabled));
}

Answer<void> LocalNode::check_enabled() const {
  if (closed_.load(std::memory_order_relaxed) || !system.is_running())
    return refuse(RemoteCode::failed_precondition, Error(ErrorCode::remoting_disabled));
  return {};
}

Answer<void> LocalNode::check_host(std::string_view host, std::int32_t port) const {
  const bool is_v6 = host.find(':') != std::string_view::npos;
  const std::string named =
      (is_v6 ? '[' + std::string(host) + ']' : std::string(host)) + ':' + std::to_string(port);
  if (named != host_port_)
    return refuse(RemoteCode::invalid_argument, Error(ErrorCode::invalid_host));
  return {};
}

Answer<ContextRef> LocalNode::context_of(std::span<const wire::Header> headers) const {
  if (!options.extract) return wire::context_of(headers);
  auto context = options.extract(headers);
  if (!context) return refuse(RemoteCode::invalid_argument, context.error());
  return *std::move(context);
}

}  // namespace goakt::remoting
