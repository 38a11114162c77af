#include "goakt/base/text.h"
#include "goakt/wire/big_endian.h"
#include "goakt/wire/value.h"

#include <bit>
#include <charconv>
#include <cmath>
#include <iterator>
#include <limits>

namespace goakt::wire {

namespace {

template <class T>
void append_number(std::string& out, T number) {
  char bytes[sizeof(T)];
  store_big_endian(bytes, number);
  out.append(bytes, sizeof bytes);
}

// CBOR's major types.
constexpr unsigned kNatural = 0, kNegative = 1, kBytes = 2, kText = 3, kList = 4, kMap = 5;

template <class T>
void append_decimal(std::string& out, T number) {
  char digits[24];
  out.append(digits, std::to_chars(std::begin(digits), std::end(digits), number).ptr);
}

// The shortest digits that read back as the same number, in Go's layout: plain, but with an
// exponent below 1e-6 and from 1e21.
template <class Real>
void append_real(std::string& out, Real number) {
  if (!std::isfinite(number)) {
    out += "null";  // JSON has no word for it
    return;
  }
  const Real size = std::abs(number);
  const bool is_plain = size == 0 || (size >= Real(1e-6) && size < Real(1e21));
  char digits[64];
  const auto end =
      std::to_chars(std::begin(digits), std::end(digits), number,
                    is_plain ? std::chars_format::fixed : std::chars_format::scientific)
          .ptr;
  std::string text(digits, end);
  // "1e-07": Go writes one digit where one does.
  if (const auto zero = text.find("e-0"); zero != std::string::npos) text.erase(zero + 2, 1);
  out += text;
}

}  // namespace

void ValueWriter::head(unsigned major, std::uint64_t number) {
  const auto first = [&](unsigned info) { out_ += static_cast<char>(major << 5 | info); };
  if (number < 24) return first(static_cast<unsigned>(number));
  if (number <= std::numeric_limits<std::uint8_t>::max()) {
    first(24);
    out_ += static_cast<char>(number);
  } else if (number <= std::numeric_limits<std::uint16_t>::max()) {
    first(25);
    append_number(out_, static_cast<std::uint16_t>(number));
  } else if (number <= std::numeric_limits<std::uint32_t>::max()) {
    first(26);
    append_number(out_, static_cast<std::uint32_t>(number));
  } else {
    first(27);
    append_number(out_, number);
  }
}

void ValueWriter::begin_value() {
  if (after_value_ && !is_cbor()) out_ += ',';
  after_value_ = true;
}

void ValueWriter::begin(char bracket) {
  begin_value();
  out_ += bracket;
  after_value_ = false;
}

void ValueWriter::end(char bracket) {
  if (!is_cbor()) out_ += bracket;
  after_value_ = true;
}

void ValueWriter::null() {
  begin_value();
  if (is_cbor())
    out_ += '\xf6';
  else
    out_ += "null";
}

void ValueWriter::boolean(bool value) {
  begin_value();
  if (is_cbor())
    out_ += value ? '\xf5' : '\xf4';
  else
    out_ += value ? "true" : "false";
}

void ValueWriter::integer(std::int64_t value) {
  begin_value();
  if (!is_cbor()) return append_decimal(out_, value);
  if (value >= 0) return head(kNatural, static_cast<std::uint64_t>(value));
  head(kNegative, ~static_cast<std::uint64_t>(value));
}

void ValueWriter::natural(std::uint64_t value) {
  begin_value();
  if (!is_cbor()) return append_decimal(out_, value);
  head(kNatural, value);
}

void ValueWriter::real(float value) {
  begin_value();
  if (!is_cbor()) return append_real(out_, value);
  out_ += '\xfa';
  append_number(out_, std::bit_cast<std::uint32_t>(value));
}

void ValueWriter::real(double value) {
  begin_value();
  if (!is_cbor()) return append_real(out_, value);
  out_ += '\xfb';
  append_number(out_, std::bit_cast<std::uint64_t>(value));
}

// What must be escaped and no more: no HTML escapes, other characters as they are.
void ValueWriter::quote(std::string_view value) {
  out_ += '"';
  for (const char c : value) {
    switch (c) {
      case '"':
      case '\\':
        out_ += '\\';
        out_ += c;
        break;
      case '\n':
        out_ += "\\n";
        break;
      case '\r':
        out_ += "\\r";
        break;
      case '\t':
        out_ += "\\t";
        break;
      default:
        if (static_cast<unsigned char>(c) < 0x20) {
          out_ += "\\u00";
          out_ += hex_encode({&c, 1});
        } else {
          out_ += c;
        }
    }
  }
  out_ += '"';
}

void ValueWriter::text(std::string_view value) {
  begin_value();
  if (!is_cbor()) return quote(value);
  head(kText, value.size());
  out_ += value;
}

void ValueWriter::bytes(std::string_view value) {
  begin_value();
  if (!is_cbor()) {
    out_ += '"';
    out_ += base64_encode(value);
    out_ += '"';
    return;
  }
  head(kBytes, value.size());
  out_ += value;
}

void ValueWriter::time(Time value) {
  if (!is_cbor()) return text(time_text(value));
  const auto seconds = std::chrono::floor<std::chrono::seconds>(value);
  const auto rest = value - seconds;
  if (rest.count() == 0) return integer(seconds.time_since_epoch().count());
  real(static_cast<double>(seconds.time_since_epoch().count()) +
       static_cast<double>(rest.count()) / 1e9);
}

void ValueWriter::list(std::size_t count) {
  if (!is_cbor()) return begin('[');
  head(kList, count);
}

void ValueWriter::map(std::size_t count) {
  if (!is_cbor()) return begin('{');
  head(kMap, count);
}

void ValueWriter::key(std::string_view name) {
  text(name);
  if (is_cbor()) return;
  out_ += ':';
  after_value_ = false;
}

}  // namespace goakt::wire
