#pragma once

#include "goakt/actor/system.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/message/context.h"
#include "goakt/remoting/client.h"
#include "goakt/remoting/request.h"
#include "goakt/remoting/session.h"
#include "goakt/wire/metadata.h"
#include "goakt/wire/serializers.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <string_view>
#include <vector>

namespace goakt::remoting {

class LocalNode;

// What a node tells remoting about itself.
struct ServiceOptions {
  // Of messages in CBOR and JSON; without them only protobuf travels.
  std::shared_ptr<const wire::Serializers> serializers = {};
  // Makes an actor of a kind, and fills in how actors of that kind are run. Errors:
  // type_not_registered, instance_not_an_actor. Left out: there are no kinds.
  std::function<Result<internal::ActorRecipe>(std::string_view kind, SpawnOptions& defaults)>
      make_actor = {};
  // The context of what comes with these headers; its error refuses the request. Left out: all of
  // them become the context.
  std::function<Result<ContextRef>(std::span<const wire::Header> headers)> extract = {};
  // Makes handles to senders on other nodes. Left out: nothing can be sent to them.
  std::shared_ptr<Client> client = {};
  std::uint32_t max_frame_size = wire::kLargestMaxFrameSize;
  // An idle actor that is asked answers on the connection's own thread, which spares handing the
  // question to a worker and the answer back. For nodes whose actors never wait and are done within
  // microseconds: as long as one runs, the connections of that thread stand still, and what it
  // tells a full mailbox is refused at once.
  bool inline_asks = false;
};

// Answers what other nodes ask of this one about its actors. The node's address, which requests
// must name, is the system's host and port. The system outlives it and its sessions.
class GOAKT_API Service {
 public:
  Service(ActorSystem& system, ServiceOptions options = {});
  ~Service();
  Service(const Service&) = delete;
  Service& operator=(const Service&) = delete;

  // For other folders' requests; before the first session.
  Handlers& handlers();
  // A session for a connection that has come.
  std::shared_ptr<Session> open(std::unique_ptr<Line> line);
  // From now on every request is refused: remoting is not enabled.
  void close();

 private:
  std::shared_ptr<LocalNode> node_;
  std::shared_ptr<Handlers> handlers_;
};

}  // namespace goakt::remoting
