#include "goakt/remoting/request.h"

#include "goakt/wire/buffer.h"
#include "goakt/wire/frame.h"

#include <utility>

namespace goakt::remoting {

Reply::~Reply() {
  hang_up();
}

void Reply::send(const google::protobuf::MessageLite& message) {
  wire::Buffer frame;
  if (Status written = wire::append_frame(frame, message); !written)
    return fail(wire::to_remote(written.error()));
  send(net::Bytes::own(std::move(frame)));
}

void Reply::send(net::Bytes frame) {
  if (auto caller = std::exchange(caller_, nullptr)) caller->answer(std::move(frame));
}

void Reply::fail(const wire::RemoteError& error) {
  wire::Buffer frame;
  if (!wire::append_error(frame, error)) return hang_up();
  send(net::Bytes::own(std::move(frame)));
}

void Reply::hang_up() {
  if (auto caller = std::exchange(caller_, nullptr)) caller->hang_up();
}

void Handlers::set(std::string type_name, Handler handler) {
  by_type_.insert_or_assign(std::move(type_name), std::move(handler));
}

const Handler* Handlers::find(std::string_view type_name) const {
  const auto found = by_type_.find(type_name);
  return found == by_type_.end() ? nullptr : &found->second;
}

}  // namespace goakt::remoting
