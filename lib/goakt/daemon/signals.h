#pragma once

#include <chrono>
#include <csignal>
#include <optional>
#include <pthread.h>

namespace goakt::daemon {

// What arrives at the process from outside. All signals that tell the node something are blocked
// everywhere and taken by the main thread where it waits for them; to be made there, before any
// other thread. SIGPIPE is ignored. A broken invariant (SIGABRT) ends the process with exit code 70
// and its stack on standard error, unless core dumps are wanted (ulimit -c): then it leaves one.
class Signals {
 public:
  // What wait() gives after wake().
  static constexpr int kWoken = -1;

  Signals();

  // The next one: SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2 or SIGQUIT; 0 when none came in that
  // time.
  int wait(std::optional<std::chrono::milliseconds> most) const;

  // Ends the wait of the main thread. Any thread.
  void wake() const;

  // From now on TERM and INT end the process: nothing is left to wait for.
  void end_at_once() const;

 private:
  pthread_t main_;
  sigset_t set_{};
};

}  // namespace goakt::daemon
