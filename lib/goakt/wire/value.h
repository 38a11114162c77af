#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <utility>
#include <variant>
#include <vector>

// Values of CBOR and JSON payloads, as GoAkt's two serializers write and read them. Written piece
// by piece without a tree between; read into a Value, from which a described type takes its fields.
namespace goakt::wire {

enum class Format : std::uint8_t { cbor, json };

using Time = std::chrono::sys_time<std::chrono::nanoseconds>;

// Appends one value. The caller keeps to the grammar: list(n), n values, end_list(); map(n), n
// times key() and a value, end_map().
class GOAKT_API ValueWriter {
 public:
  ValueWriter(Format format, std::string& out) : format_(format), out_(out) {}

  void null();
  void boolean(bool value);
  void integer(std::int64_t value);
  void natural(std::uint64_t value);
  void real(float value);
  void real(double value);
  void text(std::string_view value);
  void bytes(std::string_view value);
  // CBOR: seconds since 1970, an integer if they are whole. JSON: RFC 3339 in UTC.
  void time(Time value);

  void list(std::size_t count);

  void end_list() { end(']'); }

  void map(std::size_t count);
  void key(std::string_view name);

  void end_map() { end('}'); }

 private:
  bool is_cbor() const noexcept { return format_ == Format::cbor; }

  void head(unsigned major, std::uint64_t number);
  void begin_value();
  void begin(char bracket);
  void end(char bracket);
  void quote(std::string_view value);

  Format format_;
  std::string& out_;
  bool after_value_ = false;  // JSON: a comma is due
};

struct Value;
struct MapEntry;

struct Bytes {
  std::string data;
};

using List = std::vector<Value>;

struct Map {
  std::vector<MapEntry> entries;
  bool last_wins = false;  // of entries with the same key: JSON's last, CBOR's first

  // The value of that key, whatever its letter case; null when there is none.
  GOAKT_API const Value* find(std::string_view key) const;
};

struct Value {
  std::variant<std::monostate, bool, std::int64_t, std::uint64_t, double, std::string, Bytes, List,
               Map>
      is;

  bool is_null() const noexcept { return std::holds_alternative<std::monostate>(is); }

  template <class T>
  const T* as() const noexcept {
    return std::get_if<T>(&is);
  }
};

struct MapEntry {
  std::string key;
  Value value;
};

// Reads one value and nothing behind it. Bounded: 64 levels deep, a million values; CBOR's lengths
// are definite. Error: invalid_message.
[[nodiscard]] GOAKT_API Result<Value> parse_value(Format format, std::string_view bytes);

// "2023-11-14T22:13:20.5Z" and what others write for it.
GOAKT_API std::string time_text(Time time);
[[nodiscard]] GOAKT_API Result<Time> parse_time(std::string_view text);

}  // namespace goakt::wire
