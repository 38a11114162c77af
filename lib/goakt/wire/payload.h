#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/message/envelope.h"
#include "goakt/wire/buffer.h"

#include <cstddef>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace google::protobuf {
class Message;
class MessageLite;
}  // namespace google::protobuf

// Payloads: an actor's message within a frame. Laid out as a plain frame: the type's name and the
// value as protobuf, CBOR or JSON (no byte says which). Sentinels are payloads of other layouts.
namespace goakt::wire {

// A message that was measured and waits to be written, once, where it will be sent from. Refers to
// the message: neither may change before write().
class GOAKT_API OutgoingPayload {
 public:
  // Bytes that are a payload already: a sentinel, or one that is passed on.
  static OutgoingPayload raw(std::string bytes);

  static OutgoingPayload raw_view(std::string_view bytes) {
    OutgoingPayload payload;
    payload.size_ = bytes.size();
    payload.view_ = bytes;
    return payload;
  }

  // A message of a class that protoc made; the second spares looking for its name, whose owner
  // stays.
  [[nodiscard]] static Result<OutgoingPayload> of(const google::protobuf::Message& message);
  [[nodiscard]] static Result<OutgoingPayload> of(const google::protobuf::MessageLite& message,
                                                  std::string_view type_name);
  // A value that was encoded already, under its type's name; the name's and view's owners stay.
  [[nodiscard]] static Result<OutgoingPayload> named(std::string_view type_name, std::string body);
  [[nodiscard]] static Result<OutgoingPayload> named_view(std::string_view type_name,
                                                          std::string_view body);

  std::size_t size() const noexcept { return size_; }

  // Writes size() bytes there and returns their end.
  char* write(char* to) const;

  std::string to_string() const;

 private:
  OutgoingPayload() = default;

  Status measure(std::size_t body_size);

  std::size_t size_ = 0;
  bool has_header_ = false;
  std::string_view name_;
  // The body: one of these.
  const google::protobuf::MessageLite* message_ = nullptr;
  std::string_view view_;
  std::unique_ptr<const std::string> owned_;  // what is seen, unless its owner is somebody else
};

// The name and the body of a payload in frame layout, as views; none when it is not one. Bytes
// behind the length that it states mean nothing.
struct NamedPayload {
  std::string_view type_name;
  std::string_view body;
};

GOAKT_API std::optional<NamedPayload> read_named(std::string_view payload) noexcept;

}  // namespace goakt::wire
