#include "goakt/actor/mailbox.h"

#include "goakt/actor/internal/mailbox_queues.h"

#include <algorithm>
#include <bit>

namespace goakt {

namespace {

Mailbox::Factory heap_of(Mailbox::Before before) {
  return [before = std::move(before)] { return std::make_unique<internal::HeapQueue>(before); };
}

}  // namespace

Mailbox Mailbox::unbounded() {
  return {"UnboundedMailbox", {}, 0, Overflow::fail};
}

Mailbox Mailbox::unbounded_segmented() {
  return {"UnboundedSegmentedMailbox", {}, 0, Overflow::fail};
}

Mailbox Mailbox::unbounded_fair() {
  return {"UnboundedFairMailbox", [] { return std::make_unique<internal::FairQueue>(); }, 0,
          Overflow::fail};
}

Mailbox Mailbox::unbounded_priority(Before before) {
  return {"UnboundedPriorityMailBox", heap_of(std::move(before)), 0, Overflow::fail};
}

Mailbox Mailbox::unbounded_stable_priority(Before before) {
  return {"UnboundedStablePriorityMailbox", heap_of(std::move(before)), 0, Overflow::fail};
}

Mailbox Mailbox::bounded(std::size_t capacity, Overflow overflow) {
  return {"BoundedMailbox", {}, std::bit_ceil(std::max<std::size_t>(capacity, 1)), overflow};
}

Mailbox Mailbox::non_blocking_bounded(std::size_t capacity) {
  return {"NonBlockingBoundedMailbox",
          {},
          std::bit_ceil(std::max<std::size_t>(capacity, 2)),
          Overflow::drop_new};
}

Mailbox Mailbox::bounded_priority(std::size_t capacity, Before before, Overflow overflow) {
  return {"BoundedPriorityMailbox", heap_of(std::move(before)), std::max<std::size_t>(capacity, 1),
          overflow};
}

Mailbox Mailbox::bounded_stable_priority(std::size_t capacity, Before before, Overflow overflow) {
  return {"BoundedStablePriorityMailbox", heap_of(std::move(before)),
          std::max<std::size_t>(capacity, 1), overflow};
}

Mailbox Mailbox::custom(Factory factory, std::size_t capacity, Overflow overflow) {
  return {"CustomMailbox", std::move(factory), capacity, overflow};
}

std::unique_ptr<MailboxQueue> Mailbox::make_queue() const {
  if (factory_) return factory_();
  // Senders drop from the head: the queue must be one that they can reach.
  if (capacity_ != 0 && overflow_ == Overflow::drop_old)
    return std::make_unique<internal::FifoQueue>();
  return nullptr;
}

}  // namespace goakt
