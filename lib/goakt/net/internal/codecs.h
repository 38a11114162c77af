#pragma once

#include "goakt/net/compression/compressor.h"
#include "goakt/net/compression/decompressor.h"

#include <string>

namespace goakt::net::internal {

std::unique_ptr<Compressor> gzip_compressor();
std::unique_ptr<Compressor> zstd_compressor();
std::unique_ptr<Compressor> brotli_compressor();
std::unique_ptr<Decompressor> gzip_decompressor();
std::unique_ptr<Decompressor> zstd_decompressor();
std::unique_ptr<Decompressor> brotli_decompressor();

// The text says which layer refused: most often the two ends are not set alike.
inline tl::unexpected<Error> refuse_stream(std::string_view kind, std::string_view why) {
  return unexpected(
      Error(ErrorCode::invalid_remote_message, std::string(kind) + " stream: " + std::string(why))
          .with_hint("both ends must be configured with the same compression"));
}

}  // namespace goakt::net::internal
