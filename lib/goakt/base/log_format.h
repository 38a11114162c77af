#pragma once

#include "goakt/base/log.h"

#include <cstdint>
#include <string>

namespace goakt {

enum class LogFormat : std::uint8_t { text, json };

// One line without its end, appended to `out`. Times are UTC.
//
//   12:00:01.234 WARN  cluster  peer suspected  node=10.0.0.4:3320 since=2.1s
//   {"ts":"2026-01-02T12:00:01.234567Z","level":"warn","logger":"cluster","caller":"probe.cc:17",
//    "msg":"peer suspected","node":"10.0.0.4:3320","sinceMs":2100}
//
// Whatever the fields hold, a line stays one line, and JSON stays JSON: what is not UTF-8 becomes
// U+FFFD.
GOAKT_API void format_log(const LogRecord& record, LogFormat format, std::string& out);

}  // namespace goakt
