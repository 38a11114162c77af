#include "goakt/actor/internal/mailbox_queues.h"

#include "goakt/actor/internal/system.h"

#include <algorithm>

namespace goakt::internal {

void FifoQueue::push(Envelope* envelope) {
  messages_.push_back(envelope);
}

Envelope* FifoQueue::pop() {
  return messages_.pop_front();
}

// -- FairQueue
// ---------------------------------------------------------------------------------------

FairQueue::~FairQueue() {
  while (Envelope* envelope = pop()) delete_envelope(envelope);
}

void FairQueue::push(Envelope* envelope) {
  const Pid sender = sender_of(envelope->origin);
  Box& box = boxes_[sender];
  if (box.messages.empty()) {
    box.sender = sender;
    if (last_ == nullptr) {
      box.next = &box;
    } else {
      box.next = last_->next;
      last_->next = &box;
    }
    last_ = &box;
  }
  box.messages.push_back(envelope);
  ++size_;
}

Envelope* FairQueue::pop() {
  if (last_ == nullptr) return nullptr;
  Box* box = last_->next;
  Envelope* envelope = box->messages.pop_front();
  --size_;
  if (!box->messages.empty()) {
    last_ = box;  // to the end of the round
    return envelope;
  }
  if (last_ == box)
    last_ = nullptr;
  else
    last_->next = box->next;
  boxes_.erase(Pid(box->sender));
  return envelope;
}

// -- HeapQueue
// ---------------------------------------------------------------------------------------

namespace {
constexpr std::size_t kChildren = 4;
}

HeapQueue::~HeapQueue() {
  while (Envelope* envelope = pop()) delete_envelope(envelope);
}

// Negative: a goes first; zero: whichever came first.
int HeapQueue::compare(const Envelope& a, const Envelope& b) const noexcept {
  // The user's function must not take the worker down with it: what throws has no priority.
  try {
    if (before_(a, b)) return -1;
    if (before_(b, a)) return 1;
  } catch (...) {
  }
  return 0;
}

bool HeapQueue::goes_before(const Entry& a, const Entry& b) const noexcept {
  const int order = compare(*a.first, *b.first);
  return order != 0 ? order < 0 : a.sequence < b.sequence;
}

void HeapQueue::push(Envelope* envelope) {
  envelope->next = nullptr;
  ++size_;
  if (newest_ != nullptr && compare(*newest_, *envelope) == 0) {
    newest_->next = envelope;
    newest_ = envelope;
    return;
  }
  newest_ = envelope;
  const Entry added{envelope, arrivals_++};
  heap_.push_back(added);
  std::size_t hole = heap_.size() - 1;
  while (hole != 0) {
    const std::size_t parent = (hole - 1) / kChildren;
    if (!goes_before(added, heap_[parent])) break;
    heap_[hole] = heap_[parent];
    hole = parent;
  }
  heap_[hole] = added;
}

Envelope* HeapQueue::pop() {
  if (size_ == 0) return nullptr;
  --size_;
  Envelope* const envelope = heap_.front().first;
  if (envelope->next != nullptr) {
    heap_.front().first = envelope->next;
  } else {
    if (envelope == newest_) newest_ = nullptr;
    remove_top();
  }
  return envelope;
}

void HeapQueue::remove_top() {
  const Entry moved = heap_.back();
  heap_.pop_back();
  if (heap_.empty()) return;
  std::size_t hole = 0;
  for (;;) {
    const std::size_t begin = hole * kChildren + 1;
    if (begin >= heap_.size()) break;
    const std::size_t end = std::min(begin + kChildren, heap_.size());
    std::size_t best = begin;
    for (std::size_t child = begin + 1; child < end; ++child)
      if (goes_before(heap_[child], heap_[best])) best = child;
    if (!goes_before(heap_[best], moved)) break;
    heap_[hole] = heap_[best];
    hole = best;
  }
  heap_[hole] = moved;
}

}  // namespace goakt::internal
