#pragma once

#include "goakt/actor/pending_answer.h"
#include "goakt/actor/system.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/config/settings.h"
#include "goakt/node/event_log.h"
#include "goakt/node/kinds.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace goakt::node {

// What an operator says about a new actor.
struct SpawnRequest {
  std::string name;
  std::string kind;
  std::string parent;  // empty: under the user guardian
  std::optional<Passivation> passivation;
  std::optional<std::chrono::nanoseconds> init_timeout;
  std::optional<bool> relocatable;
  std::optional<bool> stashing;
  std::string role;
  bool if_absent = false;  // an actor of that name and kind is as good
};

// A running node: an actor system and what is known by name in it. Everything that tools do goes
// through here. Any thread, after start().
class GOAKT_API Node {
 public:
  // Errors: a bad system name or option.
  [[nodiscard]] static Result<std::unique_ptr<Node>> create(const config::Settings& settings,
                                                            Kinds kinds);
  // Stops the node when it still runs.
  ~Node();

  [[nodiscard]] Status start();
  [[nodiscard]] Status stop();

  ActorSystem& system() { return *system_; }

  const Kinds& kinds() const { return kinds_; }

  EventLog& events() { return *events_; }

  // "127.0.0.1:0" without remoting.
  std::string id() const;

  // Errors: type_not_registered with the nearest kinds, actor_already_exists, and those of spawn.
  [[nodiscard]] Result<Pid> spawn(const SpawnRequest& request);
  // NAME, PARENT/NAME, or a system actor's name. Error: actor_not_found with the nearest names.
  [[nodiscard]] Result<Pid> find(std::string_view name);
  // Waits until it has stopped. Error: shutdown_forbidden for system actors.
  [[nodiscard]] Status kill(std::string_view name);

  std::chrono::nanoseconds ask_timeout() const { return ask_timeout_; }

 private:
  Node(Kinds kinds, std::unique_ptr<ActorSystem> system, std::chrono::nanoseconds ask_timeout);

  Kinds kinds_;  // before the system: actors are made of them
  std::unique_ptr<ActorSystem> system_;
  std::chrono::nanoseconds ask_timeout_;
  std::unique_ptr<EventLog> events_;
};

}  // namespace goakt::node
