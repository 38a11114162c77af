#pragma once

#include "goakt/base/export.h"
#include "goakt/message/envelope.h"

#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>

namespace goakt {

class Pid;

// What a bounded mailbox does with a message for which there is no room.
enum class Overflow : std::uint8_t {
  drop_new,  // the message becomes a dead letter; tell succeeds (GoAkt's non-blocking kind)
  drop_old,  // the oldest one becomes a dead letter
  fail,      // tell returns mailbox_full
  block,     // a thread outside the pool waits for room; a handler's tell returns mailbox_full
};

// The order in which an actor handles what its inbox received. Owned and called by the actor's
// current runner alone, so it needs no lock. Implement it for a mailbox of your own.
class GOAKT_API MailboxQueue {
 public:
  virtual ~MailboxQueue() = default;
  virtual void push(
      Envelope* envelope) = 0;  // takes ownership; envelope->next is the queue's to use
  virtual Envelope* pop() = 0;  // null when empty; gives ownership
  virtual std::size_t size() const = 0;
};

// Which mailbox an actor gets: an order and a bound. A value; each spawn makes its own queue.
class GOAKT_API Mailbox {
 public:
  // True when a goes before b. It sees every user message, PostStart included.
  using Before = std::function<bool(const Envelope& a, const Envelope& b)>;
  using Factory = std::function<std::unique_ptr<MailboxQueue>()>;

  static Mailbox unbounded();            // FIFO; the default
  static Mailbox unbounded_segmented();  // FIFO
  static Mailbox unbounded_fair();       // one message per sender and round
  static Mailbox unbounded_priority(Before before);
  static Mailbox unbounded_stable_priority(Before before);
  static Mailbox bounded(std::size_t capacity, Overflow overflow = Overflow::block);
  static Mailbox non_blocking_bounded(std::size_t capacity);  // bounded(…, drop_new)
  static Mailbox bounded_priority(std::size_t capacity, Before before,
                                  Overflow overflow = Overflow::drop_new);
  static Mailbox bounded_stable_priority(std::size_t capacity, Before before,
                                         Overflow overflow = Overflow::drop_new);
  static Mailbox custom(Factory factory, std::size_t capacity = 0,
                        Overflow overflow = Overflow::drop_new);

  std::unique_ptr<MailboxQueue> make_queue() const;  // null: plain FIFO, kept by the runtime itself

  std::size_t capacity() const { return capacity_; }  // 0: none

  Overflow overflow() const { return overflow_; }

  const char* name() const { return name_; }  // GoAkt's constructor name

 private:
  Mailbox(const char* name, Factory factory, std::size_t capacity, Overflow overflow)
      : name_(name), factory_(std::move(factory)), capacity_(capacity), overflow_(overflow) {}

  const char* name_;
  Factory factory_;
  std::size_t capacity_;
  Overflow overflow_;
};

}  // namespace goakt
