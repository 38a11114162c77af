#include "goakt/wire/value.h"

#include <algorithm>
#include <charconv>
#include <cstdio>

namespace goakt::wire {

namespace {

using std::chrono::days;
using std::chrono::hours;
using std::chrono::minutes;
using std::chrono::nanoseconds;
using std::chrono::seconds;

char lower(char c) {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c;
}

bool same_key(std::string_view a, std::string_view b) {
  return std::equal(a.begin(), a.end(), b.begin(), b.end(),
                    [](char x, char y) { return lower(x) == lower(y); });
}

// Takes so many digits and the character behind them (any when 0) from the front.
bool take(std::string_view& text, std::size_t digits, char after, int& value) {
  if (text.size() < digits) return false;
  const char* end = text.data() + digits;
  if (text[0] == '-' || std::from_chars(text.data(), end, value).ptr != end) return false;
  text.remove_prefix(digits);
  if (after == '\0') return true;
  if (text.empty() || lower(text[0]) != after) return false;
  text.remove_prefix(1);
  return true;
}

bool take_fraction(std::string_view& text, nanoseconds& fraction) {
  if (text.empty() || text[0] != '.') return true;
  text.remove_prefix(1);
  std::int64_t unit = 100'000'000;
  std::size_t count = 0;
  for (; count < text.size() && text[count] >= '0' && text[count] <= '9'; ++count, unit /= 10)
    fraction += nanoseconds((text[count] - '0') * unit);
  text.remove_prefix(count);
  return count != 0;
}

bool take_zone(std::string_view text, minutes& east) {
  if (text == "Z" || text == "z") return true;
  if (text.size() != 6 || (text[0] != '+' && text[0] != '-')) return false;
  const int sign = text[0] == '-' ? -1 : 1;
  text.remove_prefix(1);
  int hour = 0;
  int minute = 0;
  if (!take(text, 2, ':', hour) || !take(text, 2, '\0', minute)) return false;
  east = sign * (hours(hour) + minutes(minute));
  return hour < 24 && minute < 60;
}

}  // namespace

const Value* Map::find(std::string_view key) const {
  const auto is_it = [key](const auto& entry) { return same_key(entry.key, key); };
  if (last_wins) {
    const auto found = std::find_if(entries.rbegin(), entries.rend(), is_it);
    return found == entries.rend() ? nullptr : &found->value;
  }
  const auto found = std::find_if(entries.begin(), entries.end(), is_it);
  return found == entries.end() ? nullptr : &found->value;
}

std::string time_text(Time time) {
  const auto day = std::chrono::floor<days>(time);
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day);
  char text[48];
  const int length = std::snprintf(
      text, sizeof text, "%04d-%02u-%02uT%02d:%02d:%02d", static_cast<int>(date.year()),
      static_cast<unsigned>(date.month()), static_cast<unsigned>(date.day()),
      static_cast<int>(clock.hours().count()), static_cast<int>(clock.minutes().count()),
      static_cast<int>(clock.seconds().count()));
  std::string out(text, static_cast<std::size_t>(length));
  if (const auto fraction = clock.subseconds().count(); fraction != 0) {
    std::snprintf(text, sizeof text, ".%09lld", static_cast<long long>(fraction));
    std::string_view digits(text);
    digits = digits.substr(0, digits.find_last_not_of('0') + 1);
    out += digits;
  }
  return out + 'Z';
}

Result<Time> parse_time(std::string_view text) {
  int year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0;
  nanoseconds fraction{};
  minutes east{};
  const bool is_sound = take(text, 4, '-', year) && take(text, 2, '-', month) &&
                        take(text, 2, 't', day) && take(text, 2, ':', hour) &&
                        take(text, 2, ':', minute) && take(text, 2, '\0', second) &&
                        take_fraction(text, fraction) && take_zone(text, east);
  const auto date = std::chrono::year(year) / month / day;
  if (!is_sound || !date.ok() || hour > 23 || minute > 59 || second > 59)
    return fail(ErrorCode::invalid_message, "invalid message: a time is not as RFC 3339 writes it");
  // 64 bits of nanoseconds reach from 1677 to 2262.
  if (year < 1678 || year > 2261)
    return fail(ErrorCode::invalid_message, "invalid message: a time is out of range");
  return std::chrono::sys_days(date) + hours(hour) + minutes(minute) + seconds(second) + fraction -
         east;
}

}  // namespace goakt::wire
