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

#include <atomic>
#include <chrono>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace goakt {
class LogOutput;
}

namespace goakt::cluster {
class Member;
}

namespace goakt::node {

class Remoting;

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
  std::vector<std::shared_ptr<Dependency>> dependencies = {};  // beside those of the kind
  bool if_absent = false;  // an actor of that name and kind is as good
};

// What a reload did, or would do.
struct ReloadReport {
  std::vector<std::string> changed;
  std::vector<std::string> needs_restart;
};

// The lines of one log that never got where they should.
struct LogLosses {
  std::string log;
  std::uint64_t dropped = 0;  // the queue was full
  std::uint64_t failed = 0;   // the file did not take them
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
  // The actor system stops and nobody asked for it: has_failed() is true from now on. On a thread
  // of the runtime; must not block.
  std::function<void()> on_failure = {};
  // Asked again and again while the start waits for other members, on the thread that starts; true
  // ends it with system_shutting_down.
  std::function<bool()> give_up = {};
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

  // The runtime's own threads answer within two seconds. A node that is stopping is alive, too,
  // unless it does so by itself.
  bool is_alive();

  // Stays true when the node stops.
  bool has_started() const;
  // The actor system stops, or has stopped, by itself: one of its own actors failed.
  bool has_failed() const;
  // All that has_failed() is followed by is over: the actors are gone, or were given up.
  bool has_ended() const;

  // "127.0.0.1:3320" of a cluster's member; alone "127.0.0.1:0".
  std::string id() const;

  // Null when it is switched off.
  Remoting* remoting() const { return remoting_.get(); }

  // Null on a node that runs alone.
  cluster::Member* cluster() const { return cluster_.get(); }

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
  // What that would do. The same errors; nothing changes.
  [[nodiscard]] Result<ReloadReport> try_reload();

  enum class Reload : std::uint8_t { take_over, only_check };
  // The one who has files of its own to read again; asked before anything else is taken over. It
  // gives the keys whose change it cannot take over while it runs. Null: nobody any more.
  using ReloadHook =
      std::function<Result<std::vector<std::string>>(const config::Settings&, Reload)>;
  void on_reload(ReloadHook hook);

  // Has the losses of that log told, in place of one of that name before; null: of none any more.
  void watch_log(std::string name, std::shared_ptr<const LogOutput> output);
  std::vector<LogLosses> log_losses() const;

  // Errors: type_not_registered with the nearest kinds, actor_already_exists, and those of spawn.
  [[nodiscard]] Result<Pid> spawn(const SpawnRequest& request);
  // NAME, PARENT/NAME, or a system actor's name. Error: actor_not_found with the nearest names.
  [[nodiscard]] Result<Pid> find(std::string_view name);
  // Waits until it has stopped. Error: shutdown_forbidden for system actors.
  [[nodiscard]] Status kill(std::string_view name);

  std::chrono::nanoseconds ask_timeout() const { return ask_timeout_; }

 private:
  // How the actor system's end came about; known to its hooks, which outlive the node at worst.
  struct Ending {
    std::atomic<bool> asked{false};
    std::atomic<bool> failed{false};
    std::atomic<bool> over{false};
    std::function<void()> on_failure;
  };

  class EndingHook;

  Node(const config::Settings& settings, Kinds kinds, std::unique_ptr<ActorSystem> system,
       std::unique_ptr<Remoting> remoting, NodeOptions options, std::shared_ptr<Ending> ending);

  struct Fresh {
    config::Settings settings;  // with what is in force where that stays
    std::shared_ptr<const MessageTypes> types;
    ReloadReport report;
  };

  [[nodiscard]] Result<Fresh> read_again(const config::Settings& before, Reload reload);
  [[nodiscard]] Result<ReloadReport> take_over(const config::Settings& before);

  Kinds kinds_;  // before the system: actors are made of them
  NodeOptions options_;
  const std::shared_ptr<Ending> ending_;
  std::unique_ptr<ActorSystem> system_;
  std::unique_ptr<Remoting> remoting_;
  std::unique_ptr<cluster::Member> cluster_;  // from start() on
  std::atomic<bool> started_{false};
  std::chrono::nanoseconds ask_timeout_;
  const WallTime birthdate_;
  std::unique_ptr<EventLog> events_;
  std::unique_ptr<LogLevelControl> log_level_;
  mutable std::mutex mutex_;  // guards the four below
  config::Settings settings_;
  std::shared_ptr<const MessageTypes> types_;
  Attributes attributes_;
  std::map<std::string, std::shared_ptr<const LogOutput>> logs_;
  std::mutex reload_mutex_;  // one reload at a time; guards hook_
  ReloadHook hook_;
  std::unique_ptr<Operations> operations_;  // last: their work uses all the rest
};

}  // namespace goakt::node
