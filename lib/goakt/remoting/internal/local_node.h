#pragma once

#include "goakt/actor/pid.h"
#include "goakt/actor/remote.h"
#include "goakt/actor/system.h"
#include "goakt/remoting/request.h"
#include "goakt/remoting/service.h"
#include "goakt/wire/remote_error.h"

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <unordered_map>

namespace goakt::remoting {

// An answer, or the refusal with its code.
template <class T>
using Answer = tl::expected<T, wire::RemoteError>;

using wire::RemoteCode;

inline tl::unexpected<wire::RemoteError> refuse(RemoteCode code, const Error& error) {
  return tl::unexpected<wire::RemoteError>(wire::to_remote(code, error));
}

inline tl::unexpected<wire::RemoteError> refuse(RemoteCode code, std::string text) {
  return tl::unexpected<wire::RemoteError>(wire::RemoteError{code, std::move(text)});
}

// This node, as requests see it: its actors by address, and the checks that requests begin with.
// What goes on with a request on another thread shares it.
class LocalNode : public std::enable_shared_from_this<LocalNode> {
 public:
  LocalNode(ActorSystem& system, ServiceOptions options);

  ActorSystem& system;
  const RemoteAccess runtime;
  const ServiceOptions options;

  // goakt://SYSTEM@HOST:PORT/NAME
  std::string address_of(std::string_view name) const { return prefix_ + std::string(name); }

  // The actor of exactly that address, whatever its state; nobody when there is none.
  Pid find(std::string_view address) const;
  // A handle to the actor that sent something; nobody for what is no address.
  Pid sender(std::string_view address);

  const wire::Serializers& serializers() const { return *options.serializers; }

  Answer<void> check_enabled() const;
  Answer<void> check_host(std::string_view host, std::int32_t port) const;
  Answer<ContextRef> context_of(std::span<const wire::Header> headers) const;

  // The asks that are open here end when remoting does: the system's end would leave them waiting.
  void ask_opened(const RemoteAsker& asker, std::uint64_t origin);
  void ask_closed(const RemoteAsker& asker);

  void close();

 private:
  // So many senders are known by handle; messages of further ones come from nobody.
  static constexpr std::size_t kMaxSenders = 262'144;

  const std::string prefix_;
  const std::string host_port_;
  std::atomic<bool> closed_{false};
  std::mutex mutex_;  // guards senders_
  std::unordered_map<std::string, Pid> senders_;
  std::mutex asks_mutex_;  // guards asks_
  std::unordered_map<const RemoteAsker*, std::uint64_t> asks_;
};

// Registration of the groups of requests.
void add_message_requests(Handlers& handlers, LocalNode& node);
void add_actor_requests(Handlers& handlers, LocalNode& node);
void add_spawn_requests(Handlers& handlers, LocalNode& node);
// What a node without cluster, grains and reliable delivery answers.
void add_absent_requests(Handlers& handlers, LocalNode& node);

}  // namespace goakt::remoting
