#include "goakt/actor/mailbox.h"

#include <bit>

namespace goakt {

Mailbox Mailbox::unbounded() {
  return {"UnboundedMailbox", {}, 0, Overflow::fail};
}

Mailbox Mailbox::unbounded_segmented() {
  return {"UnboundedSegmentedMailbox", {}, 0, Overflow::fail};
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

Mailbox Mailbox::custom(Factory factory, std::size_t capacity, Overflow overflow) {
  return {"CustomMailbox", std::move(factory), capacity, overflow};
}

std::unique_ptr<MailboxQueue> Mailbox::make_queue() const {
  return factory_ ? factory_() : nullptr;
}

}  // namespace goakt
