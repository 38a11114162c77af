#include "goakt/remoting/service.h"

#include "goakt/remoting/internal/local_node.h"

#include <utility>

namespace goakt::remoting {

Service::Service(ActorSystem& system, ServiceOptions options)
    : node_(std::make_shared<LocalNode>(system, std::move(options))),
      // Sessions, which may outlive this, keep their handlers and so the node.
      handlers_(new Handlers, [node = node_](const Handlers* handlers) { delete handlers; }) {
  add_message_requests(*handlers_, *node_);
  add_actor_requests(*handlers_, *node_);
  add_spawn_requests(*handlers_, *node_);
  add_absent_requests(*handlers_, *node_);
}

Service::~Service() {
  close();
}

Handlers& Service::handlers() {
  return *handlers_;
}

std::shared_ptr<Session> Service::open(std::unique_ptr<Line> line) {
  return std::make_shared<Session>(handlers_, std::move(line), node_->runtime.clock(),
                                   node_->options.max_frame_size);
}

void Service::close() {
  node_->close();
}

}  // namespace goakt::remoting
