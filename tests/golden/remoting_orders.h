#pragma once

#include "goakt/wire/serializers.h"

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <tuple>
#include <vector>

// The recorded nodes' own types in CBOR and JSON.
namespace golden {

using goakt::wire::describe;
using goakt::wire::field;

struct Item {
  std::string sku;
  std::int64_t qty = 0;

  static constexpr auto fields = describe(field("sku", &Item::sku), field("qty", &Item::qty));
};

struct Order {
  std::string id;
  std::int64_t amount = 0;
  double price = 0;
  bool paid = false;
  std::vector<std::string> tags;
  std::map<std::string, std::string> attrs;
  std::vector<std::uint8_t> raw;
  std::optional<Item> item;
  goakt::wire::Time at;

  static constexpr auto fields = describe(
      field("id", &Order::id), field("amount", &Order::amount), field("price", &Order::price),
      field("paid", &Order::paid), field("tags", &Order::tags), field("attrs", &Order::attrs),
      field("raw", &Order::raw), field("item", &Order::item), field("at", &Order::at));
};

struct JsonOrder : Order {
  std::string html;

  static constexpr auto fields =
      std::tuple_cat(Order::fields, describe(field("html", &JsonOrder::html)));
};

struct Untagged {
  std::string name;
  std::int32_t count = 0;
  float ratio = 0;
  std::optional<std::string> opt;

  static constexpr auto fields =
      describe(field("Name", &Untagged::name), field("Count", &Untagged::count),
               field("Ratio", &Untagged::ratio), field("Opt", &Untagged::opt));
};

}  // namespace golden
