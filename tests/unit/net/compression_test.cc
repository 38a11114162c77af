#include "goakt/net/compression/compressor.h"
#include "goakt/net/compression/decompressor.h"
#include "tests/unit/net/support.h"

#include <algorithm>
#include <array>

using namespace goakt;
using namespace goakt::net;

namespace {

constexpr std::array kAll = {Compression::gzip, Compression::zstd, Compression::brotli};

// Everything that the bytes decode to, in rooms of that size; stops at `limit`.
Result<std::string> decode(Decompressor& decoder, std::string_view bytes, std::size_t room_size,
                           std::size_t limit = std::size_t{1} << 24) {
  std::string all;
  std::string room(room_size, '\0');
  bool is_full = false;
  while ((!bytes.empty() || is_full) && all.size() < limit) {
    GOAKT_TRY(const Decompressor::Progress progress, decoder.read(bytes, room));
    bytes.remove_prefix(progress.consumed);
    all.append(room, 0, progress.produced);
    is_full = progress.produced == room.size();
    if (progress.consumed == 0 && progress.produced == 0) break;
  }
  return all;
}

std::string compressed(Compression kind, std::string_view bytes) {
  const auto encoder = Compressor::make(kind);
  std::string out;
  CHECK(encoder->write(bytes, out));
  CHECK(encoder->finish(out));
  return out;
}

std::string hex(std::string_view bytes) {
  std::string out;
  for (const char byte : bytes) {
    constexpr std::string_view kDigits = "0123456789abcdef";
    out += kDigits[static_cast<unsigned char>(byte) >> 4];
    out += kDigits[static_cast<unsigned char>(byte) & 15];
  }
  return out;
}

}  // namespace

TEST_CASE("compressions have names") {
  for (const auto kind : kAll) CHECK(parse_compression(to_string(kind)) == kind);
  CHECK(parse_compression("none") == Compression::none);
  CHECK(!parse_compression("snappy"));
  CHECK(Compressor::make(Compression::none) == nullptr);
  CHECK(Decompressor::make(Compression::none) == nullptr);
}

TEST_CASE(
    "each flushed frame can be decoded as soon as its bytes are there, one by one or at once") {
  for (const auto kind : kAll) {
    CAPTURE(to_string(kind));
    const auto encoder = Compressor::make(kind);
    const auto decoder = Decompressor::make(kind);
    std::size_t total = 0;
    for (unsigned i = 0; i < 300; ++i) {
      const std::string frame = "frame " + std::to_string(i) + noise(i % 7 == 0 ? i * 20 : 5, i);
      std::string out;
      REQUIRE(encoder->write(frame, out));
      REQUIRE(encoder->flush(out));
      total += out.size();
      std::string seen;
      if (i % 2 == 0) {
        seen = must(decode(*decoder, out, 64));
      } else {
        for (const char byte : out) seen += must(decode(*decoder, {&byte, 1}, 4096));
      }
      REQUIRE(seen == frame);
    }
    CHECK(total > 0);
  }
}

TEST_CASE("large data keeps its bytes in rooms of any size") {
  const std::string data = noise(300'000) + std::string(2'000'000, 'x') + noise(100'000, 2);
  for (const auto kind : kAll) {
    CAPTURE(to_string(kind));
    const std::string packed = compressed(kind, data);
    CHECK(packed.size() < 450'000);
    for (const std::size_t room : {1000, 65536, 3'000'000})
      CHECK(must(decode(*Decompressor::make(kind), packed, room)) == data);
  }
}

TEST_CASE("the header comes with the first bytes, a flush of nothing writes nothing") {
  for (const auto kind : kAll) {
    const auto encoder = Compressor::make(kind);
    std::string out;
    REQUIRE(encoder->flush(out));
    CHECK(out.empty());
    REQUIRE(encoder->write("a", out));
    REQUIRE(encoder->flush(out));
    const std::size_t size = out.size();
    CHECK(size > 0);
    REQUIRE(encoder->flush(out));
    CHECK(out.size() == size);
  }
}

TEST_CASE("streams look as GoAkt's do where that is fixed") {
  const auto first = [](Compression kind) {
    const auto encoder = Compressor::make(kind);
    std::string out;
    CHECK(encoder->write("hello", out));
    CHECK(encoder->flush(out));
    return out;
  };
  CHECK(hex(first(Compression::gzip)).starts_with("1f8b0800000000000"));
  CHECK(hex(first(Compression::gzip)).ends_with("0000ffff"));
  CHECK(hex(first(Compression::zstd)).starts_with("28b52ffd0448"));

  for (const auto& [kind, end_size] :
       {std::pair{Compression::gzip, 10}, {Compression::zstd, 7}, {Compression::brotli, 1}}) {
    const auto encoder = Compressor::make(kind);
    std::string out;
    CHECK(encoder->write("hello", out));
    CHECK(encoder->flush(out));
    const std::size_t before = out.size();
    CHECK(encoder->finish(out));
    CHECK(out.size() - before == static_cast<std::size_t>(end_size));
  }
}

TEST_CASE("the end of a stream decodes to nothing, an unused stream too") {
  for (const auto kind : kAll) {
    CAPTURE(to_string(kind));
    const auto decoder = Decompressor::make(kind);
    CHECK(must(decode(*decoder, compressed(kind, "hello"), 64)) == "hello");
    CHECK(must(decoder->read({}, std::span<char>())).produced == 0);
    CHECK(must(decode(*Decompressor::make(kind), compressed(kind, ""), 64)).empty());
  }
}

TEST_CASE("a stream behind the end of another one is read on, brotli's is refused") {
  for (const auto kind : {Compression::gzip, Compression::zstd}) {
    const std::string two = compressed(kind, "one, ") + compressed(kind, "two");
    CHECK(must(decode(*Decompressor::make(kind), two, 64)) == "one, two");
  }
  const std::string two =
      compressed(Compression::brotli, "1") + compressed(Compression::brotli, "2");
  CHECK(!decode(*Decompressor::make(Compression::brotli), two, 64));
}

TEST_CASE("a bomb gives no more than the room that it gets") {
  for (const auto kind : kAll) {
    CAPTURE(to_string(kind));
    const std::string bomb = compressed(kind, std::string(50'000'000, 'a'));
    CHECK(bomb.size() < 60'000);
    const auto decoder = Decompressor::make(kind);
    std::string room(10'000, '\0');
    const auto progress = must(decoder->read(bomb, room));
    CHECK(progress.produced == room.size());
    CHECK(must(decode(*decoder, std::string_view(bomb).substr(progress.consumed), 65536, 1'000'000))
              .size() >= 1'000'000);
  }
}

TEST_CASE("what is not of the kind is refused, with a hint, and stays refused") {
  for (const auto kind : {Compression::gzip, Compression::zstd}) {
    CAPTURE(to_string(kind));
    const auto decoder = Decompressor::make(kind);
    const auto refused = decode(*decoder, std::string("\0\0\0\x20 plain frame", 16), 64);
    REQUIRE(!refused);
    CHECK(refused.error().code() == ErrorCode::invalid_remote_message);
    CHECK(refused.error().message().starts_with(std::string(to_string(kind)) + " stream: "));
    CHECK(refused.error().hint() == "both ends must be configured with the same compression");
    CHECK(!decode(*decoder, compressed(kind, "hello"), 64));
  }
}

TEST_CASE("a damaged checksum is found") {
  for (const auto kind : {Compression::gzip, Compression::zstd}) {
    std::string packed = compressed(kind, noise(1000));
    packed[packed.size() - (kind == Compression::gzip ? 6 : 2)] ^= 1;
    CHECK(!decode(*Decompressor::make(kind), packed, 4096));
  }
}

TEST_CASE("a zstd window beyond 64 MiB is refused, 64 MiB is not") {
  // Frame header: magic, descriptor without content size, window descriptor (exponent << 3).
  const auto header = [](int log) {
    return std::string("\x28\xb5\x2f\xfd\x00", 5) + static_cast<char>((log - 10) << 3);
  };
  const std::string empty_last_block("\x01\x00\x00", 3);
  CHECK(decode(*Decompressor::make(Compression::zstd), header(26) + empty_last_block, 64));
  CHECK(!decode(*Decompressor::make(Compression::zstd), header(27) + empty_last_block, 64));
}
