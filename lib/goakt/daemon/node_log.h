#pragma once

#include "goakt/base/log.h"
#include "goakt/base/log_output.h"
#include "goakt/config/settings.h"
#include "goakt/observe/log_ring.h"

#include <memory>

namespace goakt::daemon {

// Standard error is a terminal: somebody is looking.
bool on_terminal();

// Where the node logs, and the last lines of it in memory.
struct NodeLog {
  std::shared_ptr<LogOutput> output;
  std::shared_ptr<observe::LogRing> lines;
  Logger logger;

  // Error: the log file cannot be opened.
  [[nodiscard]] static Result<NodeLog> open(const config::Settings& settings);

  // Whether open() would succeed; makes no file.
  [[nodiscard]] static Status check(const config::Settings& settings);

  // Takes over the levels of single loggers; the general one is the node's.
  void set_levels(const config::Settings& before, const config::Settings& now) const;
  // One line for each thread of the process: where it is.
  void write_stacks() const;
};

}  // namespace goakt::daemon
