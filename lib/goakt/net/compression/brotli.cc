#include "goakt/net/internal/codecs.h"

#include <brotli/decode.h>
#include <brotli/encode.h>
#include <cstdint>

namespace goakt::net::internal {

namespace {

// The Go library's defaults; what 11, this library's own, would cost is a hundred times the time.
constexpr std::uint32_t kQuality = 6;
constexpr std::uint32_t kWindow = 22;

struct Free {
  void operator()(BrotliEncoderState* state) const { BrotliEncoderDestroyInstance(state); }

  void operator()(BrotliDecoderState* state) const { BrotliDecoderDestroyInstance(state); }
};

const std::uint8_t* input(std::string_view bytes) {
  return reinterpret_cast<const std::uint8_t*>(bytes.data());
}

class BrotliCompressor final : public Compressor {
 public:
  BrotliCompressor() : state_(BrotliEncoderCreateInstance(nullptr, nullptr, nullptr)) {
    BrotliEncoderSetParameter(state_.get(), BROTLI_PARAM_QUALITY, kQuality);
    BrotliEncoderSetParameter(state_.get(), BROTLI_PARAM_LGWIN, kWindow);
  }

  Status write(std::string_view bytes, std::string& out) override {
    has_news_ = has_news_ || !bytes.empty();
    return run(bytes, BROTLI_OPERATION_PROCESS, out);
  }

  Status flush(std::string& out) override {
    if (!has_news_) return {};
    has_news_ = false;
    return run({}, BROTLI_OPERATION_FLUSH, out);
  }

  Status finish(std::string& out) override { return run({}, BROTLI_OPERATION_FINISH, out); }

 private:
  Status run(std::string_view bytes, BrotliEncoderOperation operation, std::string& out) {
    const std::uint8_t* next = input(bytes);
    std::size_t left = bytes.size();
    do {
      std::size_t no_room = 0;  // the encoder's own buffer is taken below
      if (!BrotliEncoderCompressStream(state_.get(), operation, &left, &next, &no_room, nullptr,
                                       nullptr))
        return fail(ErrorCode::internal, "brotli encoder failed");
      while (BrotliEncoderHasMoreOutput(state_.get())) {
        std::size_t size = 0;
        const std::uint8_t* const taken = BrotliEncoderTakeOutput(state_.get(), &size);
        out.append(reinterpret_cast<const char*>(taken), size);
      }
    } while (left > 0);
    return {};
  }

  std::unique_ptr<BrotliEncoderState, Free> state_;
  bool has_news_ = false;
};

class BrotliDecompressor final : public Decompressor {
 public:
  BrotliDecompressor() : state_(BrotliDecoderCreateInstance(nullptr, nullptr, nullptr)) {}

  Result<Progress> read(std::string_view bytes, std::span<char> room) override {
    if (BrotliDecoderIsFinished(state_.get())) {
      if (bytes.empty()) return Progress{};
      return refuse_stream("brotli", "bytes behind its end");
    }
    const std::uint8_t* next = input(bytes);
    std::size_t left = bytes.size();
    auto* out = reinterpret_cast<std::uint8_t*>(room.data());
    std::size_t free = room.size();
    const BrotliDecoderResult result =
        BrotliDecoderDecompressStream(state_.get(), &left, &next, &free, &out, nullptr);
    if (result == BROTLI_DECODER_RESULT_ERROR) {
      const char* why = BrotliDecoderErrorString(BrotliDecoderGetErrorCode(state_.get()));
      return refuse_stream("brotli", why);
    }
    return Progress{bytes.size() - left, room.size() - free};
  }

 private:
  std::unique_ptr<BrotliDecoderState, Free> state_;
};

}  // namespace

std::unique_ptr<Compressor> brotli_compressor() {
  return std::make_unique<BrotliCompressor>();
}

std::unique_ptr<Decompressor> brotli_decompressor() {
  return std::make_unique<BrotliDecompressor>();
}

}  // namespace goakt::net::internal
