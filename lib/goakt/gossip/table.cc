#include "goakt/gossip/table.h"

namespace goakt::gossip {

Member* MemberTable::find(std::string_view name) {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

const Member* MemberTable::find(std::string_view name) const {
  const auto found = by_name_.find(name);
  return found == by_name_.end() ? nullptr : found->second;
}

void MemberTable::forget(const Member& member) {
  by_name_.erase(member.name);
}

Member& MemberTable::insert(Member member, Rng& random) {
  const auto place = order_.empty() ? 0 : random.below(order_.size());
  order_.push_back(std::make_unique<Member>(std::move(member)));
  auto& added = *order_.back();
  by_name_.emplace(added.name, &added);
  std::swap(order_.back(), order_[place]);
  return added;
}

}  // namespace goakt::gossip
