#pragma once

#include "goakt/base/address.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/message/envelope.h"
#include "goakt/wire/payload.h"

#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <variant>

namespace internalpb {
class DeliveryEnvelope;
}

// Payloads of the runtime itself. They name no type: eight bytes in front, which as a payload's
// lengths would be impossible, say what they are. Actors tell them like messages.
namespace goakt::wire {

// Stops the receiver.
struct PoisonPill {};

// A watched actor has ended.
struct Terminated {
  Address actor;
  std::chrono::sys_time<std::chrono::nanoseconds> at;
};

// Whom a question's answer goes to: an actor's address, a grain's "kind/name", or an ask that
// waits on the node where the answer is received.
enum class ReplyKind : std::uint8_t { actor, grain, client };

// A question whose asker goes on and gets the answer as a message. Only protobuf messages travel
// so.
struct AsyncRequest {
  std::string correlation_id;
  ReplyKind reply_kind = ReplyKind::actor;
  std::string reply_to;
  Message message;
};

// Its answer: the message, or the text of an error.
struct AsyncResponse {
  std::string correlation_id;
  Message message;
  std::string error;
};

// A command of reliable delivery: the message is an internalpb.DeliveryEnvelope.
struct DeliveryCommand {
  Message envelope;
};

using Sentinel = std::variant<PoisonPill, Terminated, AsyncRequest, AsyncResponse, DeliveryCommand>;

// None: the payload is no sentinel, or not a sound one.
GOAKT_API std::optional<Sentinel> parse_sentinel(std::string_view payload);

GOAKT_API OutgoingPayload encode(const PoisonPill& pill);
GOAKT_API OutgoingPayload encode(const Terminated& terminated);
// Errors: invalid_message when the message has no protobuf form or does not fit its kind of reply.
[[nodiscard]] GOAKT_API Result<OutgoingPayload> encode(const AsyncRequest& request);
[[nodiscard]] GOAKT_API Result<OutgoingPayload> encode(const AsyncResponse& response);
// Error: invalid_message for a command that its receiver would refuse.
[[nodiscard]] GOAKT_API Result<OutgoingPayload> encode(const internalpb::DeliveryEnvelope& command);

}  // namespace goakt::wire
