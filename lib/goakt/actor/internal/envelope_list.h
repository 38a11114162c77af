#pragma once

#include "goakt/message/envelope.h"

#include <cstddef>
#include <utility>

namespace goakt::internal {

// A FIFO of envelopes, linked through them: no allocation. Does not own what is left in it.
class EnvelopeList {
 public:
  void push_back(Envelope* envelope) {
    envelope->next = nullptr;
    (head_ == nullptr ? head_ : tail_->next) = envelope;
    tail_ = envelope;
    ++size_;
  }

  // Null when empty.
  Envelope* pop_front() {
    Envelope* envelope = head_;
    if (envelope == nullptr) return nullptr;
    head_ = envelope->next;
    --size_;
    return envelope;
  }

  bool empty() const { return head_ == nullptr; }

  std::size_t size() const { return size_; }

 private:
  Envelope* head_ = nullptr;
  Envelope* tail_ = nullptr;
  std::size_t size_ = 0;
};

}  // namespace goakt::internal
