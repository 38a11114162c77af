#pragma once

#include "goakt/actor/passivation.h"
#include "goakt/actor/pid.h"
#include "goakt/base/address.h"
#include "goakt/base/clock.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/message/envelope.h"

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

// What remoting needs of the runtime beside what everybody may use.
namespace goakt {

class ActorSystem;
struct SystemOptions;

namespace internal {
class System;
}

// What can be done to an actor on another node beside telling it something.
enum class RemoteOrder : std::uint8_t { stop, restart, reinstate };

// Where messages for one other node go. Any thread.
class RemoteRoute {
 public:
  RemoteRoute() = default;
  RemoteRoute(const RemoteRoute&) = delete;
  RemoteRoute& operator=(const RemoteRoute&) = delete;
  virtual ~RemoteRoute() = default;

  // Takes ownership of the message, whose origin says who sends it: an actor, or an ask, which the
  // route has to answer unless it returns an error.
  virtual Status deliver(const Address& to, Envelope* message) = 0;
  // A local actor wants to be told when that one ends, or no more.
  virtual void watch(const Address& actor, const Pid& watcher) = 0;
  virtual void unwatch(const Address& actor, const Pid& watcher) = 0;
  // Calls back once, on any thread, perhaps from within. Without a callback nobody waits: what goes
  // wrong is for the log.
  virtual void order(const Address& actor, RemoteOrder order, Duration timeout,
                     std::function<void(Status)> done) = 0;
};

// Gets the answer of one ask at a time.
class RemoteAsker {
 public:
  RemoteAsker() = default;
  RemoteAsker(const RemoteAsker&) = delete;
  RemoteAsker& operator=(const RemoteAsker&) = delete;
  virtual ~RemoteAsker() = default;

  // What answer() calls the ask, before there can be one.
  virtual void asked(std::uint64_t origin) = 0;
  // Any thread, perhaps before ask() has returned; must be short.
  virtual void answered(Result<Message> answer) = 0;

 private:
  friend class RemoteAccess;

  internal::System* system_ = nullptr;
  std::uint64_t timer_ = 0;
};

// One system, seen from where other nodes' requests arrive. Any thread, while the system lives.
class GOAKT_API RemoteAccess {
 public:
  explicit RemoteAccess(ActorSystem& system);

  ActorSystem& system() const noexcept { return facade_; }

  const SystemOptions& options() const;
  Clock& clock() const;
  // goakt://SYSTEM@HOST:PORT/
  std::string prefix() const;

  // The actor, the runtime's own included, of that name, whatever its state: under `parent`, or at
  // top level when that is empty. Nobody when there is none.
  Pid find(std::string_view parent, std::string_view name) const;

  // A handle to an actor on another node: a Pid like any other, whose messages take that route. It
  // is not given back before the system ends, so keep one for each address. Error: invalid_argument
  // for a name that no actor can have.
  [[nodiscard]] Result<Pid> make_pid(Address address, std::shared_ptr<RemoteRoute> route) const;

  // Tells, from a thread that must not wait: false while a mailbox that makes its senders wait is
  // full, and the message stays whole. Errors: as Pid::tell.
  [[nodiscard]] Result<bool> tell_if_room(const Pid& to, Message& message, const Pid& from) const;

  // Asks in the name of `from`, until the limit: then the error is request_timeout. Without a
  // message it only waits. The asker lives until it gets the answer, which does not come by itself
  // when the system stops. With `inline_turn` an idle actor runs here and now.
  void ask(const Pid& to, Message message, const Pid& from, TimePoint limit, RemoteAsker& asker,
           bool inline_turn = false) const;

  void at(TimePoint time, std::function<void()> task) const;
  // On a thread that may block.
  void run_blocking(std::function<void()> task) const;
  // A dead letter of a message of that type, which is gone.
  void lose(std::string_view sender, std::string_view receiver, std::string_view type,
            std::string_view reason) const;

  // The watcher is told when the actor ends. Both may be repeated.
  void watch(const Pid& actor, const Pid& watcher) const;
  void unwatch(const Pid& actor, const Pid& watcher) const;

  // Of a message that takes a route: who sends it, perhaps nobody; when its asker stops waiting,
  // none if never.
  Pid sender_of(const Envelope& message) const;
  static bool is_ask(const Envelope& message);
  std::optional<TimePoint> ask_limit(const Envelope& message) const;
  // The answer of an ask, named by its message's origin. Too late: it is dropped.
  static void answer(std::uint64_t origin, Result<Message> answer);

  static std::string role_of(const Pid& pid);
  // The system's where the actor has none of its own.
  static Passivation passivation_of(const Pid& pid);

 private:
  ActorSystem& facade_;
  internal::System& system_;
};

}  // namespace goakt
