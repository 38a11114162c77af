#include "goakt/net/internal/codecs.h"

#include <zstd.h>

#include <algorithm>

namespace goakt::net::internal {

namespace {

// Level and window are not on the wire, so any will do. Level 1 takes half of level 3's time for
// the same size of small messages; 512 KiB is the window of GoAkt's encoder.
constexpr int kLevel = 1;
constexpr int kWindowLog = 19;
// What GoAkt's decoder allows: 64 MiB.
constexpr int kLargestWindowLog = 26;

struct Free {
  void operator()(ZSTD_CCtx* context) const { ZSTD_freeCCtx(context); }

  void operator()(ZSTD_DCtx* context) const { ZSTD_freeDCtx(context); }
};

class ZstdCompressor final : public Compressor {
 public:
  ZstdCompressor() : context_(ZSTD_createCCtx()) {
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_compressionLevel, kLevel);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_windowLog, kWindowLog);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_checksumFlag, 1);
    ZSTD_CCtx_setParameter(context_.get(), ZSTD_c_contentSizeFlag, 0);
  }

  Status write(std::string_view bytes, std::string& out) override {
    has_news_ = has_news_ || !bytes.empty();
    return run(bytes, ZSTD_e_continue, out);
  }

  Status flush(std::string& out) override {
    if (!has_news_) return {};
    has_news_ = false;
    return run({}, ZSTD_e_flush, out);
  }

  Status finish(std::string& out) override { return run({}, ZSTD_e_end, out); }

 private:
  Status run(std::string_view bytes, ZSTD_EndDirective mode, std::string& out) {
    ZSTD_inBuffer in = {bytes.data(), bytes.size(), 0};
    for (;;) {
      const std::size_t before = out.size();
      out.resize(before + 4096 + std::min<std::size_t>(bytes.size(), 64 * 1024));
      ZSTD_outBuffer room = {out.data(), out.size(), before};
      const std::size_t left = ZSTD_compressStream2(context_.get(), &room, &in, mode);
      out.resize(room.pos);
      if (ZSTD_isError(left)) return fail(ErrorCode::internal, ZSTD_getErrorName(left));
      if (mode == ZSTD_e_continue ? in.pos == in.size : left == 0) return {};
    }
  }

  std::unique_ptr<ZSTD_CCtx, Free> context_;
  bool has_news_ = false;
};

class ZstdDecompressor final : public Decompressor {
 public:
  ZstdDecompressor() : context_(ZSTD_createDCtx()) {
    ZSTD_DCtx_setParameter(context_.get(), ZSTD_d_windowLogMax, kLargestWindowLog);
  }

  Result<Progress> read(std::string_view bytes, std::span<char> room) override {
    if (is_broken_) return refuse_stream("zstd", "broken");
    ZSTD_inBuffer in = {bytes.data(), bytes.size(), 0};
    ZSTD_outBuffer out = {room.data(), room.size(), 0};
    // Calls that cannot achieve anything are errors to this library, after a few of them.
    while (out.pos < out.size && (in.pos < in.size || may_hold_output_)) {
      const std::size_t result = ZSTD_decompressStream(context_.get(), &out, &in);
      if (ZSTD_isError(result)) {
        is_broken_ = true;
        return refuse_stream("zstd", ZSTD_getErrorName(result));
      }
      may_hold_output_ = out.pos == out.size;
    }
    return Progress{in.pos, out.pos};
  }

 private:
  std::unique_ptr<ZSTD_DCtx, Free> context_;
  bool is_broken_ = false;
  bool may_hold_output_ = false;  // the last room was filled to its end
};

}  // namespace

std::unique_ptr<Compressor> zstd_compressor() {
  return std::make_unique<ZstdCompressor>();
}

std::unique_ptr<Decompressor> zstd_decompressor() {
  return std::make_unique<ZstdDecompressor>();
}

}  // namespace goakt::net::internal
