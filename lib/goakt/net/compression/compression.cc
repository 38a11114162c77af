#include "goakt/net/compression/compression.h"

#include "goakt/net/internal/codecs.h"

namespace goakt::net {

std::string_view to_string(Compression compression) noexcept {
  switch (compression) {
    case Compression::none:
      return "none";
    case Compression::gzip:
      return "gzip";
    case Compression::zstd:
      return "zstd";
    case Compression::brotli:
      return "brotli";
  }
  return "invalid";
}

std::optional<Compression> parse_compression(std::string_view text) noexcept {
  for (const auto known :
       {Compression::none, Compression::gzip, Compression::zstd, Compression::brotli}) {
    if (text == to_string(known)) return known;
  }
  return std::nullopt;
}

std::unique_ptr<Compressor> Compressor::make(Compression compression) {
  switch (compression) {
    case Compression::none:
      break;
    case Compression::gzip:
      return internal::gzip_compressor();
    case Compression::zstd:
      return internal::zstd_compressor();
    case Compression::brotli:
      return internal::brotli_compressor();
  }
  return nullptr;
}

std::unique_ptr<Decompressor> Decompressor::make(Compression compression) {
  switch (compression) {
    case Compression::none:
      break;
    case Compression::gzip:
      return internal::gzip_decompressor();
    case Compression::zstd:
      return internal::zstd_decompressor();
    case Compression::brotli:
      return internal::brotli_decompressor();
  }
  return nullptr;
}

}  // namespace goakt::net
