#include "goakt/wire/internal/protobuf_fields.h"

namespace goakt::wire::internal {

const char* read_long_varint(const char* at, const char* end, int most, std::uint64_t& out) {
  out = 0;
  for (int i = 0; i < most && at != end; ++i) {
    const auto byte = static_cast<unsigned char>(*at++);
    out |= static_cast<std::uint64_t>(byte & 0x7f) << (7 * i);
    if (byte < 0x80) return at;
  }
  return nullptr;
}

const char* skip_field(const char* at, const char* end, int depth, std::uint32_t tag) {
  const std::uint32_t field = tag >> 3;
  if (field == 0) return nullptr;
  Fields fields(at, end, depth + 1);
  std::uint64_t number;
  std::string_view text;
  bool is_sound = false;
  switch (type_of(tag)) {
    case WireType::varint:
      is_sound = fields.read(number);
      break;
    case WireType::fixed64:
      is_sound = fields.advance(8);
      break;
    case WireType::bytes:
      is_sound = fields.read(text);
      break;
    case WireType::group:
      if (depth >= kDeepest) return nullptr;
      do {
        if (!fields.read_tag(tag)) return nullptr;
      } while (type_of(tag) != WireType::end_group && fields.skip(tag));
      is_sound = type_of(tag) == WireType::end_group && tag >> 3 == field;
      break;
    case WireType::fixed32:
      is_sound = fields.advance(4);
      break;
    default:
      break;
  }
  return is_sound ? fields.at() : nullptr;
}

}  // namespace goakt::wire::internal
