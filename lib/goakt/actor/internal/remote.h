#pragma once

#include "goakt/actor/actor.h"
#include "goakt/actor/remote.h"
#include "goakt/base/address.h"

#include <functional>
#include <memory>
#include <utility>

// Handles to actors on other nodes: cells with the flag kRemote, whose actor object handles nothing
// but knows the way. Senders find the flag where they find actors that take no messages, so local
// sends pay nothing for it.
namespace goakt::internal {

class RemoteActor final : public Actor {
 public:
  RemoteActor(Address address, std::shared_ptr<RemoteRoute> route)
      : address_(std::move(address)), route_(std::move(route)) {}

  const Address& address() const { return address_; }

  Status deliver(Envelope* message) const {
    // Among many actors it has left the caches, and it is needed last.
    __builtin_prefetch(address_.text().data());
    return route_->deliver(address_, message);
  }

  void watch(const Pid& watcher) const { route_->watch(address_, watcher); }

  void unwatch(const Pid& watcher) const { route_->unwatch(address_, watcher); }

  void order(RemoteOrder order, Duration timeout, std::function<void(Status)> done) const {
    route_->order(address_, order, timeout, std::move(done));
  }

 private:
  const Address address_;
  const std::shared_ptr<RemoteRoute> route_;
};

// The remote actor that the handle means; null for others.
const RemoteActor* remote_actor(const Pid& pid);

}  // namespace goakt::internal
