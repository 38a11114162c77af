#pragma once

#include <google/protobuf/stubs/common.h>

#include <cstddef>
#include <cstdint>
#include <cstring>
#include <string_view>

// Whether text is UTF-8, which all text in a frame has to be. Nearly all of it is ASCII.
namespace goakt::wire::internal {

// As many letters as are looked at at once.
using Letters = std::uint8_t __attribute__((vector_size(16)));

inline Letters load_letters(const char* from) {
  Letters letters;
  std::memcpy(&letters, from, sizeof letters);
  return letters;
}

inline bool is_ascii(Letters letters) {
  std::uint64_t halves[2];
  std::memcpy(halves, &letters, sizeof halves);
  return ((halves[0] | halves[1]) & 0x8080'8080'8080'8080) == 0;
}

[[gnu::always_inline]] inline bool is_utf8(std::string_view text) {
  Letters letters{};
  if (text.size() < sizeof letters) {
    for (const char c : text) letters[0] |= static_cast<unsigned char>(c);
  } else {
    const char* const last = text.data() + text.size() - sizeof letters;
    for (const char* at = text.data(); at < last; at += sizeof letters) letters |= load_letters(at);
    letters |= load_letters(last);
  }
  if (is_ascii(letters)) return true;
  return google::protobuf::internal::IsStructurallyValidUTF8(text.data(),
                                                             static_cast<int>(text.size()));
}

}  // namespace goakt::wire::internal
