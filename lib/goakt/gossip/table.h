#pragma once

#include "goakt/base/export.h"
#include "goakt/base/random.h"
#include "goakt/gossip/member.h"

#include <algorithm>
#include <cstddef>
#include <memory>
#include <string_view>
#include <unordered_map>
#include <utility>
#include <vector>

namespace goakt::gossip {

// Every member that was heard of, the own one included, in the order in which they are probed. The
// dead stay until they are reaped, so that old news about them is recognised.
class GOAKT_API MemberTable {
 public:
  std::size_t size() const noexcept { return order_.size(); }

  // Names that can be found; as many as members.
  std::size_t indexed() const noexcept { return by_name_.size(); }

  Member& at(std::size_t index) { return *order_[index]; }

  const Member& at(std::size_t index) const { return *order_[index]; }

  Member* find(std::string_view name);
  const Member* find(std::string_view name) const;

  // At a random place: newcomers must not all be probed last.
  Member& insert(Member member, Rng& random);

  // Forgets members that satisfy `gone`, then shuffles the rest.
  template <class Gone>
  void reap_and_shuffle(Gone gone, Rng& random) {
    std::erase_if(order_, [&](const auto& member) {
      if (!gone(*member)) return false;
      forget(*member);
      return true;
    });
    shuffle(order_, random);
  }

  // Up to `count` different random members that qualify; fewer if chance has it.
  template <class Qualifies>
  std::vector<Member*> choose(std::size_t count, Rng& random, Qualifies qualifies) {
    std::vector<Member*> chosen;
    const auto n = order_.size();
    const auto consider = [&](Member* member) {
      if (qualifies(*member) && std::find(chosen.begin(), chosen.end(), member) == chosen.end())
        chosen.push_back(member);
    };
    if (n < 3 * count) {
      std::vector<Member*> all;
      for (const auto& member : order_) all.push_back(member.get());
      shuffle(all, random);
      for (std::size_t i = 0; i < n && chosen.size() < count; ++i) consider(all[i]);
    } else {
      for (std::size_t i = 0; i < 3 * n && chosen.size() < count; ++i)
        consider(order_[random.below(n)].get());
    }
    return chosen;
  }

  auto begin() const { return order_.begin(); }

  auto end() const { return order_.end(); }

 private:
  void forget(const Member& member);

  // The standard's shuffle differs between libraries; a seed must mean the same everywhere.
  template <class T>
  static void shuffle(std::vector<T>& items, Rng& random) {
    for (std::size_t i = items.size(); i > 1; --i) std::swap(items[i - 1], items[random.below(i)]);
  }

  std::vector<std::unique_ptr<Member>> order_;
  // Keys are the members' own names.
  std::unordered_map<std::string_view, Member*> by_name_;
};

}  // namespace goakt::gossip
