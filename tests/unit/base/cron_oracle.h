#pragma once

#include "tests/unit/base/data_file.h"

#include <cctype>
#include <cstdlib>
#include <ctime>
#include <optional>
#include <string>
#include <vector>

namespace goakt {

// The cron dialect once more, slow and simple: asks of one written second after another whether the
// text of the expression allows it. Knows only expressions that are valid.
class CronOracle {
 public:
  explicit CronOracle(const std::string& expression) {
    for (const auto& field : split(expand(expression), ' '))
      if (!field.empty()) fields_.push_back(field);
    fields_.resize(7, "*");
    for (int i = 0; i < 60; ++i) {
      seconds_[i] = allows(fields_[0], i, 0, 59);
      minutes_[i] = allows(fields_[1], i, 0, 59);
      hours_[i] = i < 24 && allows(fields_[2], i, 0, 23);
    }
  }

  bool allows_day(const tm& t) const {
    return allows(fields_[4], t.tm_mon + 1, 1, 12, "JANFEBMARAPRMAYJUNJULAUGSEPOCTNOVDEC") &&
           allows(fields_[6], t.tm_year + 1900, 1970, 3940) && allows_day_of_month(t) &&
           allows_weekday(t);
  }

  // The second of the day.
  bool allows_time(time_t second) const {
    return hours_[second / 3600] && minutes_[second / 60 % 60] && seconds_[second % 60];
  }

  bool every_hour() const {
    for (int hour = 0; hour < 24; ++hour)
      if (!hours_[hour]) return false;
    return true;
  }

  // The next time after that one, in UTC. Gives up (none) after `last`.
  std::optional<time_t> next(time_t after, time_t last) const {
    for (time_t day = after - after % 86400; day <= last; day += 86400) {
      tm date{};
      gmtime_r(&day, &date);
      if (!allows_day(date)) continue;
      for (time_t second = 0; second < 86400; ++second)
        if (day + second > after && allows_time(second)) return day + second;
    }
    return std::nullopt;
  }

 private:
  static std::string expand(const std::string& expression) {
    if (expression == "@yearly") return "0 0 0 1 1 *";
    if (expression == "@monthly") return "0 0 0 1 * *";
    if (expression == "@weekly") return "0 0 0 * * 1";
    if (expression == "@daily") return "0 0 0 * * *";
    if (expression == "@hourly") return "0 0 * * * *";
    return expression;
  }

  static int value(const std::string& text, const std::string& names) {
    if (std::isalpha(static_cast<unsigned char>(text[0])) == 0) return std::atoi(text.c_str());
    std::string upper;
    for (const char c : text) upper += static_cast<char>(std::toupper(c));
    return static_cast<int>(names.find(upper) / 3) + 1;
  }

  static bool allows(const std::string& field, int number, int lower, int upper,
                     const std::string& names = {}) {
    for (const auto& part : split(field, ',')) {
      const auto slash = split(part, '/');
      const int step = slash.size() == 2 ? std::atoi(slash[1].c_str()) : 1;
      const auto dash = split(slash[0], '-');
      int from = lower;
      int to = upper;
      if (slash[0] != "*" && slash[0] != "?") {
        from = value(dash[0], names);
        to = dash.size() == 2 ? value(dash[1], names) : slash.size() == 2 ? upper : from;
      }
      if (number >= from && number <= to && (number - from) % step == 0) return true;
    }
    return false;
  }

  static int days_in_month(const tm& t) {
    tm next{};
    next.tm_year = t.tm_year;
    next.tm_mon = t.tm_mon + 1;
    next.tm_mday = 0;
    const time_t last = timegm(&next);
    gmtime_r(&last, &next);
    return next.tm_mday;
  }

  static int weekday_of(const tm& t, int day) {
    return ((t.tm_wday + day - t.tm_mday) % 7 + 7) % 7;
  }

  static bool is_working(const tm& t, int day) {
    const int weekday = weekday_of(t, day);
    return weekday != 0 && weekday != 6;
  }

  bool allows_day_of_month(const tm& t) const {
    const auto& field = fields_[3];
    const int last = days_in_month(t);
    const int day = t.tm_mday;
    if (field.front() == 'L' && field.back() != 'W')
      return day == last - (field.size() > 1 ? std::atoi(field.c_str() + 2) : 0);
    if (field.back() != 'W') return allows(field, day, 1, 31);
    const int wanted = field == "LW" ? last : std::min(std::atoi(field.c_str()), last);
    if (!is_working(t, day)) return false;
    if (is_working(t, wanted)) return day == wanted;
    // A Saturday goes to the Friday before, a Sunday to the Monday after, unless that leaves the
    // month.
    if (weekday_of(t, wanted) == 6) return day == (wanted > 1 ? wanted - 1 : wanted + 2);
    return day == (wanted < last ? wanted + 1 : wanted - 2);
  }

  bool allows_weekday(const tm& t) const {
    const std::string names = "SUNMONTUEWEDTHUFRISAT";
    const auto& field = fields_[5];
    const auto hash = split(field, '#');
    if (hash.size() == 2)
      return t.tm_wday + 1 == value(hash[0], names) &&
             (t.tm_mday + 6) / 7 == std::atoi(hash[1].c_str());
    if (field.back() == 'L') {
      const int wanted = field == "L" ? 7 : value(field.substr(0, field.size() - 1), names);
      return t.tm_wday + 1 == wanted && t.tm_mday + 7 > days_in_month(t);
    }
    return allows(field, t.tm_wday + 1, 1, 7, names);
  }

  std::vector<std::string> fields_;
  bool seconds_[60];
  bool minutes_[60];
  bool hours_[60];
};

}  // namespace goakt
