// Any bytes at all, in pieces of any size, for each decompressor: no crash, no output beyond its
// room, an end to it, and an error that stays. The first byte chooses: kind, piece and room.

#include "goakt/net/compression/compressor.h"
#include "goakt/net/compression/decompressor.h"

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

namespace {

using goakt::net::Compression;
using goakt::net::Compressor;
using goakt::net::Decompressor;

constexpr std::size_t kMostOutput = 1 << 20;

void require(bool holds) {
  if (!holds) std::abort();
}

void decode(Compression kind, std::string_view bytes, std::size_t piece, std::size_t room_size) {
  const auto decoder = Decompressor::make(kind);
  std::string room(room_size, '\0');
  std::size_t produced = 0;
  bool is_full = false;
  while ((!bytes.empty() || is_full) && produced < kMostOutput) {
    const std::string_view part = bytes.substr(0, piece);
    const auto progress = decoder->read(part, room);
    if (!progress) {
      require(!decoder->read(part, room));
      return;
    }
    require(progress->consumed <= part.size() && progress->produced <= room.size());
    bytes.remove_prefix(progress->consumed);
    produced += progress->produced;
    is_full = progress->produced == room.size();
    if (progress->consumed == 0 && progress->produced == 0) {
      require(part.empty());  // bytes that it has are never left lying
      return;
    }
  }
}

void round_trip(Compression kind, std::string_view bytes, std::size_t piece) {
  const auto encoder = Compressor::make(kind);
  const auto decoder = Decompressor::make(kind);
  std::string room(bytes.size() + 1, '\0');
  for (std::string_view rest = bytes; !rest.empty();
       rest.remove_prefix(std::min(piece, rest.size()))) {
    const std::string_view frame = rest.substr(0, piece);
    std::string packed;
    require(encoder->write(frame, packed).has_value() && encoder->flush(packed).has_value());
    const auto progress = decoder->read(packed, room);
    require(progress && progress->consumed == packed.size());
    require(std::string_view(room).substr(0, progress->produced) == frame);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  constexpr Compression kKinds[] = {Compression::gzip, Compression::zstd, Compression::brotli};
  const Compression kind = kKinds[data[0] % 3];
  const std::size_t piece = (data[0] & 0x40) != 0 ? 1 : size;
  const std::size_t room = (data[0] & 0x80) != 0 ? 1 : 4096;
  const std::string_view bytes(reinterpret_cast<const char*>(data) + 1, size - 1);
  decode(kind, bytes, piece, room);
  if (size % 8 == 0) round_trip(kind, bytes, piece * 7);  // dear: a new encoder each time
  return 0;
}
