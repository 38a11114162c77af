#include "goakt/remoting/internal/payloads.h"

#include "goakt/actor/messages.h"
#include "goakt/wire/sentinel.h"

#include <utility>

namespace goakt::remoting {

namespace {

Result<Message> runtime_message(wire::Sentinel sentinel) {
  if (std::holds_alternative<wire::PoisonPill>(sentinel)) return Message::make<PoisonPill>();
  if (const auto* ended = std::get_if<wire::Terminated>(&sentinel))
    return Message::make<Terminated>(ended->actor.text(),
                                     std::chrono::time_point_cast<WallTime::duration>(ended->at));
  if (std::holds_alternative<wire::DeliveryCommand>(sentinel))
    return fail(ErrorCode::invalid_message, "this node has no reliable delivery");
  return fail(ErrorCode::invalid_message, "this node does not answer asynchronous requests");
}

}  // namespace

Result<Message> decode(const LocalNode& node, std::string_view payload) {
  if (auto message = wire::Serializers::decode_protobuf(payload)) return *std::move(message);
  GOAKT_TRY(wire::Incoming incoming, node.serializers().decode_other(payload));
  if (auto* message = std::get_if<Message>(&incoming)) return std::move(*message);
  return runtime_message(std::get<wire::Sentinel>(std::move(incoming)));
}

}  // namespace goakt::remoting
