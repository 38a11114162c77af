#include "goakt/base/log.h"

#include "goakt/base/log_format.h"

#include <doctest/doctest.h>

#include <limits>
#include <vector>

namespace goakt {
namespace {

using namespace std::chrono_literals;

// Keeps lines as text, the time cut off.
class Lines final : public LogSink {
 public:
  void write(const LogRecord& record) noexcept override {
    std::string line;
    format_log(record, LogFormat::text, line);
    lines.push_back(line.substr(13));
  }

  void flush() noexcept override { ++flushes; }

  std::vector<std::string> lines;
  int flushes = 0;
};

struct Fixture {
  std::shared_ptr<Lines> sink = std::make_shared<Lines>();
  FakeClock clock;
  Logger log{sink, {.clock = &clock}};
  std::vector<std::string>& lines = sink->lines;
};

std::string formatted(LogFormat format, std::string_view message,
                      std::initializer_list<LogField> fields, std::string_view logger = "cluster") {
  std::string line;
  LogRecord record;
  record.time = WallTime(1'767'355'201'234'567'891ns);
  record.level = LogLevel::warn;
  record.logger = logger;
  record.message = message;
  record.fields = {fields.begin(), fields.size()};
  format_log(record, format, line);
  return line;
}

TEST_CASE("levels have GoAkt's numbers and words, and debug weighs least [195]") {
  CHECK(static_cast<int>(LogLevel::info) == 0);
  CHECK(static_cast<int>(LogLevel::warn) == 1);
  CHECK(static_cast<int>(LogLevel::error) == 2);
  CHECK(static_cast<int>(LogLevel::fatal) == 3);
  CHECK(static_cast<int>(LogLevel::panic) == 4);
  CHECK(static_cast<int>(LogLevel::debug) == 5);
  CHECK(static_cast<int>(LogLevel::invalid) == 6);
  int last = -1;
  for (const auto level : {LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error,
                           LogLevel::fatal, LogLevel::panic, LogLevel::invalid}) {
    CHECK(weight(level) == last + 1);
    last = weight(level);
    if (level != LogLevel::invalid) CHECK(parse_log_level(to_string(level)) == level);
  }
  CHECK_FALSE(parse_log_level("invalid"));
  CHECK_FALSE(parse_log_level("WARN"));
}

TEST_CASE("a text line shows time, level, logger, message and fields") {
  CHECK(formatted(LogFormat::text, "peer suspected",
                  {{"node", "10.0.0.4:3320"}, {"since", 2100ms}}) ==
        "12:00:01.234 WARN  cluster  peer suspected  node=10.0.0.4:3320 since=2.1s");
  CHECK(formatted(LogFormat::text, "started", {}, "") == "12:00:01.234 WARN   started");
}

TEST_CASE("a JSON line has the keys ts, level, logger, caller, msg and then the fields [195]") {
  const auto line =
      formatted(LogFormat::json, "peer suspected", {{"node", "10.0.0.4:3320"}, {"since", 2100ms}});
  CHECK(line == R"({"ts":"2026-01-02T12:00:01.234567Z","level":"warn","logger":"cluster",)"
                R"("caller":":0","msg":"peer suspected","node":"10.0.0.4:3320","sinceMs":2100})");
}

TEST_CASE("fields of every kind are written as what they are") {
  const auto fields = [](LogFormat format) {
    const std::string owned = "a b";
    const auto line = formatted(format, "m",
                                {{"text", owned},
                                 {"empty", ""},
                                 {"int", -5},
                                 {"big", std::numeric_limits<std::uint64_t>::max()},
                                 {"real", 0.25},
                                 {"yes", true},
                                 {"nan", std::numeric_limits<double>::quiet_NaN()}});
    return line.substr(line.find("text") - (format == LogFormat::json ? 1 : 0));
  };
  CHECK(fields(LogFormat::text) ==
        R"(text="a b" empty="" int=-5 big=18446744073709551615 real=0.25 yes=true nan=nan)");
  CHECK(fields(LogFormat::json) ==
        R"("text":"a b","empty":"","int":-5,"big":18446744073709551615,"real":0.25,"yes":true,)"
        R"("nan":null})");
}

TEST_CASE("durations are written for people in text and in milliseconds in JSON") {
  const auto text = [](Duration duration) {
    const auto line = formatted(LogFormat::text, "m", {{"d", duration}});
    return line.substr(line.find("d=") + 2);
  };
  CHECK(text(0ns) == "0ns");
  CHECK(text(850ns) == "850ns");
  CHECK(text(1500ns) == "1.5us");
  CHECK(text(12345us) == "12.3ms");
  CHECK(text(2100ms) == "2.1s");
  CHECK(text(-2100ms) == "-2.1s");
  CHECK(text(90s) == "1m30s");
  CHECK(text(26h + 5min) == "26h5m");
  const auto json = formatted(LogFormat::json, "m", {{"d", 1500us}});
  CHECK(json.find(R"("dMs":1.5})") != std::string::npos);
}

TEST_CASE("a line stays one line and JSON stays JSON whatever the fields hold") {
  const std::string nasty = "a\"b\\c\nd\r\te\x01\x7f";
  CHECK(formatted(LogFormat::text, "m", {{"x", nasty}}).find('\n') == std::string::npos);
  const auto value = [](std::string_view text) {
    const auto line = formatted(LogFormat::json, "m", {{"x", text}});
    const auto start = line.find("\"x\":") + 4;
    return line.substr(start, line.size() - start - 1);
  };
  CHECK(value(nasty) == R"("a\"b\\c\nd\r\te\u0001\u007f")");
  CHECK(value("caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80") ==
        "\"caf\xc3\xa9 \xe2\x82\xac \xf0\x9f\x98\x80\"");
  CHECK(value("\xff") == R"("\ufffd")");
  CHECK(value("\xc3") == R"("\ufffd")");                      // cut off
  CHECK(value("\xc0\xaf") == R"("\ufffd\ufffd")");            // overlong
  CHECK(value("\xed\xa0\x80") == R"("\ufffd\ufffd\ufffd")");  // surrogate
  CHECK(value("\xf4\x90\x80\x80") == R"("\ufffd\ufffd\ufffd\ufffd")");
  CHECK(formatted(LogFormat::json, "a\"b", {{"k\"", 1}}).find(R"("msg":"a\"b","k\"":1})") !=
        std::string::npos);
}

TEST_CASE_FIXTURE(Fixture, "only lines of the level and above are written") {
  log.debug("d");
  log.info("i");
  CHECK(lines.size() == 1);
  CHECK(lines[0] == "INFO   i");
  log.set_level(LogLevel::error);
  log.warn("w");
  log.error("e");
  CHECK(lines.size() == 2);
  log.set_level(LogLevel::debug);
  log.debug("d");
  CHECK(lines.size() == 3);
  log.set_level(LogLevel::invalid);
  log.log(LogLevel::panic, "p");
  CHECK(lines.size() == 3);
}

TEST_CASE_FIXTURE(Fixture, "a named logger can have a level of its own") {
  const auto cluster = log.named("cluster");
  log.set_level("cluster", LogLevel::debug);
  cluster.debug("seen");
  log.named("cluster").debug("seen too");
  log.debug("not seen");
  log.named("remoting").debug("not seen");
  CHECK(lines == std::vector<std::string>{"DEBUG cluster  seen", "DEBUG cluster  seen too"});
  log.set_level(LogLevel::error);
  CHECK(cluster.enabled(LogLevel::debug));
  log.set_level("cluster", std::nullopt);
  CHECK_FALSE(cluster.enabled(LogLevel::warn));
  CHECK(cluster.enabled(LogLevel::error));
}

TEST_CASE_FIXTURE(Fixture, "bound fields stand before those of the call and are kept") {
  Logger bound;
  {
    const std::string node = "10.0.0.4:3320, which lived on the heap";
    bound = log.with({{"node", node}}).named("cluster").with({{"round", 3}});
  }
  bound.info("joined", {{"peers", 2}});
  CHECK(lines.at(0) ==
        R"(INFO  cluster  joined  node="10.0.0.4:3320, which lived on the heap" round=3 peers=2)");
}

TEST_CASE_FIXTURE(Fixture, "an error is logged with its text, and its hint at the end") {
  log.log(LogLevel::error, "cannot join", Error(ErrorCode::request_timeout).with_hint("open 3320"),
          {{"node", "n1"}});
  log.log(LogLevel::error, "cannot leave", Error(ErrorCode::dead));
  CHECK(lines.at(0) == R"(ERROR  cannot join  node=n1 error="request timed out" hint="open 3320")");
  CHECK(lines.at(1) == R"(ERROR  cannot leave  error="actor is not alive")");
}

TEST_CASE_FIXTURE(Fixture,
                  "a call site that floods is cut off and then tells how much is missing") {
  for (int second = 0; second < 3; ++second) {
    for (int i = 0; i < 25; ++i) log.info("flood");
    log.info("other site");
    clock.advance(1s);
  }
  int plain = 0;
  int counted = 0;
  int other = 0;
  for (const auto& line : lines) {
    if (line == "INFO   flood") ++plain;
    if (line == "INFO   flood  suppressed=15") ++counted;
    if (line == "INFO   other site") ++other;
  }
  CHECK(plain == 28);
  CHECK(counted == 2);
  CHECK(other == 3);

  lines.clear();
  const Logger unlimited(sink, {.lines_per_site_and_second = 0, .clock = &clock});
  for (int i = 0; i < 100; ++i) unlimited.info("flood");
  CHECK(lines.size() == 100);
}

TEST_CASE("a discarding logger is enabled for fatal and panic only and does nothing [195]") {
  const Logger log;
  for (const auto level : {LogLevel::debug, LogLevel::info, LogLevel::warn, LogLevel::error})
    CHECK_FALSE(log.enabled(level));
  CHECK(log.enabled(LogLevel::fatal));
  CHECK(log.enabled(LogLevel::panic));
  CHECK_FALSE(log.enabled(LogLevel::invalid));
  log.log(LogLevel::panic, "nothing happens");
  log.named("x").with({{"a", 1}}).error("nor here");
  log.set_level(LogLevel::debug);
  log.set_level("x", LogLevel::debug);
  log.flush();
  CHECK_FALSE(log.enabled(LogLevel::error));
}

TEST_CASE_FIXTURE(Fixture, "flush reaches the sink") {
  log.named("a").flush();
  CHECK(sink->flushes == 1);
}

TEST_CASE("the caller of a line is the place that logs") {
  class Callers final : public LogSink {
   public:
    void write(const LogRecord& record) noexcept override {
      format_log(record, LogFormat::json, line);
    }

    std::string line;
  };

  const auto sink = std::make_shared<Callers>();
  const Logger log(sink);
  log.info("here");
  const auto expected = R"("caller":"log_test.cc:)" + std::to_string(__LINE__ - 1) + "\"";
  CHECK(sink->line.find(expected) != std::string::npos);
}

}  // namespace
}  // namespace goakt
