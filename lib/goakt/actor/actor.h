#pragma once

#include "goakt/actor/pid.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/message/pool.h"

#include <cstddef>
#include <memory>
#include <new>
#include <string_view>

namespace goakt {

class ActorSystem;
class Dependency;
class Extension;
class ReceiveContext;

// What an actor sees while it starts and stops. Valid during that call only.
class GOAKT_API Context {
 public:
  explicit Context(Pid self) : self_(self) {}

  Pid self() const { return self_; }

  std::string_view actor_name() const { return self_.name(); }

  ActorSystem& system() const { return *self_.system(); }

  // Null when there is none of that id.
  std::shared_ptr<Extension> extension(std::string_view id) const;
  std::shared_ptr<Dependency> dependency(std::string_view id) const;

 private:
  Pid self_;
};

// Base of every actor. The runtime owns the object and calls it from one thread at a time; nothing
// else ever touches it. An actor either lists its handlers (handlers.h) or overrides receive().
//
// What an actor throws is its own failure: supervision decides. It never ends the node.
class GOAKT_API Actor {
 public:
  Actor() = default;
  Actor(const Actor&) = delete;
  Actor& operator=(const Actor&) = delete;
  virtual ~Actor() = default;

  // A million small actors: from the pool, without malloc's headers.
  static void* operator new(std::size_t size) { return pool::allocate_block(size); }

  static void operator delete(void* memory, std::size_t size) noexcept {
    pool::free_block(memory, size);
  }

  static void* operator new(std::size_t size, std::align_val_t alignment) {
    return ::operator new(size, alignment);
  }

  static void operator delete(void* memory, std::size_t size, std::align_val_t alignment) noexcept {
    ::operator delete(memory, size, alignment);
  }

  // Before the first message and at each restart. May be called again after an error.
  virtual Status pre_start(Context&) { return {}; }

  // Only for actors without a `handles` list.
  virtual void receive(ReceiveContext&) {}

  // After the last message, in the actor's own turn, exactly once per stop.
  virtual Status post_stop(Context&) { return {}; }
};

}  // namespace goakt
