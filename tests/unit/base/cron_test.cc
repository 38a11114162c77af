#include "goakt/base/cron.h"

#include "goakt/base/random.h"
#include "tests/unit/base/cron_oracle.h"

#include <doctest/doctest.h>

#include <cstdlib>

namespace goakt {
namespace {

using std::chrono::seconds;
using std::chrono::sys_seconds;

time_t read_time(const std::string& text) {
  tm parts{};
  REQUIRE_MESSAGE(strptime(text.c_str(), "%Y-%m-%dT%H:%M:%S", &parts) != nullptr, text);
  return timegm(&parts);
}

std::string write_time(std::optional<time_t> time) {
  if (!time) return "-";
  tm parts{};
  gmtime_r(&*time, &parts);
  char text[40];
  strftime(text, sizeof text, "%Y-%m-%dT%H:%M:%S", &parts);
  return text;
}

std::optional<time_t> next(const CronExpression& cron, time_t after, Zone zone = Zone::utc) {
  const auto found = cron.next_after(sys_seconds(seconds(after)), zone);
  if (!found) return std::nullopt;
  return found->time_since_epoch().count();
}

CronExpression parsed(const std::string& text) {
  auto cron = CronExpression::parse(text);
  REQUIRE_MESSAGE(cron.has_value(), text << ": " << cron.error().message());
  return *cron;
}

// Sets the process's time zone while it lives. POSIX notation needs no installed zone files.
class TimeZone {
 public:
  explicit TimeZone(const char* posix) {
    if (const char* old = std::getenv("TZ")) old_ = old;
    setenv("TZ", posix, 1);
    tzset();
  }

  TimeZone(const TimeZone&) = delete;
  TimeZone& operator=(const TimeZone&) = delete;

  ~TimeZone() {
    old_ ? setenv("TZ", old_->c_str(), 1) : unsetenv("TZ");
    tzset();
  }

 private:
  std::optional<std::string> old_;
};

constexpr const char* kNewYork = "EST5EDT,M3.2.0,M11.1.0";
constexpr const char* kBerlin = "CET-1CEST,M3.5.0,M10.5.0/3";
constexpr const char* kLordHowe = "<+1030>-10:30<+11>-11,M10.1.0,M4.1.0";
constexpr const char* kKolkata = "IST-5:30";

TEST_CASE("recorded expressions fire at the recorded times and where the oracle says [170]") {
  int count = 0;
  for (const auto& line : data_lines("cron.txt")) {
    CAPTURE(line);
    const auto columns = split(line, '|');
    const auto cron = parsed(columns[0]);
    const CronOracle oracle(columns[0]);
    auto moment = read_time(columns[1]);
    for (std::size_t i = 2; i < columns.size(); ++i) {
      const auto found = next(cron, moment);
      REQUIRE(write_time(found) == columns[i]);
      // "Never" is believed after 30 years, a far year on the day before it.
      constexpr time_t kPatience = 30LL * 366 * 86400;
      const auto from = found ? std::max(moment, *found - kPatience) : moment;
      const auto until = found ? *found : moment + kPatience;
      REQUIRE(write_time(oracle.next(from, until)) == columns[i]);
      if (found) moment = *found;
    }
    ++count;
  }
  CHECK(count >= 100);
}

TEST_CASE("malformed expressions are refused in GoAkt's words [170]") {
  int count = 0;
  for (const auto& line : data_lines("cron_errors.txt")) {
    CAPTURE(line);
    const auto columns = split(line, '|');
    const auto cron = CronExpression::parse(columns[0]);
    REQUIRE_FALSE(cron.has_value());
    CHECK(cron.error().is(ErrorCode::invalid_cron));
    CHECK(cron.error().message() == columns[1]);
    ++count;
  }
  CHECK(count >= 90);
}

// A random valid field: wildcard, number, range, steps or a list of these.
std::string random_field(Rng& rng, int lower, int upper, bool list = true) {
  const auto pick = [&rng](int from, int to) {
    return from + static_cast<int>(rng.below(static_cast<std::uint64_t>(to - from + 1)));
  };
  const auto text = [](int number) { return std::to_string(number); };
  const int from = pick(lower, upper);
  switch (rng.below(list ? 6 : 4)) {
    case 0:
      return text(from);
    case 1:
      return text(from) + "-" + text(pick(from, upper));
    case 2:
      return text(from) + "/" + text(pick(1, upper));
    case 3:
      return text(from) + "-" + text(pick(from, upper)) + "/" + text(pick(1, upper));
    case 4:
      return "*";
    default:
      return random_field(rng, lower, upper, false) + "," + random_field(rng, lower, upper, false);
  }
}

std::string random_expression(Rng& rng) {
  std::string text = random_field(rng, 0, 59) + " " + random_field(rng, 0, 59) + " " +
                     random_field(rng, 0, 23) + " ";
  const auto number = [&rng](unsigned n) { return std::to_string(1 + rng.below(n)); };
  const std::string months = random_field(rng, 1, 12);
  switch (rng.below(8)) {
    case 0:
      return text + "L " + months + " ?";
    case 1:
      return text + "L-" + number(30) + " " + months + " ?";
    case 2:
      return text + number(31) + "W " + months + " ?";
    case 3:
      return text + "LW " + months + " ?";
    case 4:
      return text + "? " + months + " " + number(7) + "L";
    case 5:
      return text + "? " + months + " " + number(7) + "#" + number(5);
    case 6:
      return text + "? " + months + " " + random_field(rng, 1, 7);
    default:
      return text + random_field(rng, 1, 31) + " " + months + " ?";
  }
}

TEST_CASE("random expressions fire where the oracle says") {
  Rng rng(20240229);
  for (int i = 0; i < 300; ++i) {
    const auto expression = random_expression(rng);
    CAPTURE(expression);
    const auto cron = parsed(expression);
    const CronOracle oracle(expression);
    auto moment = static_cast<time_t>(rng.below(4'000'000'000));
    for (int fire = 0; fire < 2; ++fire) {
      CAPTURE(write_time(moment));
      const auto found = next(cron, moment);
      const auto until = found ? *found : moment + 12LL * 366 * 86400;
      if (until - moment > 40LL * 366 * 86400) break;
      REQUIRE(write_time(found) == write_time(oracle.next(moment, until)));
      if (!found) break;
      moment = *found;
    }
  }
}

TEST_CASE("spaces are made single and names know no case") {
  CHECK(parsed(" \t\n 0  0 10 *    *  Sun   \n* \r\n  ").text() == "0 0 10 * * Sun *");
  CHECK(parsed("@daily").text() == "@daily");
}

TEST_CASE("moments outside the years of the dialect are answered without overflow") {
  const auto cron = parsed("* * * * * *");
  constexpr auto kFar = std::numeric_limits<time_t>::max();
  CHECK(write_time(next(cron, read_time("3940-12-31T23:59:58"))) == "3940-12-31T23:59:59");
  CHECK(write_time(next(cron, read_time("3940-12-31T23:59:59"))) == "-");
  for (const auto zone : {Zone::utc, Zone::local}) {
    CHECK_FALSE(next(cron, kFar, zone));
    CHECK(next(cron, -kFar, zone));
  }
}

// What the local clock shows, second by second, from a day before `from`.
std::vector<time_t> written_times(time_t from, time_t until) {
  std::vector<time_t> written;
  for (time_t moment = from - 86400; moment < until; ++moment) {
    tm local{};
    localtime_r(&moment, &local);
    written.push_back(moment + local.tm_gmtoff);
  }
  return written;
}

// What fires in local time, by looking at every second: the definition that next_after() states,
// spelled out.
std::vector<time_t> local_fires(const CronOracle& oracle, time_t from,
                                const std::vector<time_t>& written_times) {
  time_t known_day = -1;
  bool known_day_is_allowed = false;
  const auto allows = [&](time_t written) {
    const time_t second = written % 86400;
    if (!oracle.allows_time(second)) return false;
    const time_t day = written - second;
    if (day != known_day) {
      tm date{};
      gmtime_r(&day, &date);
      known_day = day;
      known_day_is_allowed = oracle.allows_day(date);
    }
    return known_day_is_allowed;
  };
  const bool every_hour = oracle.every_hour();
  std::vector<time_t> fires;
  time_t moment = from - 86400;
  time_t shown = written_times.front() - 1;  // the latest that the clock has shown
  for (const time_t written : written_times) {
    bool fire = allows(written);
    if (!every_hour) {
      if (written <= shown) fire = false;
      for (time_t skipped = shown + 1; skipped < written && !fire; ++skipped)
        fire = allows(skipped);
    }
    shown = std::max(shown, written);
    if (fire && moment > from) fires.push_back(moment);
    ++moment;
  }
  return fires;
}

TEST_CASE("in local time every change of the clocks is passed as defined") {
  struct Change {
    const char* zone;
    const char* day_before;  // UTC
  };

  for (const auto& [zone, day_before] :
       {Change{kNewYork, "2025-03-08T12:00:00"}, Change{kNewYork, "2025-11-01T12:00:00"},
        Change{kBerlin, "2025-03-29T12:00:00"}, Change{kBerlin, "2025-10-25T12:00:00"},
        Change{kLordHowe, "2025-10-04T06:00:00"}, Change{kLordHowe, "2025-04-05T06:00:00"},
        Change{kKolkata, "2025-04-05T06:00:00"}}) {
    const TimeZone local(zone);
    const auto from = read_time(day_before);
    const auto until = from + 2 * 86400;
    const auto written = written_times(from, until);
    for (const auto* expression :
         {"0 30 * * * *", "0 */10 * * * ?", "0 0 2 * * *", "0 30 2 * * *", "0 30 1 * * *",
          "0 15 2 * * *", "0 59 1 * * *", "59 59 1,2 * * *", "0 */20 1-3 * * *", "0 0 3 * * *",
          "0 0 0 * * *", "0 0 */2 * * *", "0 0 * * * *", "0 30 2 9 3 ?", "0 30 2 30 3 ?",
          "0 45 1 2 11 ?", "30 0 2 ? * SUN", "0 0 2 ? * MON"}) {
      CAPTURE(zone);
      CAPTURE(expression);
      const auto cron = parsed(expression);
      const auto expected = local_fires(CronOracle(expression), from, written);
      std::vector<time_t> found;
      for (auto fire = next(cron, from, Zone::local); fire && *fire < until;
           fire = next(cron, *fire, Zone::local))
        found.push_back(*fire);
      CHECK(found == expected);
      // Asked from any other moment the answer is the same.
      for (time_t moment = from; moment < until; moment += 1237) {
        const auto later = std::upper_bound(expected.begin(), expected.end(), moment);
        if (later != expected.end())
          REQUIRE(write_time(next(cron, moment, Zone::local)) == write_time(*later));
      }
    }
  }
}

TEST_CASE("a daily time that the spring change skips fires at the jump, once") {
  const TimeZone local(kNewYork);
  const auto cron = parsed("0 30 2 * * *");
  const auto jump = next(cron, read_time("2025-03-09T00:00:00"), Zone::local);
  CHECK(write_time(jump) == "2025-03-09T07:00:00");  // 03:00 EDT
  CHECK(write_time(next(cron, *jump, Zone::local)) == "2025-03-10T06:30:00");
}

TEST_CASE("a daily time that comes twice in autumn fires the first time only") {
  const TimeZone local(kNewYork);
  const auto cron = parsed("0 30 1 * * *");
  const auto first = next(cron, read_time("2025-11-02T00:00:00"), Zone::local);
  CHECK(write_time(first) == "2025-11-02T05:30:00");  // 01:30 EDT
  CHECK(write_time(next(cron, *first, Zone::local)) == "2025-11-03T06:30:00");
}

TEST_CASE("a far local time is found across many changes of the clocks") {
  const TimeZone local(kBerlin);
  const auto cron = parsed("0 0 12 29 2 ?");
  CHECK(write_time(next(cron, read_time("2025-07-01T00:00:00"), Zone::local)) ==
        "2028-02-29T11:00:00");
  CHECK(write_time(next(parsed("0 0 12 1 7 ? 3000"), 0, Zone::local)) == "3000-07-01T10:00:00");
  CHECK(write_time(next(parsed("0 0 0 31 2 ?"), 0, Zone::local)) == "-");
}

}  // namespace
}  // namespace goakt
