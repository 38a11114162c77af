#include "goakt/wire/serializers.h"

#include "goakt/base/errors.h"
#include "goakt/wire/internal/protobuf_message.h"

#include <algorithm>
#include <utility>

namespace goakt::wire {

namespace {

// The texts are GoAkt's; peers show them to their users.
std::string format_name(Format format) {
  return format == Format::cbor ? "CBOR" : "JSON";
}

tl::unexpected<Error> refuse(std::string text) {
  return fail(ErrorCode::invalid_message, std::move(text));
}

// Names are compared as Go's registry keeps them: trimmed, in lower case.
std::string normal(std::string_view name) {
  constexpr std::string_view kBlank = " \t\r\n\v\f";
  const auto begin = name.find_first_not_of(kBlank);
  if (begin == std::string_view::npos) return {};
  std::string out(name.substr(begin, name.find_last_not_of(kBlank) - begin + 1));
  std::transform(out.begin(), out.end(), out.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c; });
  return out;
}

Error no_serializer(const Message& message) {
  return errors::invalid_message(
      Error(ErrorCode::invalid_message,
            "no serializer found for message type " + std::string(message.type_name())));
}

}  // namespace

Status Serializers::add(PayloadType type) {
  type.name = normal(type.name);
  if (type.name.empty())
    return fail(ErrorCode::invalid_argument,
                "a type needs the name that it travels under, e.g. \"main.order\"");
  if (by_type_.contains(type.type))
    return fail(ErrorCode::invalid_argument, type.type->name + " travels under a name already");
  const MessageType* const message_type = type.type;
  std::string name = type.name;
  const auto [at, is_new] = names(type.format).emplace(std::move(name), std::move(type));
  if (!is_new)
    return fail(ErrorCode::invalid_argument, "another type travels as " + at->first + " already");
  by_type_.emplace(message_type, &at->second);
  return {};
}

Result<OutgoingPayload> Serializers::encode(const Message& message) const {
  if (!message) return refuse("remote: message must implement proto.Message");
  if (const auto* protobuf = internal::as_protobuf(message)) {
    const MessageType& type = message.type();
    return type.is_marked ? OutgoingPayload::of(*protobuf)
                          : OutgoingPayload::of(*protobuf, type.name);
  }
  if (const auto* unknown = message.as<UnknownMessage>())
    return OutgoingPayload::named_view(unknown->type_name, unknown->bytes);
  const auto found = by_type_.find(&message.type());
  if (found == by_type_.end()) return unexpected(no_serializer(message));
  std::string body;
  ValueWriter writer(found->second->format, body);
  found->second->write(message.value(), writer);
  return OutgoingPayload::named(found->second->name, std::move(body));
}

Result<Message> Serializers::decode_as(Format format, std::string_view payload) const {
  const auto named = read_named(payload);
  if (!named) return refuse("remote: malformed or truncated " + format_name(format) + " frame");
  const ByName& types = format == Format::cbor ? cbor_ : json_;
  auto found = types.find(named->type_name);
  if (found == types.end()) found = types.find(normal(named->type_name));
  if (found == types.end())
    return refuse("remote: " + format_name(format) +
                  " type not registered: " + std::string(named->type_name));
  GOAKT_TRY(const Value value, parse_value(format, named->body));
  GOAKT_TRY(Message message, Message::of_type(*found->second.type));
  if (!found->second.read(value, message.mutable_value()))
    return refuse("remote: failed to deserialize " + format_name(format) + " message");
  return message;
}

std::optional<Message> Serializers::decode_protobuf(std::string_view payload) {
  const auto named = read_named(payload);
  if (!named) return std::nullopt;
  return internal::protobuf_message(named->type_name, named->body);
}

Result<Incoming> Serializers::decode(std::string_view payload, UnknownTypes unknown) const {
  if (auto message = decode_protobuf(payload)) return Incoming(*std::move(message));
  return decode_other(payload, unknown);
}

Result<Incoming> Serializers::decode_other(std::string_view payload, UnknownTypes unknown) const {
  if (auto sentinel = parse_sentinel(payload)) return Incoming(*std::move(sentinel));

  // GoAkt tries the users' serializers in random order and answers with the last one's text; here
  // CBOR always comes first.
  std::string text = "remote: not a reliable delivery frame";
  for (const Format format : {Format::cbor, Format::json}) {
    if ((format == Format::cbor ? cbor_ : json_).empty()) continue;
    auto message = decode_as(format, payload);
    if (message) return Incoming(*std::move(message));
    text = message.error().message();
  }
  if (unknown == UnknownTypes::keep) {
    if (const auto named = read_named(payload))
      return Incoming(
          Message::make<UnknownMessage>(std::string(named->type_name), std::string(named->body)));
  }
  return refuse(std::move(text));
}

}  // namespace goakt::wire
