// Compressed streams of real nodes: every frame can be decoded from the bytes of its own flush, and
// what ends a stream decodes to nothing.

#include "goakt/net/compression/decompressor.h"
#include "tests/golden/golden.h"
#include "tests/golden/remoting_messages.h"

#include <map>
#include <memory>
#include <optional>

using namespace goakt;
using golden::text;
using net::Compression;
using net::Decompressor;
using nlohmann::json;

namespace {

struct Stream {
  std::unique_ptr<Decompressor> decoder;
  int next = 1;  // a recording may lack an exchange: from there on nothing can be decoded
};

// Nothing: the decoder refuses it.
std::optional<std::string> decode(Decompressor& decoder, std::string_view bytes) {
  std::string all;
  std::string room(100, '\0');
  for (;;) {
    const auto progress = decoder.read(bytes, room);
    if (!progress) return std::nullopt;
    bytes.remove_prefix(progress->consumed);
    all.append(room, 0, progress->produced);
    if (progress->produced < room.size() && (bytes.empty() || progress->consumed == 0)) return all;
  }
}

}  // namespace

TEST_CASE("recorded streams decode to their frames, flush by flush") {
  golden::Count count("remoting/vectors.jsonl, compressed");
  std::map<std::string, Stream> streams;
  for (const json& vector : golden::load("remoting", "vectors.jsonl")) {
    const auto kind = net::parse_compression(text(vector, "compression"));
    if (!kind || *kind == Compression::none) continue;
    CAPTURE(text(vector, "name"));
    auto& stream = streams[text(vector, "exchange") + text(vector, "direction")];
    if (!stream.decoder) stream.decoder = Decompressor::make(*kind);
    if (vector.value("seq", 0) != stream.next) {
      count.add("behind-a-gap-skipped");
      continue;
    }
    ++stream.next;
    const auto frame = decode(*stream.decoder, golden::from_hex(text(vector, "wire_hex")));
    REQUIRE(frame.has_value());
    CHECK(golden::to_hex(*frame) == text(vector, "frame_hex"));
    count.add(text(vector, "compression"));
  }
  for (const char* kind : {"gzip", "zstd", "brotli"})
    if (golden::is_own_copy()) CHECK(count.of(kind) >= 4);
}

TEST_CASE("bytes of another compression are refused, by brotli waited with") {
  golden::Count count("remoting/malformed.jsonl, compressed");
  for (const json& vector : golden::load("remoting", "malformed.jsonl")) {
    const std::string name = text(vector, "name");
    const auto at = name.find("_to_");
    if (at == std::string::npos) continue;
    CAPTURE(name);
    const auto kind = net::parse_compression(name.substr(at + 4, name.rfind('_') - at - 4));
    if (!kind || *kind == Compression::none) continue;
    const auto got = decode(*Decompressor::make(*kind), golden::from_hex(text(vector, "sent_hex")));
    const bool is_closed = text(vector, "connection_after").starts_with("closed");
    CHECK(got.has_value() == !is_closed);
    if (got) CHECK(got->empty());
    // What the server then wrote is the whole of a stream without a frame.
    const auto reply =
        decode(*Decompressor::make(*kind), golden::from_hex(text(vector, "reply_frame_hex")));
    REQUIRE(reply.has_value());
    CHECK(reply->empty());
    count.add(is_closed ? "closed" : "waiting");
  }
  if (golden::is_own_copy()) CHECK(count.of("closed") + count.of("waiting") == 3);
}
