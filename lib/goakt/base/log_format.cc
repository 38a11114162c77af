#include "goakt/base/log_format.h"

#include <algorithm>
#include <cmath>
#include <fmt/format.h>
#include <iterator>
#include <time.h>
#include <utility>

namespace goakt {

namespace {

using Kind = LogValue::Kind;

struct Moment {
  tm date{};
  std::int64_t microseconds = 0;
};

Moment moment_of(WallTime time) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(time);
  const auto since_epoch = static_cast<time_t>(seconds.time_since_epoch().count());
  Moment moment;
  gmtime_r(&since_epoch, &moment.date);
  moment.microseconds = (time - seconds) / std::chrono::microseconds(1);
  return moment;
}

std::string_view file_name(const std::source_location& where) {
  const std::string_view path = where.file_name();
  return path.substr(path.rfind('/') + 1);  // npos + 1 is 0
}

// The length of the valid UTF-8 sequence at the start of `text`; 0 if there is none.
std::size_t utf8_length(std::string_view text) {
  const auto byte = [text](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const unsigned lead = byte(0);
  if (lead < 0x80) return 1;
  const std::size_t length = lead >= 0xf0 ? 4 : lead >= 0xe0 ? 3 : 2;
  if (lead < 0xc2 || lead > 0xf4 || text.size() < length) return 0;
  for (std::size_t i = 1; i < length; ++i)
    if ((byte(i) & 0xc0) != 0x80) return 0;
  // Overlong forms, surrogates, beyond U+10FFFF.
  const bool bad = (lead == 0xe0 && byte(1) < 0xa0) || (lead == 0xed && byte(1) > 0x9f) ||
                   (lead == 0xf0 && byte(1) < 0x90) || (lead == 0xf4 && byte(1) > 0x8f);
  return bad ? 0 : length;
}

// Escaped as JSON wants it, without the quotes.
void append_escaped(std::string_view text, std::string& out) {
  while (!text.empty()) {
    const auto length = utf8_length(text);
    const char c = text.front();
    if (length == 0)
      out += "\\ufffd";
    else if (c == '"' || c == '\\')
      (out += '\\') += c;
    else if (c == '\n')
      out += "\\n";
    else if (c == '\r')
      out += "\\r";
    else if (c == '\t')
      out += "\\t";
    else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7f)
      fmt::format_to(std::back_inserter(out), "\\u{:04x}", static_cast<unsigned>(c));
    else
      out += text.substr(0, length);
    text.remove_prefix(std::max<std::size_t>(1, length));
  }
}

void append_quoted(std::string_view text, std::string& out) {
  out += '"';
  append_escaped(text, out);
  out += '"';
}

bool needs_quotes(std::string_view text) {
  if (text.empty()) return true;
  for (const char c : text)
    if (c == ' ' || c == '"' || c == '=' || c == '\\' || static_cast<unsigned char>(c) < 0x20 ||
        static_cast<unsigned char>(c) >= 0x7f)
      return true;
  return false;
}

// "850ns", "2.1s", "1m30s", "26h0m": about three digits, for people.
void append_duration(Duration duration, std::string& out) {
  const auto to = std::back_inserter(out);
  const auto ns = static_cast<double>(duration.count());
  const double size = std::fabs(ns);
  if (size < 1e3)
    fmt::format_to(to, "{}ns", duration.count());
  else if (size < 1e6)
    fmt::format_to(to, "{:.3g}us", ns / 1e3);
  else if (size < 1e9)
    fmt::format_to(to, "{:.3g}ms", ns / 1e6);
  else if (size < 60e9)
    fmt::format_to(to, "{:.3g}s", ns / 1e9);
  else {
    if (ns < 0) out += '-';
    const auto seconds = static_cast<std::int64_t>(size / 1e9);
    if (seconds < 3600)
      fmt::format_to(to, "{}m{}s", seconds / 60, seconds % 60);
    else
      fmt::format_to(to, "{}h{}m", seconds / 3600, seconds / 60 % 60);
  }
}

void append_text_value(const LogValue& value, std::string& out) {
  const auto to = std::back_inserter(out);
  switch (value.kind()) {
    case Kind::text:
      if (needs_quotes(value.text()))
        append_quoted(value.text(), out);
      else
        out += value.text();
      break;
    case Kind::integer:
      fmt::format_to(to, "{}", value.integer());
      break;
    case Kind::natural:
      fmt::format_to(to, "{}", value.natural());
      break;
    case Kind::real:
      fmt::format_to(to, "{}", value.real());
      break;
    case Kind::boolean:
      out += value.boolean() ? "true" : "false";
      break;
    case Kind::duration:
      append_duration(value.duration(), out);
      break;
  }
}

void append_json_field(const LogField& field, std::string& out) {
  out += ",\"";
  append_escaped(field.key, out);
  switch (field.value.kind()) {
    case Kind::text:
      out += "\":";
      append_quoted(field.value.text(), out);
      return;
    case Kind::duration:  // the unit is in the name, the value a number to compute with
      fmt::format_to(std::back_inserter(out), "Ms\":{}",
                     static_cast<double>(field.value.integer()) / 1e6);
      return;
    case Kind::real:
      out += "\":";
      if (std::isfinite(field.value.real()))
        append_text_value(field.value, out);
      else
        out += "null";
      return;
    default:
      out += "\":";
      append_text_value(field.value, out);
  }
}

std::string_view padded(LogLevel level) {
  switch (level) {
    case LogLevel::info:
      return "INFO ";
    case LogLevel::warn:
      return "WARN ";
    case LogLevel::error:
      return "ERROR";
    case LogLevel::fatal:
      return "FATAL";
    case LogLevel::panic:
      return "PANIC";
    case LogLevel::debug:
      return "DEBUG";
    case LogLevel::invalid:
      break;
  }
  return "?    ";
}

void format_text(const LogRecord& record, std::string& out) {
  const auto [date, microseconds] = moment_of(record.time);
  fmt::format_to(std::back_inserter(out), "{:02}:{:02}:{:02}.{:03} {}", date.tm_hour, date.tm_min,
                 date.tm_sec, microseconds / 1000, padded(record.level));
  if (!record.logger.empty()) (out += ' ') += record.logger;
  out += "  ";
  append_escaped(record.message, out);
  char separator = ' ';
  const auto append = [&](std::string_view key, const LogValue& value) {
    // Two spaces before the first field.
    if (std::exchange(separator, '\0') != '\0') out += ' ';
    out += ' ';
    append_escaped(key, out);
    out += '=';
    append_text_value(value, out);
  };
  for (const auto& field : record.bound) append(field.key, field.value);
  for (const auto& field : record.fields) append(field.key, field.value);
  if (record.suppressed != 0) append("suppressed", record.suppressed);
}

void format_json(const LogRecord& record, std::string& out) {
  const auto [date, microseconds] = moment_of(record.time);
  fmt::format_to(std::back_inserter(out),
                 R"({{"ts":"{:04}-{:02}-{:02}T{:02}:{:02}:{:02}.{:06}Z","level":"{}")",
                 date.tm_year + 1900, date.tm_mon + 1, date.tm_mday, date.tm_hour, date.tm_min,
                 date.tm_sec, microseconds, to_string(record.level));
  if (!record.logger.empty()) append_json_field({"logger", record.logger}, out);
  fmt::format_to(std::back_inserter(out), R"(,"caller":"{}:{}","msg":)", file_name(record.where),
                 record.where.line());
  append_quoted(record.message, out);
  for (const auto& field : record.bound) append_json_field(field, out);
  for (const auto& field : record.fields) append_json_field(field, out);
  if (record.suppressed != 0) append_json_field({"suppressed", record.suppressed}, out);
  out += '}';
}

}  // namespace

void format_log(const LogRecord& record, LogFormat format, std::string& out) {
  if (format == LogFormat::text)
    format_text(record, out);
  else
    format_json(record, out);
}

}  // namespace goakt
