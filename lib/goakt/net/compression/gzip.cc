#include "goakt/net/internal/codecs.h"

#include <climits>

#include <algorithm>
#include <zlib.h>

namespace goakt::net::internal {

namespace {

constexpr int kGzipWindow = 15 + 16;  // 32 KiB; 16: with gzip's header and trailer
constexpr std::size_t kStep = 16 * 1024;

uInt limited(std::size_t size) {
  return static_cast<uInt>(std::min<std::size_t>(size, UINT_MAX));
}

Bytef* input(std::string_view bytes) {
  return reinterpret_cast<Bytef*>(const_cast<char*>(bytes.data()));
}

class GzipCompressor final : public Compressor {
 public:
  GzipCompressor() {
    is_ready_ = ::deflateInit2(&stream_, Z_DEFAULT_COMPRESSION, Z_DEFLATED, kGzipWindow, 8,
                               Z_DEFAULT_STRATEGY) == Z_OK;
  }

  ~GzipCompressor() override {
    if (is_ready_) ::deflateEnd(&stream_);
  }

  Status write(std::string_view bytes, std::string& out) override {
    while (!bytes.empty()) {
      stream_.next_in = input(bytes);
      stream_.avail_in = limited(bytes.size());
      const std::size_t offered = stream_.avail_in;
      GOAKT_CHECK(run(Z_NO_FLUSH, out));
      bytes.remove_prefix(offered);
      has_news_ = true;
    }
    return {};
  }

  Status flush(std::string& out) override {
    if (!has_news_) return {};
    has_news_ = false;
    return run(Z_SYNC_FLUSH, out);
  }

  Status finish(std::string& out) override { return run(Z_FINISH, out); }

 private:
  // Until all input is taken and, flushing, there is room left over.
  Status run(int mode, std::string& out) {
    if (!is_ready_) return fail(ErrorCode::internal, "zlib does not start");
    do {
      const std::size_t before = out.size();
      out.resize(before + kStep);
      stream_.next_out = reinterpret_cast<Bytef*>(out.data() + before);
      stream_.avail_out = kStep;
      const int result = ::deflate(&stream_, mode);
      out.resize(before + kStep - stream_.avail_out);
      if (result == Z_STREAM_ERROR) return fail(ErrorCode::internal, "deflate failed");
    } while (stream_.avail_out == 0);
    return {};
  }

  z_stream stream_ = {};
  bool is_ready_ = false;
  bool has_news_ = false;
};

class GzipDecompressor final : public Decompressor {
 public:
  GzipDecompressor() { is_ready_ = ::inflateInit2(&stream_, kGzipWindow) == Z_OK; }

  ~GzipDecompressor() override {
    if (is_ready_) ::inflateEnd(&stream_);
  }

  Result<Progress> read(std::string_view bytes, std::span<char> room) override {
    if (!is_ready_) return refuse_stream("gzip", "broken");
    Progress progress;
    while (progress.produced < room.size()) {
      const auto rest = bytes.substr(progress.consumed);
      if (has_ended_) {
        if (rest.empty()) break;
        ::inflateReset(&stream_);  // another member follows
        has_ended_ = false;
      }
      stream_.next_in = input(rest);
      stream_.avail_in = limited(rest.size());
      stream_.next_out = reinterpret_cast<Bytef*>(room.data() + progress.produced);
      stream_.avail_out = limited(room.size() - progress.produced);
      const uInt offered = stream_.avail_in;
      const uInt free = stream_.avail_out;
      const int result = ::inflate(&stream_, Z_SYNC_FLUSH);
      const uInt consumed = offered - stream_.avail_in;
      const uInt produced = free - stream_.avail_out;
      progress.consumed += consumed;
      progress.produced += produced;
      if (result == Z_STREAM_END) {
        has_ended_ = true;
      } else if (result != Z_OK && result != Z_BUF_ERROR) {
        const std::string why = stream_.msg != nullptr ? stream_.msg : "corrupt";
        ::inflateEnd(&stream_);
        is_ready_ = false;
        return refuse_stream("gzip", why);
      }
      if (consumed == 0 && produced == 0) break;
    }
    return progress;
  }

 private:
  z_stream stream_ = {};
  bool is_ready_ = false;
  bool has_ended_ = false;
};

}  // namespace

std::unique_ptr<Compressor> gzip_compressor() {
  return std::make_unique<GzipCompressor>();
}

std::unique_ptr<Decompressor> gzip_decompressor() {
  return std::make_unique<GzipDecompressor>();
}

}  // namespace goakt::net::internal
