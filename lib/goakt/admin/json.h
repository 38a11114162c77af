#pragma once

#include "goakt/base/result.h"

#include <concepts>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace goakt::admin {

// A JSON value under construction or just read: what handlers use instead of the JSON library,
// whose header costs a second and a half per file. Keys keep the order in which they were set.
class Json {
 public:
  Json();  // {}
  Json(Json&&) noexcept;
  Json& operator=(Json&&) noexcept;
  ~Json();

  static Json array();
  // Nested at most this deep, because what prints a value calls itself for each level.
  static constexpr int kDeepest = 100;
  [[nodiscard]] static Result<Json> parse(std::string_view text);

  bool is_object() const;

  Json& set(std::string_view key, std::string_view value);
  Json& set(std::string_view key, Json value);
  Json& set_null(std::string_view key);
  // A value that is JSON text already (a message printed by protobuf).
  Json& set_raw(std::string_view key, std::string_view json);

  Json& set(std::string_view key, const char* value) { return set(key, std::string_view(value)); }

  Json& set(std::string_view key, const std::string& value) {
    return set(key, std::string_view(value));
  }

  Json& set(std::string_view key, std::same_as<bool> auto value) { return set_bool(key, value); }

  Json& set(std::string_view key, std::floating_point auto value) {
    return set_double(key, static_cast<double>(value));
  }

  template <std::integral T>

  requires(!std::same_as<T, bool>) Json& set(std::string_view key, T value) {
    if constexpr (std::signed_integral<T>) return set_int(key, value);
    return set_uint(key, static_cast<std::uint64_t>(value));
  }

  // Appends to an array.
  Json& add(Json value);
  Json& add(std::string_view value);
  Json& add_number(std::int64_t value);
  // Appends a value that is JSON text already.
  Json& add_raw(std::string_view json);

  std::size_t size() const;
  // Removes a member and returns it when it is text; empty when it is not there.
  std::string take_text(std::string_view key);
  // Removes a member and returns it when it is true or false.
  std::optional<bool> take_flag(std::string_view key);
  // A member that is text, or a number, or truth, as text; empty when it is not there.
  std::string peek(std::string_view key) const;
  // One line. Bytes that are no UTF-8 are replaced.
  std::string dump() const;

 private:
  friend class Fields;
  struct Value;

  Json& set_bool(std::string_view key, bool value);
  Json& set_int(std::string_view key, std::int64_t value);
  Json& set_uint(std::string_view key, std::uint64_t value);
  Json& set_double(std::string_view key, double value);

  std::unique_ptr<Value> value_;
};

struct FieldError {
  std::string pointer;  // JSON pointer, "/kind"
  std::string detail;
};

// Reads the members of a request's object one by one and remembers every complaint, so that the
// caller hears of all mistakes at once. What was never asked for is an unknown member.
class Fields {
 public:
  explicit Fields(const Json& object) : object_(object) {}

  std::optional<std::string> text(std::string_view key);
  std::optional<bool> flag(std::string_view key);
  std::optional<std::int64_t> integer(std::string_view key, std::int64_t min, std::int64_t max);
  std::optional<std::vector<std::string>> texts(std::string_view key);
  // An object whose members are all text.
  std::optional<std::map<std::string, std::string, std::less<>>> text_map(std::string_view key);
  std::optional<double> number(std::string_view key, double min, double max);
  // The member as JSON text, whatever it is.
  std::optional<std::string> raw(std::string_view key);
  // The members of a list, each as JSON text.
  std::optional<std::vector<std::string>> raws(std::string_view key);
  // One of these words.
  std::optional<std::string> word(std::string_view key, std::initializer_list<std::string_view> of);

  // The same, and its absence is a complaint.
  std::string required_text(std::string_view key);

  void complain(std::string_view key, std::string detail);
  std::vector<FieldError> finish();

 private:
  const Json& object_;
  std::vector<std::string> asked_;
  std::vector<FieldError> errors_;
};

}  // namespace goakt::admin
