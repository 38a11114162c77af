// A plugin built outside the tree, with messages of its own.
#include "shop.pb.h"

#include <goakt/actor/system.h>
#include <goakt/node/plugin.h>

namespace {

class Shelf final : public goakt::Actor {
  goakt::Result<shop::Stock> order(const shop::Order& m) {
    if (m.count() > left_) return goakt::fail("shop.SoldOut", "not so many left");
    left_ -= m.count();
    return stock(shop::GetStock());
  }

  shop::Stock stock(const shop::GetStock&) const {
    shop::Stock stock;
    stock.set_left(left_);
    return stock;
  }

  std::int64_t left_ = 10;

 public:
  static constexpr auto handles = goakt::handlers(&Shelf::order, &Shelf::stock);
};

}  // namespace

GOAKT_PLUGIN("shop", plugin) {
  plugin.actor<Shelf>("shop.shelf");
}
