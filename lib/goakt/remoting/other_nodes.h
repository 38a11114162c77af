#pragma once

#include "goakt/actor/extension.h"
#include "goakt/actor/pid.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"

#include <memory>
#include <mutex>
#include <string>
#include <string_view>

namespace goakt {
class ActorSystem;
}

namespace goakt::remoting {

class Client;

// How actors get at actors of other nodes: an extension of each system whose node has remoting.
//
//   if (const auto nodes = remoting::OtherNodes::of(ctx.system()))
//     if (const auto far = nodes->pid_of("goakt://shop@10.0.0.4:50052/till")) ctx.watch(*far);
//
// Any thread.
class GOAKT_API OtherNodes final : public Extension {
 public:
  static constexpr std::string_view kId = "goakt-remoting";

  // Null: this system talks to no other nodes.
  static std::shared_ptr<OtherNodes> of(const ActorSystem& system);

  // A handle to the actor of that address, which need not be there: a Pid like any other. Does not
  // block. Errors: those of Address::parse and Client::pid_of, remoting_disabled when the node does
  // not talk to others yet or any more.
  [[nodiscard]] Result<Pid> pid_of(std::string_view address) const;

  // By whoever runs the node; null at the end, before the system goes.
  void use(std::shared_ptr<Client> client);

  std::string id() const override { return std::string(kId); }

 private:
  mutable std::mutex mutex_;  // guards client_
  std::shared_ptr<Client> client_;
};

}  // namespace goakt::remoting
