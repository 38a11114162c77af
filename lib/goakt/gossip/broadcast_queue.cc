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
    const auto replaced = remove(old->second);
    if (replaced.finished) replaced.finished();
  }
  insert({0, id, 0, std::move(name), std::move(message), std::move(finished)});
}

std::vector<std::string> BroadcastQueue::take(std::size_t overhead, std::size_t budget,
                                              unsigned limit, std::size_t max_items) {
  std::vector<std::string> taken;
  std::vector<Item> again;
  std::size_t used = 0;
  for (auto at = items_.begin(); at != items_.end() && taken.size() < max_items;) {
    if (used + overhead >= budget) break;
    const auto free = budget - used - overhead;
    if (at->message.size() > free) {
      // Past all that are too long: in a join storm there are thousands.
      at = items_.lower_bound(Room{at->sent, free});
      continue;
    }
    const auto next = std::next(at);
    auto item = remove(at);
    at = next;
    used += overhead + item.message.size();
    taken.push_back(item.message);
    if (++item.sent >= limit) {
      if (item.finished) item.finished();
    } else {
      again.push_back(std::move(item));
    }
  }
  for (auto& item : again) insert(std::move(item));
  return taken;
}

void BroadcastQueue::clear() {
  by_name_.clear();
  items_.clear();
  last_id_ = 0;
}

BroadcastQueue::Item BroadcastQueue::remove(Items::iterator item) {
  by_name_.erase(item->name);
  auto out = std::move(items_.extract(item).value());
  if (items_.empty()) last_id_ = 0;
  return out;
}

void BroadcastQueue::insert(Item item) {
  item.order = ++inserted_;
  auto name = item.name;
  const auto at = items_.insert(std::move(item)).first;
  by_name_[std::move(name)] = at;
}

}  // namespace goakt::gossip
