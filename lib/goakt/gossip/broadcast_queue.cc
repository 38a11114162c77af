#include "goakt/gossip/broadcast_queue.h"

#include <tuple>
#include <utility>

namespace goakt::gossip {

bool BroadcastQueue::Before::operator()(const Item& a, const Item& b) const noexcept {
  const auto key = [](const Item& item) {
    return std::tuple(item.sent, ~item.message.size(), ~item.id, ~item.order);
  };
  return key(a) < key(b);
}

bool BroadcastQueue::Before::operator()(const Item& a, const Room& b) const noexcept {
  return std::tuple(a.sent, ~a.message.size()) < std::tuple(b.sent, ~b.size);
}

bool BroadcastQueue::Before::operator()(const Room& a, const Item& b) const noexcept {
  return std::tuple(a.sent, ~a.size) < std::tuple(b.sent, ~b.message.size());
}

void BroadcastQueue::add(std::string name, std::string message, Finished finished) {
  // Before the old one goes: its removal may start the ids anew, and this one keeps its own.
  const auto id = ++last_id_;
  if (const auto old = by_name_.find(name); old != by_name_.end()) {
    const auto* known = old->second;
    by_name_.erase(old);
    const auto replaced = extract(items_.find(*known));
    if (replaced.value().finished) replaced.value().finished();
  }
  const auto [added, _] =
      items_.insert({0, id, ++inserted_, std::move(name), std::move(message), std::move(finished)});
  by_name_.emplace(added->name, &*added);
}

std::vector<std::string> BroadcastQueue::take(std::size_t overhead, std::size_t budget,
                                              unsigned limit, std::size_t max_items) {
  std::vector<std::string> taken;
  std::vector<Items::node_type> again;
  std::size_t used = 0;
  for (auto at = items_.begin(); at != items_.end() && taken.size() < max_items;) {
    if (used + overhead >= budget) break;
    const auto free = budget - used - overhead;
    if (at->message.size() > free) {
      // Past all that are too long: in a join storm there are thousands.
      at = items_.lower_bound(Room{at->sent, free});
      continue;
    }
    auto node = extract(at++);
    auto& item = node.value();
    used += overhead + item.message.size();
    taken.push_back(item.message);
    if (++item.sent < limit) {
      again.push_back(std::move(node));
      continue;
    }
    by_name_.erase(item.name);
    if (item.finished) item.finished();
  }
  for (auto& node : again) insert(std::move(node));
  return taken;
}

void BroadcastQueue::clear() {
  by_name_.clear();
  items_.clear();
  last_id_ = 0;
}

BroadcastQueue::Items::node_type BroadcastQueue::extract(Items::const_iterator item) {
  auto node = items_.extract(item);
  if (items_.empty()) last_id_ = 0;
  return node;
}

void BroadcastQueue::insert(Items::node_type item) {
  item.value().order = ++inserted_;
  items_.insert(std::move(item));
}

}  // namespace goakt::gossip
