#include "goakt/wire/sentinel.h"

#include "goakt/wire/big_endian.h"
#include "goakt/wire/internal/protobuf_message.h"

#include <google/protobuf/any.pb.h>

#include <internal/delivery.pb.h>
#include <internal/reentrancy.pb.h>
#include <utility>

namespace goakt::wire {

namespace {

using namespace std::string_view_literals;

constexpr std::string_view kPoisonPill = "\xde\xad\xbe\xef\xca\xfe\xba\xbe"sv;
constexpr std::string_view kTerminated = "\xde\xad\xac\x70\x52\xbe\xef\xed"sv;
constexpr std::string_view kAsyncRequest =
    "\xff\xff\xff\xff"
    "AREQ"sv;
constexpr std::string_view kAsyncResponse =
    "\xff\xff\xff\xff"
    "ARSP"sv;
constexpr std::string_view kDelivery =
    "\xff\xff\xff\xff"
    "RDEL"sv;
constexpr std::string_view kTypeUrl = "type.googleapis.com/";
constexpr std::size_t kTerminatedSize = 8 + 4 + 8;  // without the address

tl::unexpected<Error> refuse(std::string what) {
  return fail(ErrorCode::invalid_message, "invalid message: " + std::move(what));
}

// --- Any ---

std::optional<Message> unpack(const google::protobuf::Any& any) {
  const std::string_view url = any.type_url();
  const auto slash = url.rfind('/');
  const auto name = slash == std::string_view::npos ? url : url.substr(slash + 1);
  return internal::protobuf_message(name, any.value());
}

Status pack(const Message& message, google::protobuf::Any& any) {
  if (!message) return refuse("an asynchronous question or answer without a message");
  if (internal::as_protobuf(message) == nullptr && !message.is<UnknownMessage>())
    return refuse(std::string(message.type_name()) +
                  " is no protobuf message, and asynchronous asks carry no others");
  GOAKT_TRY(*any.mutable_value(), message.serialize());
  any.set_type_url(std::string(kTypeUrl).append(message.type_name()));
  return {};
}

// --- rules of the bodies, the same for sending and receiving ---

bool is_blank(std::string_view text) {
  return text.find_first_not_of(" \t\r\n\v\f") == std::string_view::npos;
}

bool fits(ReplyKind kind, std::string_view reply_to) {
  switch (kind) {
    case ReplyKind::actor:
      return Address::parse(reply_to).has_value();
    case ReplyKind::grain: {
      const auto slash = reply_to.find('/');
      return slash != std::string_view::npos && slash != 0 && slash + 1 < reply_to.size();
    }
    case ReplyKind::client:
      return reply_to.empty();
  }
  return false;
}

bool is_sound(const internalpb::DeliveryEnvelope& envelope) {
  using Envelope = internalpb::DeliveryEnvelope;
  switch (envelope.command_case()) {
    case Envelope::kRegisterConsumer:
      return !is_blank(envelope.register_consumer().nonce());
    case Envelope::kRegistrationAck: {
      const auto& ack = envelope.registration_ack();
      return !is_blank(ack.session_id()) && !is_blank(ack.nonce()) && ack.next_seq() > 0;
    }
    case Envelope::kRequest: {
      const auto& request = envelope.request();
      return !is_blank(request.session_id()) && !is_blank(request.registration_nonce()) &&
             request.confirmed_seq() >= 0 && request.request_up_to_seq() >= request.confirmed_seq();
    }
    case Envelope::kAck: {
      const auto& ack = envelope.ack();
      return !is_blank(ack.session_id()) && !is_blank(ack.registration_nonce()) &&
             ack.confirmed_seq() >= 0;
    }
    case Envelope::kSequencedMessage: {
      const auto& message = envelope.sequenced_message();
      return !is_blank(message.session_id()) && !is_blank(message.message_id()) &&
             message.seq() > 0 && !message.payload().data().empty();
    }
    case Envelope::COMMAND_NOT_SET:
      return false;
  }
  return false;
}

// --- reading ---

template <class Body>
bool parse(Body& body, std::string_view bytes) {
  return body.ParseFromArray(bytes.data(), static_cast<int>(bytes.size()));
}

std::optional<Sentinel> parse_terminated(std::string_view rest) {
  if (rest.size() < 4) return std::nullopt;
  const std::size_t length = load_big_endian<std::uint32_t>(rest.data());
  if (rest.size() != 4 + length + 8) return std::nullopt;
  Terminated terminated;
  if (length != 0) {
    auto actor = Address::parse(rest.substr(4, length));
    if (!actor) return std::nullopt;
    terminated.actor = *std::move(actor);
  }
  terminated.at +=
      std::chrono::nanoseconds(load_big_endian<std::int64_t>(rest.data() + 4 + length));
  return terminated;
}

std::optional<Sentinel> parse_request(std::string_view bytes) {
  internalpb::AsyncRequest body;
  if (!parse(body, bytes) || !body.has_message()) return std::nullopt;
  if (!internalpb::ReplyKind_IsValid(body.reply_kind())) return std::nullopt;
  const auto kind = static_cast<ReplyKind>(body.reply_kind());
  if (!fits(kind, body.reply_to())) return std::nullopt;
  auto message = unpack(body.message());
  if (!message) return std::nullopt;
  return AsyncRequest{std::move(*body.mutable_correlation_id()), kind,
                      std::move(*body.mutable_reply_to()), *std::move(message)};
}

std::optional<Sentinel> parse_response(std::string_view bytes) {
  internalpb::AsyncResponse body;
  if (!parse(body, bytes)) return std::nullopt;
  AsyncResponse response{
      std::move(*body.mutable_correlation_id()), {}, std::move(*body.mutable_error())};
  if (response.error.empty() && body.has_message()) {
    auto message = unpack(body.message());
    if (!message) return std::nullopt;
    response.message = *std::move(message);
  }
  return response;
}

std::optional<Sentinel> parse_delivery(std::string_view bytes) {
  auto envelope = Message::make<internalpb::DeliveryEnvelope>();
  auto& body = *envelope.as<internalpb::DeliveryEnvelope>();
  if (!parse(body, bytes) || !is_sound(body)) return std::nullopt;
  return DeliveryCommand{std::move(envelope)};
}

OutgoingPayload with_mark(std::string_view mark, const google::protobuf::MessageLite& body) {
  std::string bytes(mark);
  body.AppendToString(&bytes);
  return OutgoingPayload::raw(std::move(bytes));
}

}  // namespace

std::optional<Sentinel> parse_sentinel(std::string_view payload) {
  if (payload == kPoisonPill) return PoisonPill{};
  const std::string_view mark = payload.substr(0, kPoisonPill.size());
  const std::string_view rest = payload.substr(mark.size());
  if (mark == kTerminated) return parse_terminated(rest);
  if (mark == kAsyncRequest) return parse_request(rest);
  if (mark == kAsyncResponse) return parse_response(rest);
  if (mark == kDelivery) return parse_delivery(rest);
  return std::nullopt;
}

OutgoingPayload encode(const PoisonPill&) {
  return OutgoingPayload::raw_view(kPoisonPill);
}

OutgoingPayload encode(const Terminated& terminated) {
  const std::string& actor = terminated.actor.text();
  std::string bytes(kTerminatedSize + actor.size(), '\0');
  char* to = store_bytes(bytes.data(), kTerminated.data(), kTerminated.size());
  to = store_big_endian(to, static_cast<std::uint32_t>(actor.size()));
  to = store_bytes(to, actor.data(), actor.size());
  store_big_endian(to, static_cast<std::int64_t>(terminated.at.time_since_epoch().count()));
  return OutgoingPayload::raw(std::move(bytes));
}

Result<OutgoingPayload> encode(const AsyncRequest& request) {
  if (!fits(request.reply_kind, request.reply_to))
    return refuse("\"" + request.reply_to + "\" is no place to answer an asynchronous question");
  internalpb::AsyncRequest body;
  body.set_correlation_id(request.correlation_id);
  body.set_reply_to(request.reply_to);
  body.set_reply_kind(static_cast<internalpb::ReplyKind>(request.reply_kind));
  GOAKT_CHECK(pack(request.message, *body.mutable_message()));
  return with_mark(kAsyncRequest, body);
}

Result<OutgoingPayload> encode(const AsyncResponse& response) {
  internalpb::AsyncResponse body;
  body.set_correlation_id(response.correlation_id);
  body.set_error(response.error);
  if (response.error.empty()) GOAKT_CHECK(pack(response.message, *body.mutable_message()));
  return with_mark(kAsyncResponse, body);
}

Result<OutgoingPayload> encode(const internalpb::DeliveryEnvelope& command) {
  if (!is_sound(command)) return refuse("a command of reliable delivery lacks what it must say");
  return with_mark(kDelivery, command);
}

}  // namespace goakt::wire
