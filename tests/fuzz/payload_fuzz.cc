// Payloads of every layout, and the CBOR and JSON in them: what is decoded can be written, and what
// was written decodes to the same.

#include "goakt/wire/serializers.h"

#include <google/protobuf/stubs/logging.h>
#include <google/protobuf/wrappers.pb.h>

#include <cstdint>
#include <cstdlib>
#include <internal/delivery.pb.h>
#include <string>
#include <string_view>

using namespace goakt;
using namespace goakt::wire;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

struct Item {
  std::string sku;
  std::int64_t qty = 0;

  static constexpr auto fields = describe(field("sku", &Item::sku), field("qty", &Item::qty));
};

struct Order {
  std::string id;
  double price = 0;
  bool paid = false;
  std::vector<std::string> tags;
  std::map<std::string, std::string> attrs;
  std::vector<std::uint8_t> raw;
  std::optional<Item> item;
  Time at;

  static constexpr auto fields =
      describe(field("id", &Order::id), field("price", &Order::price), field("paid", &Order::paid),
               field("tags", &Order::tags), field("attrs", &Order::attrs),
               field("raw", &Order::raw), field("item", &Order::item), field("at", &Order::at));
};

Serializers all() {
  Serializers serializers;
  require(serializers.add<Order>(Format::cbor, "main.order").has_value());
  require(serializers.add<Item>(Format::json, "main.jorder").has_value());
  require(serializers.add<std::string>(Format::cbor).has_value());
  require(serializers.add<std::uint64_t>(Format::json).has_value());
  return serializers;
}

Result<OutgoingPayload> encode_again(const Serializers& serializers, const Incoming& incoming) {
  if (const auto* message = std::get_if<Message>(&incoming)) return serializers.encode(*message);
  return std::visit(
      [](const auto& s) -> Result<OutgoingPayload> {
        if constexpr (std::same_as<std::remove_cvref_t<decltype(s)>, DeliveryCommand>)
          return encode(*s.envelope.template as<internalpb::DeliveryEnvelope>());
        else
          return encode(s);
      },
      std::get<Sentinel>(incoming));
}

bool is_empty_answer(const Incoming& incoming) {
  const auto* sentinel = std::get_if<Sentinel>(&incoming);
  if (sentinel == nullptr) return false;
  const auto* response = std::get_if<AsyncResponse>(sentinel);
  return response != nullptr && !response->message && response->error.empty();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  static const auto silence = google::protobuf::SetLogHandler(nullptr);
  static_cast<void>(silence);
  static const Serializers serializers = all();
  static const auto& known = message_type<google::protobuf::StringValue>();
  static_cast<void>(known);

  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  for (const Format format : {Format::cbor, Format::json})
    static_cast<void>(parse_value(format, bytes));
  static_cast<void>(parse_time(bytes));

  const auto incoming = serializers.decode(bytes, UnknownTypes::keep);
  if (!incoming) {
    require(incoming.error().code() == ErrorCode::invalid_message);
    return 0;
  }
  const auto payload = encode_again(serializers, *incoming);
  if (is_empty_answer(*incoming)) return 0;  // understood, but never sent
  require(payload.has_value());
  const std::string first = payload->to_string();
  const auto again = serializers.decode(first, UnknownTypes::keep);
  require(again.has_value());
  const auto second = encode_again(serializers, *again);
  require(second.has_value() && second->to_string() == first);
  return 0;
}
