#pragma once

#include <bit>
#include <cstdint>
#include <cstring>

// Numbers as frames hold them: most significant byte first, at any address.
namespace goakt::wire {

template <class T>
T load_big_endian(const char* from) noexcept {
  static_assert(sizeof(T) <= 8 && std::endian::native == std::endian::little);
  T value;
  std::memcpy(&value, from, sizeof value);
  if constexpr (sizeof(T) == 2) return static_cast<T>(__builtin_bswap16(value));
  if constexpr (sizeof(T) == 4) return static_cast<T>(__builtin_bswap32(value));
  if constexpr (sizeof(T) == 8)
    return static_cast<T>(__builtin_bswap64(static_cast<std::uint64_t>(value)));
  return value;
}

template <class T>
char* store_big_endian(char* to, T value) noexcept {
  static_assert(sizeof(T) <= 8 && std::endian::native == std::endian::little);
  if constexpr (sizeof(T) == 2) value = static_cast<T>(__builtin_bswap16(value));
  if constexpr (sizeof(T) == 4) value = static_cast<T>(__builtin_bswap32(value));
  if constexpr (sizeof(T) == 8)
    value = static_cast<T>(__builtin_bswap64(static_cast<std::uint64_t>(value)));
  std::memcpy(to, &value, sizeof value);
  return to + sizeof value;
}

inline char* store_bytes(char* to, const char* from, std::size_t count) noexcept {
  if (count != 0) std::memcpy(to, from, count);
  return to + count;
}

}  // namespace goakt::wire
