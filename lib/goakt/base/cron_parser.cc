#include "goakt/base/cron.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <span>
#include <vector>

namespace goakt {

namespace {

using Names = std::span<const std::string_view>;
using Values = std::vector<int>;

constexpr std::array<std::string_view, 12> kMonths = {"JAN", "FEB", "MAR", "APR", "MAY", "JUN",
                                                      "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"};
constexpr std::array<std::string_view, 7> kWeekdays = {"SUN", "MON", "TUE", "WED",
                                                       "THU", "FRI", "SAT"};

constexpr int kBeyondAnyField = 1'000'000;

struct Alias {
  std::string_view name;
  std::string_view expression;
};

constexpr Alias kAliases[] = {{"@yearly", "0 0 0 1 1 *"},
                              {"@monthly", "0 0 0 1 * *"},
                              {"@weekly", "0 0 0 * * 1"},
                              {"@daily", "0 0 0 * * *"},
                              {"@hourly", "0 0 * * * *"}};

tl::unexpected<Error> bad(std::string_view what) {
  return fail(ErrorCode::invalid_cron,
              std::string(error_text(ErrorCode::invalid_cron)).append(": ").append(what));
}

tl::unexpected<Error> bad_field(std::string_view kind, std::string_view field) {
  return bad(std::string("invalid ").append(kind).append(" field ").append(field));
}

bool is_wildcard(std::string_view field) {
  return field == "*" || field == "?";
}

bool has(std::string_view text, char c) {
  return text.find(c) != std::string_view::npos;
}

constexpr bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

constexpr bool is_alphanumeric(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

template <class Predicate>
bool all_of(std::string_view text, Predicate predicate) {
  for (const char c : text)
    if (!predicate(c)) return false;
  return true;
}

std::vector<std::string_view> split(std::string_view text, char separator) {
  std::vector<std::string_view> parts;
  for (;;) {
    const auto end = text.find(separator);
    parts.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return parts;
    text.remove_prefix(end + 1);
  }
}

// A decimal number with an optional sign, as Go's Atoi takes it. What fits 64 bits is a number, if
// only one that no field contains.
std::optional<int> number(std::string_view text) {
  auto digits = text;
  if (!digits.empty() && (digits.front() == '+' || digits.front() == '-')) digits.remove_prefix(1);
  if (digits.empty() || !all_of(digits, is_digit)) return std::nullopt;
  std::int64_t value = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
  if (error != std::errc()) return std::nullopt;
  const auto clamped = static_cast<int>(std::min<std::int64_t>(value, kBeyondAnyField));
  return text.front() == '-' ? -clamped : clamped;
}

// One field's range and names; the names count from the range's lower end.
struct Field {
  int lower;
  int upper;
  Names names = {};

  bool contains(int value) const { return value >= lower && value <= upper; }

  Result<int> value(std::string_view text) const {
    if (const auto plain = number(text)) return *plain;
    std::string upper_case(text);
    for (auto& c : upper_case)
      if (c >= 'a' && c <= 'z') c = static_cast<char>(c - 'a' + 'A');
    for (std::size_t i = 0; i < names.size(); ++i)
      if (names[i] == upper_case) return lower + static_cast<int>(i);
    return bad(std::string("unknown literal ").append(text));
  }

  Result<Values> single(std::string_view text) const {
    GOAKT_TRY(const int plain, value(text));
    if (!contains(plain)) return bad_field("numeric", text);
    return Values{plain};
  }

  Result<Values> range(std::string_view text) const {
    const auto ends = split(text, '-');
    if (ends.size() != 2) return bad_field("range", text);
    GOAKT_TRY(const int from, value(ends[0]));
    GOAKT_TRY(const int to, value(ends[1]));
    if (!contains(from) || !contains(to)) return bad_field("range", text);
    if (to < from) return bad("fill range values");
    return every(from, to, 1);
  }

  Result<Values> steps(std::string_view text) const {
    const auto parts = split(text, '/');
    if (parts.size() != 2) return bad_field("step", text);
    int from = lower;
    int to = upper;
    if (has(parts[0], '-')) {
      const auto ends = split(parts[0], '-');
      if (ends.size() != 2) return bad_field("step", text);
      GOAKT_TRY(from, value(ends[0]));
      GOAKT_TRY(to, value(ends[1]));
    } else if (parts[0] != "*") {
      GOAKT_TRY(from, value(parts[0]));
    }
    const auto step = number(parts[1]);
    if (!step || !contains(from) || !contains(to) || *step < 1 || *step > upper)
      return bad_field("step", text);
    if (to < from) return bad("fill step values");
    return every(from, to, *step);
  }

  // Plain values first, then steps, then ranges: that is the order in which errors are found.
  Result<Values> list(std::string_view text) const {
    Values all;
    const auto add = [&all](const Values& some) {
      all.insert(all.end(), some.begin(), some.end());
    };
    const auto parts = split(text, ',');
    for (const auto part : parts) {
      if (has(part, '/') || has(part, '-')) continue;
      GOAKT_TRY(const auto some, single(part));
      add(some);
    }
    for (const auto part : parts) {
      if (!has(part, '/')) continue;
      GOAKT_TRY(const auto some, steps(part));
      add(some);
    }
    for (const auto part : parts) {
      if (has(part, '/') || !has(part, '-')) continue;
      GOAKT_TRY(const auto some, range(part));
      add(some);
    }
    return all;
  }

  Result<Values> parse(std::string_view text) const {
    if (is_wildcard(text)) return every(lower, upper, 1);
    if (has(text, ',')) return list(text);
    if (has(text, '/')) return steps(text);
    if (has(text, '-')) return range(text);
    return single(text);
  }

  static Values every(int from, int to, int step) {
    Values values;
    for (int i = from; i <= to; i += step) values.push_back(i);
    return values;
  }
};

constexpr Field kSecond{0, 59};
constexpr Field kMinute{0, 59};
constexpr Field kHour{0, 23};
constexpr Field kDayOfMonth{1, 31};
constexpr Field kMonth{1, 12, kMonths};
constexpr Field kWeekday{1, 7, kWeekdays};

std::uint64_t bits(const Values& values) {
  std::uint64_t mask = 0;
  for (const int value : values) mask |= std::uint64_t{1} << value;
  return mask;
}

std::string single_spaced(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool space = c == ' ' || (c >= '\t' && c <= '\r');
    if (!space)
      out.push_back(c);
    else if (!out.empty() && out.back() != ' ')
      out.push_back(' ');
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

}  // namespace

class CronParser {
 public:
  static Result<CronExpression> parse(std::string_view text) {
    CronExpression cron;
    cron.text_ = single_spaced(text);
    std::string_view expression = cron.text_;
    for (const auto& alias : kAliases)
      if (alias.name == cron.text_) expression = alias.expression;

    auto fields = split(expression, ' ');
    if (fields.size() != 6 && fields.size() != 7) return bad("invalid expression length");
    fields.resize(7, "*");
    if (!is_wildcard(fields[3]) && !is_wildcard(fields[5])) return bad("day field set twice");

    GOAKT_TRY(const auto seconds, kSecond.parse(fields[0]));
    GOAKT_TRY(const auto minutes, kMinute.parse(fields[1]));
    GOAKT_TRY(const auto hours, kHour.parse(fields[2]));
    cron.seconds_ = bits(seconds);
    cron.minutes_ = bits(minutes);
    cron.hours_ = bits(hours);
    GOAKT_CHECK(day_of_month(cron, fields[3]));
    GOAKT_TRY(const auto months, kMonth.parse(fields[4]));
    cron.months_ = bits(months);
    if (!is_wildcard(fields[5])) GOAKT_CHECK(weekday(cron, fields[5]));
    constexpr Field kYear{CronExpression::kFirstYear, CronExpression::kLastYear};
    GOAKT_TRY(const auto years, kYear.parse(fields[6]));
    for (const int year : years)
      cron.years_.set(static_cast<std::size_t>(year - CronExpression::kFirstYear));
    return cron;
  }

 private:
  using Rule = CronExpression::DayRule;

  static Status day_of_month(CronExpression& cron, std::string_view field) {
    if (field == "L") return rule(cron, Rule::last_day, 0);
    if (field == "LW") return rule(cron, Rule::last_working_day, 0);
    if (field.starts_with("L-") && field.size() > 2 && all_of(field.substr(2), is_digit)) {
      const auto n = number(field.substr(2));
      if (!n || !kDayOfMonth.contains(*n)) return bad_field("last", field);
      return rule(cron, Rule::last_day, *n);
    }
    if (field.ends_with("W") && field.size() > 1 &&
        all_of(field.substr(0, field.size() - 1), is_digit)) {
      const auto n = number(field.substr(0, field.size() - 1));
      if (!n || !kDayOfMonth.contains(*n)) return bad_field("weekday", field);
      return rule(cron, Rule::nearest_working_day, *n);
    }
    GOAKT_TRY(const auto days, kDayOfMonth.parse(field));
    cron.days_ = bits(days);
    return {};
  }

  static Status weekday(CronExpression& cron, std::string_view field) {
    if (field.ends_with('L') && all_of(field, is_alphanumeric)) {
      const auto day =
          field == "L" ? Result<int>(7) : kWeekday.value(field.substr(0, field.size() - 1));
      if (!day || !kWeekday.contains(*day)) return bad_field("last", field);
      cron.weekdays_ = std::uint64_t{1} << (*day - 1);
      return rule(cron, Rule::last_weekday, 0);
    }
    const auto hash = field.find('#');
    if (hash != std::string_view::npos && hash > 0 && hash + 1 < field.size() &&
        all_of(field.substr(0, hash), is_alphanumeric) &&
        all_of(field.substr(hash + 1), is_digit)) {
      const auto day = kWeekday.value(field.substr(0, hash));
      const auto n = number(field.substr(hash + 1));
      if (!day || !kWeekday.contains(*day) || !n || *n < 1 || *n > 5)
        return bad_field("hash", field);
      cron.weekdays_ = std::uint64_t{1} << (*day - 1);
      return rule(cron, Rule::nth_weekday, *n);
    }
    GOAKT_TRY(const auto days, kWeekday.parse(field));
    cron.weekdays_ = bits(days) >> 1;  // 1 is Sunday here, 0 in <chrono>
    return rule(cron, Rule::weekdays, 0);
  }

  static Status rule(CronExpression& cron, Rule rule, int n) {
    cron.day_rule_ = rule;
    cron.n_ = n;
    return {};
  }
};

Result<CronExpression> CronExpression::parse(std::string_view text) {
  return CronParser::parse(text);
}

}  // namespace goakt
