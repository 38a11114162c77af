#include "goakt/base/cron.h"

#include <algorithm>
#include <bit>
#include <time.h>

namespace goakt {

namespace chrono = std::chrono;
using chrono::days;
using chrono::hours;
using chrono::local_days;
using chrono::local_seconds;
using chrono::minutes;
using chrono::seconds;
using chrono::sys_seconds;
using chrono::weekday;
using chrono::year;
using chrono::year_month;
using chrono::year_month_day;

namespace {

constexpr std::uint64_t kEveryHour = (std::uint64_t{1} << 24) - 1;

// The lowest value of the mask that is not below `from`; -1 if there is none.
int next_value(std::uint64_t mask, int from) {
  mask &= from >= 64 ? 0 : ~std::uint64_t{0} << from;
  return mask == 0 ? -1 : std::countr_zero(mask);
}

std::uint32_t bit(unsigned day) {
  return std::uint32_t{1} << day;
}

bool is_working_day(unsigned weekday_number) {
  return weekday_number != 0 && weekday_number != 6;
}

// The offset of local time from UTC at that moment.
seconds offset_at(sys_seconds moment) {
  const auto time = static_cast<time_t>(moment.time_since_epoch().count());
  tm parts{};
  return localtime_r(&time, &parts) != nullptr ? seconds(parts.tm_gmtoff) : seconds(0);
}

// The moment in (from, to] at which the local clocks change. Spans are a day at most, so there is
// no more than one.
std::optional<sys_seconds> change_between(sys_seconds from, sys_seconds to) {
  const auto changed = offset_at(to);
  if (from >= to || offset_at(from) == changed) return std::nullopt;
  while (to - from > seconds(1)) {
    const auto middle = from + (to - from) / 2;
    (offset_at(middle) == changed ? to : from) = middle;
  }
  return to;
}

local_seconds local_at(sys_seconds moment, seconds offset) {
  return local_seconds(moment.time_since_epoch() + offset);
}

sys_seconds sys_at(local_seconds written, seconds offset) {
  return sys_seconds(written.time_since_epoch() - offset);
}

}  // namespace

// The days of that month on which it fires; bit 1 is the first.
std::uint32_t CronExpression::days_of(year_month month) const {
  const auto last = static_cast<unsigned>((month / chrono::last).day());
  const auto first_weekday = weekday(local_days(month / 1)).c_encoding();
  const auto weekday_of = [&](unsigned day) { return (first_weekday + day - 1) % 7; };
  const auto all_days = ((std::uint64_t{1} << (last + 1)) - 1) & ~std::uint64_t{1};

  switch (day_rule_) {
    case DayRule::days_of_month:
      return static_cast<std::uint32_t>(days_ & all_days);
    case DayRule::last_day:
      return static_cast<unsigned>(n_) < last ? bit(last - static_cast<unsigned>(n_)) : 0;
    case DayRule::last_working_day:
    case DayRule::nearest_working_day: {
      const auto wanted =
          day_rule_ == DayRule::last_working_day ? last : std::min(static_cast<unsigned>(n_), last);
      // Never leaves the month: the 1st on a Saturday moves to the 3rd, the last on a Sunday back.
      for (unsigned distance = 0;; ++distance) {
        if (wanted > distance && is_working_day(weekday_of(wanted - distance)))
          return bit(wanted - distance);
        if (wanted + distance <= last && is_working_day(weekday_of(wanted + distance)))
          return bit(wanted + distance);
      }
    }
    case DayRule::weekdays:
    case DayRule::last_weekday:
    case DayRule::nth_weekday:
      break;
  }
  std::uint32_t mask = 0;
  int count = 0;
  for (unsigned day = 1; day <= last; ++day) {
    if ((weekdays_ >> weekday_of(day) & 1) == 0) continue;
    ++count;
    if (day_rule_ == DayRule::last_weekday) mask = 0;
    if (day_rule_ != DayRule::nth_weekday || count == n_) mask |= bit(day);
  }
  return mask;
}

// The first day not before `day` on which it fires.
std::optional<local_days> CronExpression::day_from(local_days day) const {
  const year_month_day date(day);
  year_month month = date.year() / date.month();
  int from = static_cast<int>(static_cast<unsigned>(date.day()));
  while (static_cast<int>(month.year()) <= kLastYear) {
    if (years_.test(static_cast<std::size_t>(static_cast<int>(month.year()) - kFirstYear))) {
      if (months_ >> static_cast<unsigned>(month.month()) & 1)
        if (const int found = next_value(days_of(month), from); found > 0)
          return local_days(month / found);
      month += chrono::months(1);
    } else {
      month = (month.year() + chrono::years(1)) / chrono::January;
    }
    from = 1;
  }
  return std::nullopt;
}

// The first time of day not before that one at which it fires.
std::optional<seconds> CronExpression::time_from(seconds time_of_day) const {
  const chrono::hh_mm_ss from(time_of_day);
  int second = static_cast<int>(from.seconds().count());
  int minute = static_cast<int>(from.minutes().count());
  int hour = static_cast<int>(from.hours().count());
  // A field that is full carries into the next; one that moved on lets the lower start again.
  int next = next_value(seconds_, second);
  if (next < 0) ++minute, next = next_value(seconds_, 0);
  second = next;
  next = next_value(minutes_, minute);
  if (next < 0) ++hour, next = next_value(minutes_, 0);
  if (next != minute) second = next_value(seconds_, 0);
  minute = next;
  next = next_value(hours_, hour);
  if (next < 0) return std::nullopt;
  if (next != hour) second = next_value(seconds_, 0), minute = next_value(minutes_, 0);
  return hours(next) + minutes(minute) + seconds(second);
}

// The first written date and time after that one, clocks that change left aside.
std::optional<local_seconds> CronExpression::next_written(local_seconds after) const {
  const auto start =
      std::max(after + seconds(1), local_seconds(local_days(year(kFirstYear) / 1 / 1)));
  const auto today = chrono::floor<days>(start);
  const auto day = day_from(today);
  if (!day) return std::nullopt;
  if (*day != today) return *day + *time_from(seconds(0));
  if (const auto time = time_from(start - today)) return today + *time;
  const auto later = day_from(today + days(1));
  if (!later) return std::nullopt;
  return *later + *time_from(seconds(0));
}

std::optional<sys_seconds> CronExpression::next_after(sys_seconds moment, Zone zone) const {
  // Far ends of the type would overflow below; no schedule reaches them.
  const sys_seconds start(chrono::sys_days(year(kFirstYear) / 1 / 1) - days(2));
  const sys_seconds end(chrono::sys_days(year(kLastYear) / 12 / 31) + days(2));
  if (moment > end) return std::nullopt;
  moment = std::max(moment, start);
  if (zone == Zone::local) return next_local(moment);
  const auto written = next_written(local_at(moment, seconds(0)));
  if (!written) return std::nullopt;
  return sys_at(*written, seconds(0));
}

std::optional<sys_seconds> CronExpression::next_local(sys_seconds moment) const {
  const bool follows_the_hours = hours_ == kEveryHour;
  auto offset = offset_at(moment);
  // Written times up to and including this one are over.
  auto done = local_at(moment, offset);
  if (!follows_the_hours)
    // Inside an hour that comes twice, its first round has been.
    if (const auto change = change_between(moment - days(1), moment))
      done = std::max(done, local_at(*change - seconds(1), offset_at(*change - seconds(1))));

  for (;;) {
    const auto written = next_written(done);
    if (!written) return std::nullopt;
    const auto due = sys_at(*written, offset);
    const auto horizon = std::min(due, moment + days(1));
    if (const auto change = change_between(moment, horizon)) {
      const auto before = std::exchange(offset, offset_at(*change));
      const bool forward = offset > before;
      if (!follows_the_hours && forward && *written < local_at(*change, offset)) return change;
      const auto just_before = *change - seconds(1);
      done = follows_the_hours || forward ? local_at(just_before, offset)
                                          : std::max(done, local_at(just_before, before));
      moment = *change;
    } else if (due <= horizon) {
      return due;
    } else {
      // No written time falls in between, in whichever offset, so skip to shortly before it.
      moment = std::max(horizon, due - days(2));
      offset = offset_at(moment);
    }
  }
}

}  // namespace goakt
