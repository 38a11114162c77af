#pragma once

#include "goakt/actor/pending_answer.h"
#include "goakt/actor/system.h"
#include "goakt/base/export.h"
#include "goakt/base/log.h"
#include "goakt/base/result.h"
#include "goakt/config/settings.h"
#include "goakt/node/event_log.h"
#include "goakt/node/kinds.h"
#include "goakt/node/log_level.h"
#include "goakt/node/message_types.h"
#include "goakt/node/operations.h"
#include "goakt/observe/log_ring.h"

#include <chrono>
#include <functional>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

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
  std::shared_ptr<const Supervisor> supervisor;
  std::string role;
  bool if_absent = false;  // an actor of that name and kind is as good
};

// What a reload did.
struct ReloadReport {
  std::vector<std::string> changed;
  std::vector<std::string> needs_restart;
};

// What a program gives its node beside the settings.
struct NodeOptions {
  Logger log = {};                              // of the whole node; its level can be changed
  std::shared_ptr<observe::LogRing> logs = {};  // what `log` writes to; made when left out
  // Reads the configuration again; without it a reload reads again only the files that it names.
  std::function<Result<config::Settings>()> load_settings = {};
  // What the program itself does at each reload, whoever asked for it: before anything is read, and
  // when all is taken over or refused. On the thread that reloads.
  std::function<void()> before_reload = {};
  std::function<void(const config::Settings& before, const config::Settings& now,
                     const Result<ReloadReport>& report)>
      after_reload = {};
  // Those of plugins.proto-dir; read from there when left out.
  std::shared_ptr<const MessageTypes> types = {};
};

// A running node: an actor system and what is known by name in it. Everything that tools do goes
// through here. Any thread, after start().
class GOAKT_API Node {
 public:
  // Errors: a bad system name or option.
  [[nodiscard]] static Result<std::unique_ptr<Node>> create(const config::Settings& settings,
                                                            Kinds kinds, NodeOptions options = {});
  // Stops the node when it still runs.
  ~Node();

  [[nodiscard]] Status start();
  [[nodiscard]] Status stop();

  ActorSystem& system() { return *system_; }

  const Kinds& kinds() const { return kinds_; }

  EventLog& events() { return *events_; }

  Operations& operations() { return *operations_; }

  // The message types that can be written and read as JSON. A reload may put others in their place.
  std::shared_ptr<const MessageTypes> types() const;

  observe::LogRing& logs() { return *options_.logs; }

  std::shared_ptr<LogSink> log_sink() const { return options_.logs; }

  LogLevelControl& log_level() { return *log_level_; }

  WallTime birthdate() const { return birthdate_; }

  // The runtime's own threads answer within two seconds. A node that is stopping is alive, too.
  bool is_alive();

  // "127.0.0.1:0" without remoting.
  std::string id() const;

  // What the operator has said about the node itself; a change makes a new version.
  struct Attributes {
    int weight = 100;
    std::uint64_t version = 1;
  };

  Attributes attributes() const;
  void set_weight(int weight);
  void attributes_changed();

  // The configuration in force.
  config::Settings settings() const;
  // Takes over what may change while the node runs and tells the rest. Errors: those of the
  // configuration; nothing has changed then.
  [[nodiscard]] Result<ReloadReport> reload();
  // The one who has files of its own to read again; asked before anything is taken over. Null:
  // nobody any more.
  void on_reload(std::function<Status(const config::Settings&)> hook);

  // Errors: type_not_registered with the nearest kinds, actor_already_exists, and those of spawn.
  [[nodiscard]] Result<Pid> spawn(const SpawnRequest& request);
  // NAME, PARENT/NAME, or a system actor's name. Error: actor_not_found with the nearest names.
  [[nodiscard]] Result<Pid> find(std::string_view name);
  // Waits until it has stopped. Error: shutdown_forbidden for system actors.
  [[nodiscard]] Status kill(std::string_view name);

  std::chrono::nanoseconds ask_timeout() const { return ask_timeout_; }

 private:
  Node(const config::Settings& settings, Kinds kinds, std::unique_ptr<ActorSystem> system,
       NodeOptions options);

  [[nodiscard]] Result<ReloadReport> take_over(const config::Settings& before);

  Kinds kinds_;  // before the system: actors are made of them
  NodeOptions options_;
  std::unique_ptr<ActorSystem> system_;
  std::chrono::nanoseconds ask_timeout_;
  const WallTime birthdate_;
  std::unique_ptr<EventLog> events_;
  std::unique_ptr<LogLevelControl> log_level_;
  mutable std::mutex mutex_;  // guards the three below
  config::Settings settings_;
  std::shared_ptr<const MessageTypes> types_;
  Attributes attributes_;
  std::mutex reload_mutex_;  // one reload at a time; guards hook_
  std::function<Status(const config::Settings&)> hook_;
  std::unique_ptr<Operations> operations_;  // last: their work uses all the rest
};

}  // namespace goakt::node
