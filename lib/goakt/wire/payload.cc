#include "goakt/wire/payload.h"

#include "goakt/wire/big_endian.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/message.h>

#include <cstdint>
#include <limits>
#include <utility>

namespace goakt::wire {

namespace {

constexpr std::size_t kHeader = 8;
// A frame states its length in 32 bits, protobuf keeps lengths in 31.
constexpr std::size_t kMost = std::numeric_limits<std::int32_t>::max();

}  // namespace

OutgoingPayload OutgoingPayload::raw(std::string bytes) {
  auto owned = std::make_unique<const std::string>(std::move(bytes));
  OutgoingPayload payload = raw_view(*owned);
  payload.owned_ = std::move(owned);
  return payload;
}

Status OutgoingPayload::measure(std::size_t body_size) {
  has_header_ = true;
  size_ = kHeader + name_.size() + body_size;
  if (body_size < kMost && size_ < kMost) return {};
  return fail(ErrorCode::invalid_message,
              "invalid message: " + std::string(name_) + " is larger than 2 GiB");
}

Result<OutgoingPayload> OutgoingPayload::of(const google::protobuf::Message& message) {
  return of(message, message.GetDescriptor()->full_name());
}

Result<OutgoingPayload> OutgoingPayload::of(const google::protobuf::MessageLite& message,
                                            std::string_view type_name) {
  OutgoingPayload payload;
  payload.name_ = type_name;
  payload.message_ = &message;
  GOAKT_CHECK(payload.measure(message.ByteSizeLong()));
  return payload;
}

Result<OutgoingPayload> OutgoingPayload::named(std::string_view type_name, std::string body) {
  auto owned = std::make_unique<const std::string>(std::move(body));
  GOAKT_TRY(OutgoingPayload payload, named_view(type_name, *owned));
  payload.owned_ = std::move(owned);
  return payload;
}

Result<OutgoingPayload> OutgoingPayload::named_view(std::string_view type_name,
                                                    std::string_view body) {
  OutgoingPayload payload;
  payload.name_ = type_name;
  payload.view_ = body;
  GOAKT_CHECK(payload.measure(body.size()));
  return payload;
}

char* OutgoingPayload::write(char* to) const {
  if (has_header_) {
    to = store_big_endian(to, static_cast<std::uint32_t>(size_));
    to = store_big_endian(to, static_cast<std::uint32_t>(name_.size()));
    to = store_bytes(to, name_.data(), name_.size());
  }
  if (message_ != nullptr)
    return reinterpret_cast<char*>(
        message_->SerializeWithCachedSizesToArray(reinterpret_cast<std::uint8_t*>(to)));
  return store_bytes(to, view_.data(), view_.size());
}

std::string OutgoingPayload::to_string() const {
  std::string bytes(size_, '\0');
  write(bytes.data());
  return bytes;
}

std::optional<NamedPayload> read_named(std::string_view payload) noexcept {
  if (payload.size() < kHeader) return std::nullopt;
  const std::uint64_t total = load_big_endian<std::uint32_t>(payload.data());
  const std::uint64_t name_length = load_big_endian<std::uint32_t>(payload.data() + 4);
  if (total < kHeader || total > payload.size() || name_length == 0 ||
      kHeader + name_length > total)
    return std::nullopt;
  return NamedPayload{.type_name = payload.substr(kHeader, name_length),
                      .body = payload.substr(kHeader + name_length, total - kHeader - name_length)};
}

}  // namespace goakt::wire
