#pragma once

#include "goakt/base/log_format.h"
#include "goakt/base/result.h"

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

namespace goakt {

// Writes log lines to a file or to standard error from a thread of its own.
//
// The thread that logs only formats its line and puts it in a bounded queue; when that is full the
// oldest line is dropped and counted, so neither a slow disk nor a full one, nor a pipe that nobody
// reads, ever holds up an actor. When lines get through again, the first thing said is how many
// were lost. Destruction writes out what is queued; a reader that takes nothing has two seconds.
// Any thread may call anything.
class GOAKT_API LogOutput final : public LogSink {
 public:
  struct Options {
    LogFormat format = LogFormat::json;
    // Empty: standard error.
    std::string file = {};
    std::size_t queue = 2048;
    // A file that would grow beyond this becomes FILE.1, and so on up to FILE.<keep>. 0: never.
    // With `keep` 0 it begins anew.
    std::uint64_t max_size = 0;
    unsigned keep = 5;
  };

  // Fails when the file cannot be opened.
  [[nodiscard]] static Result<std::shared_ptr<LogOutput>> open(Options options);
  // Whether it would, without making the file.
  [[nodiscard]] static Status check(const std::string& file);

  ~LogOutput() override;

  void write(const LogRecord& record) noexcept override;
  void flush() noexcept override;

  // After somebody else has moved the file away (logrotate, then SIGHUP): soon, and before any line
  // that is logged from now on. When that fails, lines go on to the old file.
  void reopen() noexcept;

  // Lines lost because the queue was full, and lines that could not be written (disk full).
  std::uint64_t dropped() const noexcept;
  std::uint64_t failed() const noexcept;

 private:
  struct Impl;

  explicit LogOutput(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace goakt
