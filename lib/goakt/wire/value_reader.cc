#include "goakt/wire/big_endian.h"
#include "goakt/wire/value.h"

#include <google/protobuf/stubs/common.h>
#include <nlohmann/json.hpp>

#include <bit>
#include <cmath>
#include <limits>
#include <optional>

namespace goakt::wire {

namespace {

constexpr std::size_t kDeepest = 64;
// A value takes one byte on the wire and some fifty here.
constexpr std::size_t kMostValues = 1'000'000;

// --- CBOR ---

class CborReader {
 public:
  explicit CborReader(std::string_view bytes) : rest_(bytes) {}

  std::optional<Value> all() {
    auto value = item(0);
    if (!value || !rest_.empty()) return std::nullopt;
    return value;
  }

 private:
  struct Head {
    unsigned major;
    unsigned info;
    std::uint64_t number;
  };

  std::string_view rest_;
  std::size_t values_ = 0;

  template <class T>
  std::optional<T> number() {
    if (rest_.size() < sizeof(T)) return std::nullopt;
    const T value = load_big_endian<T>(rest_.data());
    rest_.remove_prefix(sizeof(T));
    return value;
  }

  // An item's first byte and the number behind it; none for indefinite lengths.
  std::optional<Head> head() {
    const auto first = number<std::uint8_t>();
    if (!first) return std::nullopt;
    Head head{static_cast<unsigned>(*first >> 5), static_cast<unsigned>(*first & 31), 0};
    const auto take = [&head](const auto& value) -> std::optional<Head> {
      if (!value) return std::nullopt;
      head.number = *value;
      return head;
    };
    switch (head.info) {
      case 24:
        return take(number<std::uint8_t>());
      case 25:
        return take(number<std::uint16_t>());
      case 26:
        return take(number<std::uint32_t>());
      case 27:
        return take(number<std::uint64_t>());
      default:
        head.number = head.info;
        return head.info < 24 ? std::optional(head) : std::nullopt;
    }
  }

  std::optional<std::string> string(std::uint64_t length, bool is_text) {
    if (length > rest_.size()) return std::nullopt;
    const std::string_view bytes = rest_.substr(0, length);
    rest_.remove_prefix(length);
    if (is_text && !google::protobuf::internal::IsStructurallyValidUTF8(
                       bytes.data(), static_cast<int>(bytes.size())))
      return std::nullopt;
    return std::string(bytes);
  }

  std::optional<Value> item(std::size_t depth) {
    if (depth > kDeepest || ++values_ > kMostValues) return std::nullopt;
    const auto h = head();
    if (!h) return std::nullopt;
    switch (h->major) {
      case 0:
        return Value{h->number};
      case 1:
        if (h->number > static_cast<std::uint64_t>(std::numeric_limits<std::int64_t>::max()))
          return std::nullopt;
        return Value{static_cast<std::int64_t>(~h->number)};
      case 2: {
        auto bytes = string(h->number, false);
        if (!bytes) return std::nullopt;
        return Value{Bytes{*std::move(bytes)}};
      }
      case 3: {
        auto text = string(h->number, true);
        if (!text) return std::nullopt;
        return Value{*std::move(text)};
      }
      case 4:
        return list(h->number, depth);
      case 5:
        return map(h->number, depth);
      case 6:
        // Times may be marked as such; the value behind the mark says the same without.
        return h->number <= 1 ? item(depth + 1) : std::nullopt;
      default:
        return simple(*h);
    }
  }

  std::optional<Value> list(std::uint64_t count, std::size_t depth) {
    if (count > rest_.size()) return std::nullopt;
    List items;
    for (std::uint64_t i = 0; i < count; ++i) {
      auto value = item(depth + 1);
      if (!value) return std::nullopt;
      items.push_back(*std::move(value));
    }
    return Value{std::move(items)};
  }

  std::optional<Value> map(std::uint64_t count, std::size_t depth) {
    if (count > rest_.size() / 2) return std::nullopt;
    Map entries;
    for (std::uint64_t i = 0; i < count; ++i) {
      const auto key = head();
      if (!key || key->major != 3) return std::nullopt;
      auto name = string(key->number, true);
      if (!name) return std::nullopt;
      auto value = item(depth + 1);
      if (!value) return std::nullopt;
      entries.entries.push_back({*std::move(name), *std::move(value)});
    }
    return Value{std::move(entries)};
  }

  static double half(std::uint64_t bits) {
    const int exponent = static_cast<int>(bits >> 10 & 31);
    const double fraction = static_cast<double>(bits & 1023);
    double size = std::numeric_limits<double>::infinity();
    if (exponent == 0)
      size = std::ldexp(fraction, -24);
    else if (exponent != 31)
      size = std::ldexp(fraction + 1024, exponent - 25);
    else if (fraction != 0)
      size = std::numeric_limits<double>::quiet_NaN();
    return bits >> 15 != 0 ? -size : size;
  }

  static std::optional<Value> simple(const Head& h) {
    switch (h.info) {
      case 20:
      case 21:
        return Value{h.info == 21};
      case 22:
      case 23:
        return Value{};
      case 25:
        return Value{half(h.number)};
      case 26:
        return Value{
            static_cast<double>(std::bit_cast<float>(static_cast<std::uint32_t>(h.number)))};
      case 27:
        return Value{std::bit_cast<double>(h.number)};
      default:
        return std::nullopt;
    }
  }
};

// --- JSON: the library reads, this builds ---

class JsonBuilder {
 public:
  using Json = nlohmann::json;

  Value take() { return std::move(root_); }

  bool null() { return put({}); }

  bool boolean(bool value) { return put({value}); }

  bool number_integer(std::int64_t value) { return put({value}); }

  bool number_unsigned(std::uint64_t value) { return put({value}); }

  bool number_float(double value, const std::string&) { return put({value}); }

  bool string(std::string& value) { return put({std::move(value)}); }

  bool binary(Json::binary_t&) { return false; }

  bool start_object(std::size_t) { return open({Map{{}, true}}); }

  bool start_array(std::size_t) { return open({List{}}); }

  bool end_object() { return close(); }

  bool end_array() { return close(); }

  bool key(std::string& name) {
    std::get<Map>(open_.back()->is).entries.push_back({std::move(name), {}});
    return true;
  }

  bool parse_error(std::size_t, const std::string&, const Json::exception&) { return false; }

 private:
  // Where the next value belongs. What is open is the last of its container, so it does not move.
  Value* place(Value value) {
    if (open_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    if (auto* list = std::get_if<List>(&open_.back()->is))
      return &list->emplace_back(std::move(value));
    Value& last = std::get<Map>(open_.back()->is).entries.back().value;
    last = std::move(value);
    return &last;
  }

  bool put(Value value) {
    if (++values_ > kMostValues) return false;
    place(std::move(value));
    return true;
  }

  bool open(Value value) {
    if (++values_ > kMostValues || open_.size() >= kDeepest) return false;
    open_.push_back(place(std::move(value)));
    return true;
  }

  bool close() {
    open_.pop_back();
    return true;
  }

  Value root_;
  std::vector<Value*> open_;
  std::size_t values_ = 0;
};

std::optional<Value> parse_json(std::string_view text) {
  JsonBuilder builder;
  try {
    if (!nlohmann::json::sax_parse(text.begin(), text.end(), &builder)) return std::nullopt;
  } catch (const nlohmann::json::exception&) {
    return std::nullopt;  // a number out of range
  }
  return builder.take();
}

}  // namespace

Result<Value> parse_value(Format format, std::string_view bytes) {
  auto value = format == Format::cbor ? CborReader(bytes).all() : parse_json(bytes);
  if (value) return *std::move(value);
  return fail(ErrorCode::invalid_message, format == Format::cbor
                                              ? "remote: failed to deserialize CBOR message"
                                              : "remote: failed to deserialize JSON message");
}

}  // namespace goakt::wire
