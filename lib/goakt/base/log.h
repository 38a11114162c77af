#pragma once

#include "goakt/base/clock.h"
#include "goakt/base/error.h"

#include <chrono>
#include <concepts>
#include <initializer_list>
#include <memory>
#include <optional>
#include <source_location>
#include <span>
#include <string>
#include <string_view>

namespace goakt {

// GoAkt's levels and their numbers, which are not in order of weight: debug weighs least.
enum class LogLevel : std::uint8_t {
  info = 0,
  warn = 1,
  error = 2,
  fatal = 3,
  panic = 4,
  debug = 5,
  invalid = 6,  // above all: nothing is logged
};

// "info", "warn", ...
GOAKT_API std::string_view to_string(LogLevel level) noexcept;
GOAKT_API std::optional<LogLevel> parse_log_level(std::string_view text) noexcept;

// debug 0, info 1, ... panic 5, invalid 6.
constexpr int weight(LogLevel level) noexcept {
  return level == LogLevel::debug     ? 0
         : level == LogLevel::invalid ? 6
                                      : static_cast<int>(level) + 1;
}

// What a field holds. Text is not copied: it must live until the call returns.
class LogValue {
 public:
  enum class Kind : std::uint8_t { text, integer, natural, real, boolean, duration };

  // Implicit, for lists of fields to read well.
  LogValue(std::string_view text) noexcept : text_(text) {}  // NOLINT(google-explicit-*)

  LogValue(const char* text) noexcept : text_(text) {}  // NOLINT(google-explicit-*)

  LogValue(const std::string& text) noexcept : text_(text) {}  // NOLINT(google-explicit-*)

  template <std::same_as<bool> T>
  LogValue(T value) noexcept : kind_(Kind::boolean), integer_(value) {}  // NOLINT

  template <std::integral T>
  requires(!std::same_as<T, bool>) LogValue(T value)
  noexcept  // NOLINT(google-explicit-constructor)
      : kind_(std::is_signed_v<T> ? Kind::integer : Kind::natural),
        integer_(static_cast<std::int64_t>(value)) {}

  template <std::floating_point T>
  LogValue(T value) noexcept : kind_(Kind::real), real_(value) {}  // NOLINT

  template <class Rep, class Period>
  LogValue(std::chrono::duration<Rep, Period> value) noexcept  // NOLINT
      : kind_(Kind::duration), integer_(std::chrono::duration_cast<Duration>(value).count()) {}

  Kind kind() const noexcept { return kind_; }

  std::string_view text() const noexcept { return text_; }

  std::int64_t integer() const noexcept { return integer_; }

  std::uint64_t natural() const noexcept { return static_cast<std::uint64_t>(integer_); }

  bool boolean() const noexcept { return integer_ != 0; }

  double real() const noexcept { return real_; }

  Duration duration() const noexcept { return Duration(integer_); }

 private:
  Kind kind_ = Kind::text;
  std::string_view text_;
  std::int64_t integer_ = 0;
  double real_ = 0;
};

struct LogField {
  std::string_view key;
  LogValue value;
};

// One line to be: what a sink is given. Nothing in it outlives the call.
struct LogRecord {
  WallTime time;
  LogLevel level = LogLevel::info;
  std::string_view logger;
  std::string_view message;
  std::span<const LogField> bound;   // of the logger
  std::span<const LogField> fields;  // of the call
  std::uint64_t suppressed = 0;      // lines of this call site left out since its last one
  std::source_location where;
};

// Where lines go. Implement it to bring one's own logging; any thread calls it.
class GOAKT_API LogSink {
 public:
  LogSink() = default;
  LogSink(const LogSink&) = delete;
  LogSink& operator=(const LogSink&) = delete;
  virtual ~LogSink();

  virtual void write(const LogRecord& record) noexcept = 0;

  // Returns when what was written before is out, as far as the sink can tell.
  virtual void flush() noexcept {}
};

struct LogOptions {
  LogLevel level = LogLevel::info;
  // A call site that writes more lines in one second is cut off until the next second and then says
  // how many are missing. 0: no limit.
  std::uint32_t lines_per_site_and_second = 10;
  const Clock* clock = &SystemClock::instance();
};

// Writes lines of a constant message and variable fields:
//
//   log.warn("peer suspected", {{"node", address}, {"since", 2100ms}});
//
// A cheap handle that may be copied and used by any thread. A disabled line costs one atomic load.
// Children made by named() and with() share the sink and the levels of their origin.
class GOAKT_API Logger {
 public:
  // Discards everything; like GoAkt's it still calls itself enabled for fatal and panic.
  Logger() = default;
  explicit Logger(std::shared_ptr<LogSink> sink, const LogOptions& options = {});

  // The same logger under the name of a part: "cluster", "remoting".
  Logger named(std::string_view name) const;
  // The same logger with more fields on each of its lines.
  Logger with(std::initializer_list<LogField> fields) const;

  bool enabled(LogLevel level) const noexcept;
  LogLevel level() const noexcept;

  // For all loggers of this origin that have no level of their own.
  void set_level(LogLevel level) const;
  // For loggers of that name, whenever made; none takes it back.
  void set_level(std::string_view name, std::optional<LogLevel> level) const;

  using Fields = std::initializer_list<LogField>;
  using Where = std::source_location;

  void debug(std::string_view message, Fields fields = {}, Where where = Where::current()) const {
    log(LogLevel::debug, message, fields, where);
  }

  void info(std::string_view message, Fields fields = {}, Where where = Where::current()) const {
    log(LogLevel::info, message, fields, where);
  }

  void warn(std::string_view message, Fields fields = {}, Where where = Where::current()) const {
    log(LogLevel::warn, message, fields, where);
  }

  void error(std::string_view message, Fields fields = {}, Where where = Where::current()) const {
    log(LogLevel::error, message, fields, where);
  }

  void log(LogLevel level, std::string_view message, Fields fields = {},
           Where where = Where::current()) const {
    if (enabled(level)) emit(level, message, {fields.begin(), fields.size()}, where);
  }

  // With the error's text as `error` and, if it has one, its hint as `hint`, at the end.
  void log(LogLevel level, std::string_view message, const Error& error, Fields fields = {},
           Where where = Where::current()) const;

  void flush() const noexcept;

 private:
  struct Core;
  struct Context;

  void emit(LogLevel level, std::string_view message, std::span<const LogField> fields,
            const Where& where) const;

  std::shared_ptr<Core> core_;
  std::shared_ptr<const Context> context_;
};

}  // namespace goakt
