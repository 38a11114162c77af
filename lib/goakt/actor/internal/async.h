#pragma once

#include "goakt/actor/internal/receive_access.h"
#include "goakt/actor/internal/reply_slot.h"
#include "goakt/actor/internal/timers.h"

#include <coroutine>
#include <memory>

namespace goakt::internal {

// A coroutine handler under way. Belongs to its actor's runner.
struct AsyncReceive {
  explicit AsyncReceive(ReceiveContext&& kept) : ctx(std::move(kept)) {}

  static void* operator new(std::size_t size) { return pool::allocate_block(size); }

  static void operator delete(void* memory, std::size_t size) noexcept {
    pool::free_block(memory, size);
  }

  ReceiveContext ctx;  // owns the message
  void* task = nullptr;
  std::coroutine_handle<> root;
  void (*complete)(void* task, ReceiveContext&) = nullptr;
  void (*destroy)(void* task) = nullptr;
  PendingReply::State* waiting_for = nullptr;  // what it is suspended on
  bool holds_messages = false;                 // user messages wait for it
  bool canceled = false;                       // the actor stops: no await suspends any more
  AsyncReceive* previous = nullptr;            // list of the actor
  AsyncReceive* next = nullptr;
};

// One awaited answer.
struct PendingReply::State {
  static void* operator new(std::size_t size) { return pool::allocate_block(size); }

  static void operator delete(void* memory, std::size_t size) noexcept {
    pool::free_block(memory, size);
  }

  Pid self;
  AsyncReceive* receive = nullptr;
  ReplySlot* slot = nullptr;  // null once the answer has been taken
  Timers::Id timer = 0;
  Cell* target = nullptr;        // for cycle detection
  std::unique_ptr<Error> error;  // failed without a slot
  std::coroutine_handle<> waiting;
};

}  // namespace goakt::internal
