#include "goakt/remoting/other_nodes.h"

#include "goakt/actor/system.h"
#include "goakt/base/address.h"
#include "goakt/remoting/client.h"

#include <utility>

namespace goakt::remoting {

std::shared_ptr<OtherNodes> OtherNodes::of(const ActorSystem& system) {
  return std::dynamic_pointer_cast<OtherNodes>(system.extension(kId));
}

Result<Pid> OtherNodes::pid_of(std::string_view address) const {
  GOAKT_TRY(const Address parsed, Address::parse(address));
  std::shared_ptr<Client> client;
  {
    std::lock_guard lock(mutex_);
    client = client_;
  }
  if (!client) return fail(ErrorCode::remoting_disabled);
  return client->pid_of(parsed);
}

void OtherNodes::use(std::shared_ptr<Client> client) {
  {
    std::lock_guard lock(mutex_);
    client_.swap(client);
  }
  // What was in use before goes here, without the lock.
}

}  // namespace goakt::remoting
