#pragma once

#include "goakt/actor/eviction.h"
#include "goakt/actor/supervisor.h"
#include "goakt/base/log.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace goakt {

class Clock;
class Extension;
class ShutdownHook;

// What an idle parent's children mean to its passivation.
enum class PassivationChildren : std::uint8_t {
  stop,  // they go with it, as in GoAkt
  keep,  // while it has any, it stays
};

// GoAkt's defaults (actor/defaults.go, option.go) where it has them. Durations are positive unless
// they say otherwise.
struct SystemOptions {
  // Discards everything when left out.
  Logger logger = {};
  std::chrono::nanoseconds actor_init_timeout = std::chrono::seconds(1);
  int actor_init_max_retries = 5;
  std::chrono::nanoseconds ask_timeout = std::chrono::seconds(5);
  std::chrono::nanoseconds shutdown_timeout = std::chrono::minutes(5);
  // Of actors that say nothing else; zero: they are long-lived. Times beyond 24 days never end.
  std::chrono::milliseconds passivation_timeout = std::chrono::minutes(2);
  PassivationChildren passivation_children = PassivationChildren::stop;
  std::uint32_t throughput_budget = 32;  // messages per turn
  std::size_t workers = 0;               // 0: one per usable CPU
  std::size_t blocking_threads = 64;
  // An outside asker may run an idle target's turn on its own thread.
  bool inline_ask = true;
  // A turn longer than this is logged and counted; zero: never.
  std::chrono::milliseconds stall_warning = std::chrono::seconds(1);
  // Who watches an actor that is gone already is told at once (GoAkt says nothing).
  bool notify_watch_of_dead = true;
  std::uint64_t mailbox_soft_limit = 1'000'000;  // warning and event; nothing is dropped
  std::size_t dead_letters_kept = 1'000;
  std::optional<EvictionStrategy> eviction = {};
  MemoryPressure memory_pressure = {};
  std::chrono::nanoseconds eviction_interval = std::chrono::minutes(1);
  // Percent of the memory that the process may use; the kernel's figures when left out.
  std::function<int()> memory_usage_percent = {};
  // Measures how long handlers take (WithMetrics); counters are always there.
  bool metrics = false;
  std::shared_ptr<const Supervisor> default_supervisor = {};
  std::vector<std::shared_ptr<Extension>> extensions = {};
  std::vector<std::shared_ptr<ShutdownHook>> shutdown_hooks = {};
  // Null: the system's clock.
  std::shared_ptr<Clock> clock = {};
  // Runs every turn on the thread that calls run_until_idle, in an order drawn from this seed. For
  // tests: no thread is started, and the clock should be a FakeClock.
  std::optional<std::uint64_t> seed = {};
  // How the node appears in addresses; 0 without remoting.
  std::string host = "127.0.0.1";
  int port = 0;
};

}  // namespace goakt
