#pragma once

#include "goakt/base/export.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <set>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace goakt::gossip {

// What this member still has to tell the others. Each item is sent a limited number of times; the
// least sent go first, of those the longest, of those the newest. News about a name replaces what
// was queued about it.
class GOAKT_API BroadcastQueue {
 public:
  using Finished = std::function<void()>;

  struct Item {
    unsigned sent = 0;
    std::uint64_t id = 0;
    std::uint64_t order = 0;
    std::string name;
    std::string message;
    Finished finished;
  };

  // `finished` is called once: sent often enough, or replaced.
  void add(std::string name, std::string message, Finished finished = {});

  // Items for one packet: each costs `overhead` besides its length. One that was sent `limit` times
  // is done with.
  std::vector<std::string> take(std::size_t overhead, std::size_t budget, unsigned limit,
                                std::size_t max_items = SIZE_MAX);

  bool empty() const noexcept { return items_.empty(); }

  std::size_t size() const noexcept { return items_.size(); }

  // In the order of sending.
  auto begin() const { return items_.begin(); }

  auto end() const { return items_.end(); }

  // Without calling anybody.
  void clear();

 private:
  // Where items begin that were sent so often and are so short.
  struct Room {
    unsigned sent;
    std::size_t size;
  };

  struct Before {
    using is_transparent = void;
    bool operator()(const Item& a, const Item& b) const noexcept;
    bool operator()(const Item& a, const Room& b) const noexcept;
    bool operator()(const Room& a, const Item& b) const noexcept;
  };

  using Items = std::set<Item, Before>;

  Items::node_type extract(Items::const_iterator item);
  void insert(Items::node_type item);

  Items items_;
  // Keys are the items' own names.
  std::unordered_map<std::string_view, const Item*> by_name_;
  std::uint64_t last_id_ = 0;
  std::uint64_t inserted_ = 0;
};

}  // namespace goakt::gossip
