#pragma once

#include "goakt/base/text.h"
#include "goakt/wire/value.h"

#include <cmath>
#include <concepts>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

// How a struct of yours travels as CBOR or JSON: name its fields once, in the order of the Go
// struct's, under the names of its tags.
//
//   struct Order {
//     std::string id;
//     std::int64_t amount = 0;
//     std::optional<Item> item;                          a pointer in Go
//     static constexpr auto fields = goakt::wire::describe(
//         goakt::wire::field("id", &Order::id), goakt::wire::field("amount", &Order::amount),
//         goakt::wire::field("item", &Order::item));
//   };
//
// Fields may be bool, integers, float, double, std::string, std::vector (of bytes: a byte string),
// std::map by std::string, std::optional (null when empty), Time, and structs that are described.
namespace goakt::wire {

template <class Struct, class T>
struct Field {
  std::string_view name;
  T Struct::*member;
};

template <class Struct, class T>
constexpr Field<Struct, T> field(std::string_view name, T Struct::*member) {
  return {name, member};
}

template <class... F>
constexpr std::tuple<F...> describe(F... fields) {
  return {fields...};
}

template <class T>
concept Described = requires {
  std::tuple_size<std::remove_cvref_t<decltype(T::fields)>>::value;
};

namespace internal {

template <class T>
inline constexpr bool kIsOptional = false;
template <class T>
inline constexpr bool kIsOptional<std::optional<T>> = true;
template <class T>
inline constexpr bool kIsVector = false;
template <class T>
inline constexpr bool kIsVector<std::vector<T>> = true;
template <class T>
inline constexpr bool kIsMap = false;
template <class T, class C>
inline constexpr bool kIsMap<std::map<std::string, T, C>> = true;
template <class T>
inline constexpr bool kIsBytes =
    std::same_as<T, std::vector<std::byte>> || std::same_as<T, std::vector<std::uint8_t>>;
template <class T>
inline constexpr bool kAlwaysFalse = false;

}  // namespace internal

template <class T>
void write_value(ValueWriter& out, const T& value) {
  using namespace internal;
  if constexpr (std::same_as<T, bool>) {
    out.boolean(value);
  } else if constexpr (std::floating_point<T>) {
    out.real(value);
  } else if constexpr (std::signed_integral<T>) {
    out.integer(value);
  } else if constexpr (std::unsigned_integral<T>) {
    out.natural(value);
  } else if constexpr (std::same_as<T, std::string>) {
    out.text(value);
  } else if constexpr (std::same_as<T, Time>) {
    out.time(value);
  } else if constexpr (kIsOptional<T>) {
    if (value)
      write_value(out, *value);
    else
      out.null();
  } else if constexpr (kIsBytes<T>) {
    out.bytes({reinterpret_cast<const char*>(value.data()), value.size()});
  } else if constexpr (kIsVector<T>) {
    out.list(value.size());
    for (const typename T::value_type& item : value) write_value(out, item);
    out.end_list();
  } else if constexpr (kIsMap<T>) {
    out.map(value.size());
    for (const auto& [key, item] : value) {
      out.key(key);
      write_value(out, item);
    }
    out.end_map();
  } else if constexpr (Described<T>) {
    out.map(std::tuple_size_v<std::remove_cvref_t<decltype(T::fields)>>);
    std::apply(
        [&](const auto&... f) { ((out.key(f.name), write_value(out, value.*f.member)), ...); },
        T::fields);
    out.end_map();
  } else {
    static_assert(kAlwaysFalse<T>, "this type cannot travel: see goakt/wire/fields.h");
  }
}

namespace internal {

template <std::integral T>
bool read_integer(const Value& from, T& to) {
  if (const auto* number = from.as<std::int64_t>()) {
    if (!std::in_range<T>(*number)) return false;
    to = static_cast<T>(*number);
    return true;
  }
  const auto* number = from.as<std::uint64_t>();
  if (number == nullptr || !std::in_range<T>(*number)) return false;
  to = static_cast<T>(*number);
  return true;
}

inline bool read_real(const Value& from, double& to) {
  if (const auto* real = from.as<double>())
    to = *real;
  else if (const auto* number = from.as<std::int64_t>())
    to = static_cast<double>(*number);
  else if (const auto* natural = from.as<std::uint64_t>())
    to = static_cast<double>(*natural);
  else
    return false;
  return true;
}

// CBOR has a kind of its own for bytes, JSON writes them as base64.
template <class T>
bool read_bytes(const Value& from, T& to) {
  std::optional<std::string> bytes;
  if (const auto* binary = from.as<Bytes>())
    bytes = binary->data;
  else if (const auto* text = from.as<std::string>())
    bytes = base64_decode(*text);
  if (!bytes) return false;
  const auto* data = reinterpret_cast<const typename T::value_type*>(bytes->data());
  to.assign(data, data + bytes->size());
  return true;
}

inline bool read_time(const Value& from, Time& to) {
  if (const auto* text = from.as<std::string>()) {
    const auto time = parse_time(*text);
    if (time) to = *time;
    return time.has_value();
  }
  double seconds = 0;
  // 64 bits of nanoseconds reach 292 years in both directions.
  if (!read_real(from, seconds) || !(std::abs(seconds) < 9.2e9)) return false;
  std::int64_t whole = 0;
  if (read_integer(from, whole)) {
    to = Time(std::chrono::seconds(whole));
    return true;
  }
  const double floor = std::floor(seconds);
  to = Time(std::chrono::seconds(static_cast<std::int64_t>(floor)) +
            std::chrono::nanoseconds(std::llround((seconds - floor) * 1e9)));
  return true;
}

}  // namespace internal

// False when the value is of another kind or out of the type's range. Null and what is absent leave
// the default; keys that the type does not know mean nothing.
template <class T>
bool read_value(const Value& from, T& to) {
  using namespace internal;
  if (from.is_null()) {
    to = T();
    return true;
  }
  if constexpr (std::same_as<T, bool>) {
    const bool* value = from.as<bool>();
    if (value != nullptr) to = *value;
    return value != nullptr;
  } else if constexpr (std::floating_point<T>) {
    double value = 0;
    if (!read_real(from, value)) return false;
    to = static_cast<T>(value);
    return true;
  } else if constexpr (std::integral<T>) {
    return read_integer(from, to);
  } else if constexpr (std::same_as<T, std::string>) {
    const auto* value = from.as<std::string>();
    if (value != nullptr) to = *value;
    return value != nullptr;
  } else if constexpr (std::same_as<T, Time>) {
    return read_time(from, to);
  } else if constexpr (kIsOptional<T>) {
    return read_value(from, to.emplace());
  } else if constexpr (kIsBytes<T>) {
    return read_bytes(from, to);
  } else if constexpr (kIsVector<T>) {
    const auto* list = from.as<List>();
    if (list == nullptr) return false;
    to.clear();
    for (const Value& item : *list) {
      typename T::value_type value{};
      if (!read_value(item, value)) return false;
      to.push_back(std::move(value));
    }
    return true;
  } else if constexpr (kIsMap<T>) {
    const auto* map = from.as<Map>();
    if (map == nullptr) return false;
    to.clear();
    for (const auto& [key, item] : map->entries) {
      typename T::mapped_type value{};
      if (!read_value(item, value)) return false;
      if (map->last_wins)
        to.insert_or_assign(key, std::move(value));
      else
        to.emplace(key, std::move(value));
    }
    return true;
  } else if constexpr (Described<T>) {
    const auto* map = from.as<Map>();
    if (map == nullptr) return false;
    const auto take = [&](const auto& f) {
      const Value* value = map->find(f.name);
      return value == nullptr || read_value(*value, to.*f.member);
    };
    return std::apply([&](const auto&... f) { return (take(f) && ...); }, T::fields);
  } else {
    static_assert(kAlwaysFalse<T>, "this type cannot travel: see goakt/wire/fields.h");
  }
}

}  // namespace goakt::wire
