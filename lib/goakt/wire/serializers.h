#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/message/envelope.h"
#include "goakt/message/type.h"
#include "goakt/wire/fields.h"
#include "goakt/wire/payload.h"
#include "goakt/wire/sentinel.h"

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <variant>

namespace goakt::wire {

// Go's names of types that need no struct: "string", "int64", ...; empty for all others.
template <class M>
constexpr std::string_view builtin_name() {
  if constexpr (std::same_as<M, std::string>) return "string";
  if constexpr (std::same_as<M, bool>) return "bool";
  if constexpr (std::same_as<M, std::int8_t>) return "int8";
  if constexpr (std::same_as<M, std::int16_t>) return "int16";
  if constexpr (std::same_as<M, std::int32_t>) return "int32";
  if constexpr (std::same_as<M, std::int64_t>) return "int64";
  if constexpr (std::same_as<M, std::uint8_t>) return "uint8";
  if constexpr (std::same_as<M, std::uint16_t>) return "uint16";
  if constexpr (std::same_as<M, std::uint32_t>) return "uint32";
  if constexpr (std::same_as<M, std::uint64_t>) return "uint64";
  if constexpr (std::same_as<M, float>) return "float32";
  if constexpr (std::same_as<M, double>) return "float64";
  return {};
}

// How one C++ type travels as CBOR or JSON.
struct PayloadType {
  std::string name;  // on both nodes the same: Go's "package.type" in lower case
  Format format = Format::cbor;
  const MessageType* type = nullptr;
  void (*write)(const void* value, ValueWriter& out) = nullptr;
  bool (*read)(const Value& from, void* value) = nullptr;
};

// What came in a payload: a message, or one of the runtime's own.
using Incoming = std::variant<Message, Sentinel>;

// A payload whose type nobody here knows: refused, as a node does with messages for its actors, or
// kept as bytes under its name, as tools and answers are.
enum class UnknownTypes : std::uint8_t { refuse, keep };

// The types that travel and how. All protobuf messages do; CBOR and JSON types are added here
// before the node starts, on both sides under one name. Fixed from then on, so that any thread may
// encode and decode.
//
//   serializers.add<Order>(Format::cbor, "main.order");
class GOAKT_API Serializers {
 public:
  // Error: invalid_argument for a type without a name, and for a name or type that is taken.
  template <class M>
  [[nodiscard]] Status add(Format format, std::string_view name = builtin_name<M>()) {
    return add(PayloadType{
        .name = std::string(name),
        .format = format,
        .type = &message_type<M>(),
        .write = [](const void* value,
                    ValueWriter& out) { write_value(out, *static_cast<const M*>(value)); },
        .read = [](const Value& from,
                   void* value) { return read_value(from, *static_cast<M*>(value)); }});
  }

  [[nodiscard]] Status add(PayloadType type);

  // Measures the message, which must stay as it is until the payload was written. Error:
  // invalid_message "... no serializer found for message type T".
  [[nodiscard]] Result<OutgoingPayload> encode(const Message& message) const;

  // Error: invalid_message with the text that GoAkt answers with.
  [[nodiscard]] Result<Incoming> decode(std::string_view payload,
                                        UnknownTypes unknown = UnknownTypes::refuse) const;
  // Its two halves. What most payloads are, without detours: none for all others; and these.
  static std::optional<Message> decode_protobuf(std::string_view payload);
  [[nodiscard]] Result<Incoming> decode_other(std::string_view payload,
                                              UnknownTypes unknown = UnknownTypes::refuse) const;

 private:
  using ByName = std::map<std::string, PayloadType, std::less<>>;

  ByName& names(Format format) { return format == Format::cbor ? cbor_ : json_; }

  Result<Message> decode_as(Format format, std::string_view payload) const;

  ByName cbor_;
  ByName json_;
  std::unordered_map<const MessageType*, const PayloadType*> by_type_;
};

}  // namespace goakt::wire
