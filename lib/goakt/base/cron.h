#pragma once

#include "goakt/base/result.h"

#include <bitset>
#include <chrono>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace goakt {

enum class Zone : std::uint8_t {
  utc,    // what a cluster uses: all nodes agree
  local,  // the machine's, as TZ or /etc/localtime says
};

// A schedule in the dialect of GoAkt's cron library:
//
//   second minute hour day-of-month month day-of-week [year]
//
// or @yearly @monthly @weekly @daily @hourly. A field is `*`, `?` (the same), or a list of numbers,
// ranges `a-b` and steps `a/n`, `a-b/n`, `*/n`; months and weekdays (1 is Sunday) have English
// names of three letters. Days of the month also: `L` last, `L-n` n days before, `nW` the working
// day nearest to the n-th, `LW` the last working day; weekdays: `dL` the last d (`L` alone: the
// last Saturday), `d#n` the n-th d of the month. Only one of the two day fields may be set.
//
// Immutable value, may be shared between threads.
class GOAKT_API CronExpression {
 public:
  [[nodiscard]] static Result<CronExpression> parse(std::string_view text);

  // The first moment after `moment` at which it fires; none when that would be after the year 3940
  // or never is. In local time, when the clocks change: what fires every hour just follows the
  // elapsing hours; everything else fires once per written time, at the jump itself if that time is
  // skipped, and only the first time round if it comes twice.
  std::optional<std::chrono::sys_seconds> next_after(std::chrono::sys_seconds moment,
                                                     Zone zone) const;

  // As given, with single spaces.
  const std::string& text() const noexcept { return text_; }

 private:
  friend class CronParser;

  static constexpr int kFirstYear = 1970;
  static constexpr int kLastYear = 3940;

  enum class DayRule : std::uint8_t {
    days_of_month,        // days_
    last_day,             // n_ days before the last one
    nearest_working_day,  // to the n_-th
    last_working_day,     //
    weekdays,             // weekdays_
    last_weekday,         // the last of those in weekdays_
    nth_weekday,          // the n_-th of those in weekdays_
  };

  CronExpression() = default;

  std::uint32_t days_of(std::chrono::year_month month) const;
  std::optional<std::chrono::local_days> day_from(std::chrono::local_days day) const;
  std::optional<std::chrono::seconds> time_from(std::chrono::seconds time_of_day) const;
  std::optional<std::chrono::local_seconds> next_written(std::chrono::local_seconds after) const;
  std::optional<std::chrono::sys_seconds> next_local(std::chrono::sys_seconds moment) const;

  std::string text_;
  // One bit per value, its number being the value.
  std::uint64_t seconds_ = 0;
  std::uint64_t minutes_ = 0;
  std::uint64_t hours_ = 0;
  std::uint64_t days_ = 0;
  std::uint64_t months_ = 0;
  std::uint64_t weekdays_ = 0;  // bit 0 is Sunday
  std::bitset<kLastYear - kFirstYear + 1> years_;
  DayRule day_rule_ = DayRule::days_of_month;
  int n_ = 0;
};

}  // namespace goakt
