#pragma once

#include "goakt/actor/internal/envelope_list.h"
#include "goakt/actor/mailbox.h"
#include "goakt/actor/pid.h"

#include <cstdint>
#include <unordered_map>
#include <vector>

// The orders that mailboxes come in (mailbox.h). Plain FIFO needs none of these: the actor's own
// list is one.

namespace goakt::internal {

class FifoQueue final : public MailboxQueue {
 public:
  void push(Envelope* envelope) override;
  Envelope* pop() override;

  std::size_t size() const override { return messages_.size(); }

 private:
  EnvelopeList messages_;
};

// One message per sender and round; each sender's own in order. A sender costs memory only while it
// has messages here.
class FairQueue final : public MailboxQueue {
 public:
  ~FairQueue() override;
  void push(Envelope* envelope) override;
  Envelope* pop() override;

  std::size_t size() const override { return size_; }

 private:
  struct Box {
    Pid sender;
    EnvelopeList messages;
    Box* next = nullptr;  // the ring of those who have messages
  };

  std::unordered_map<Pid, Box> boxes_;
  Box* last_ = nullptr;  // last_->next is served next
  std::size_t size_ = 0;
};

// By a user's order, ties by arrival: a heap of four children per node in one array. Messages of
// one priority that arrive one after the other are one entry, so that they cost no way through the
// heap.
class HeapQueue final : public MailboxQueue {
 public:
  explicit HeapQueue(Mailbox::Before before) : before_(std::move(before)) {}

  ~HeapQueue() override;
  void push(Envelope* envelope) override;
  Envelope* pop() override;

  std::size_t size() const override { return size_; }

 private:
  struct Entry {
    Envelope* first;  // the others of its priority follow
    std::uint64_t sequence;
  };

  int compare(const Envelope& a, const Envelope& b) const noexcept;
  bool goes_before(const Entry& a, const Entry& b) const noexcept;
  void remove_top();

  const Mailbox::Before before_;
  std::vector<Entry> heap_;
  Envelope* newest_ = nullptr;  // the last of the entry that was added last, while that is there
  std::size_t size_ = 0;
  std::uint64_t arrivals_ = 0;
};

}  // namespace goakt::internal
