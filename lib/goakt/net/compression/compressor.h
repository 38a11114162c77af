#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/net/compression/compression.h"

#include <memory>
#include <string>
#include <string_view>

namespace goakt::net {

// The sending end of a compressed stream. Pure: bytes in, bytes out. The stream's header comes with
// the first bytes, never before. Memory: up to 3 MiB (brotli), given back with the object. Not
// thread-safe.
class GOAKT_API Compressor {
 public:
  // nullptr for Compression::none.
  static std::unique_ptr<Compressor> make(Compression compression);

  Compressor() = default;
  Compressor(const Compressor&) = delete;
  Compressor& operator=(const Compressor&) = delete;
  virtual ~Compressor() = default;

  // Appends what the bytes become to `out`; parts may stay inside until flush().
  [[nodiscard]] virtual Status write(std::string_view bytes, std::string& out) = 0;
  // Afterwards the peer can decode everything written so far. Nothing new: appends nothing.
  [[nodiscard]] virtual Status flush(std::string& out) = 0;
  // Ends the stream; the last call.
  [[nodiscard]] virtual Status finish(std::string& out) = 0;
};

}  // namespace goakt::net
