#pragma once

#include "goakt/wire/fields.h"

#include <optional>

// A struct with a field of every kind.
struct Item {
  std::string sku;
  int qty = 0;

  static constexpr auto fields = goakt::wire::describe(goakt::wire::field("sku", &Item::sku),
                                                       goakt::wire::field("qty", &Item::qty));
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

  static constexpr auto fields = goakt::wire::describe(
      goakt::wire::field("id", &Order::id), goakt::wire::field("amount", &Order::amount),
      goakt::wire::field("price", &Order::price), goakt::wire::field("paid", &Order::paid),
      goakt::wire::field("tags", &Order::tags), goakt::wire::field("attrs", &Order::attrs),
      goakt::wire::field("raw", &Order::raw), goakt::wire::field("item", &Order::item),
      goakt::wire::field("at", &Order::at));
};
