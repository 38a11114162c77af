#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/net/compression/compression.h"

#include <cstddef>
#include <memory>
#include <span>
#include <string_view>

namespace goakt::net {

// The receiving end of a compressed stream. Pure, and safe against any bytes: output goes only into
// the room that the caller gives, so a bomb is a stream that the caller stops reading; zstd windows
// above 64 MiB are refused. Memory: 0.1 to 2.5 MiB for streams of our own peers. Not thread-safe.
class GOAKT_API Decompressor {
 public:
  struct Progress {
    std::size_t consumed = 0;
    std::size_t produced = 0;  // == room.size(): more may be waiting inside
  };

  // nullptr for Compression::none.
  static std::unique_ptr<Decompressor> make(Compression compression);

  Decompressor() = default;
  Decompressor(const Decompressor&) = delete;
  Decompressor& operator=(const Decompressor&) = delete;
  virtual ~Decompressor() = default;

  // Turns bytes into as much as fits into `room`. Zero consumed and zero produced: it needs bytes
  // that have not come. A stream that begins after the end of another one is read on (not
  // brotli's). Error: invalid_remote_message; it stays.
  [[nodiscard]] virtual Result<Progress> read(std::string_view bytes, std::span<char> room) = 0;
};

}  // namespace goakt::net
