// Remoting's hot path without the network: a batch of messages to the frame that is sent, and from
// the frame that came to messages in their envelopes.

#include "bench/anchors/queues.h"
#include "bench/harness/benchmark.h"
#include "bench/local/support.h"
#include "goakt/wire/batch.h"
#include "goakt/wire/serializers.h"

#include <google/protobuf/wrappers.pb.h>

#include <cstring>
#include <vector>

namespace goakt::bench {

namespace {

using google::protobuf::BytesValue;

constexpr std::uint64_t kMessages = 2'000'000;
constexpr std::size_t kBatch = 256;
constexpr std::size_t kValueSize = 64;
constexpr const char* kSender = "goakt://bench@127.0.0.1:9000/sender";
constexpr const char* kReceiver = "goakt://bench@127.0.0.1:9001/receiver";

struct Path {
  wire::Serializers serializers;
  Message message = Message::make<BytesValue>();
  wire::Buffer out;
  wire::Batch batch;

  Path() { message.as<BytesValue>()->set_value(std::string(kValueSize, 'x')); }

  void encode() {
    out.clear();
    wire::BatchWriter writer(out);
    for (std::size_t i = 0; i < kBatch; ++i)
      must(writer.add(kSender, kReceiver, must(serializers.encode(message))));
    must(writer.finish());
  }

  void decode() {
    const auto frame = must(wire::parse_frame(out.view(), wire::FrameKind::request));
    must(wire::parse_tell(frame.body, batch));
    for (const wire::RemoteMessage& remote : batch.messages) {
      const auto incoming = must(serializers.decode(remote.payload));
      keep(&incoming);
    }
  }
};

template <class Step>
void report(Run& run, std::string_view metric, Step step) {
  run.report_nanoseconds(metric, kMessages, [&](std::uint64_t count) {
    for (std::uint64_t done = 0; done < count; done += kBatch) step();
  });
}

}  // namespace

GOAKT_BENCHMARK("wire", "one 64-byte message of a batch of 256, through frame and back") {
  Path path;
  report(run, "", [&] {
    path.encode();
    path.decode();
  });
  report(run, "encode", [&] { path.encode(); });
  report(run, "decode", [&] { path.decode(); });
  // What the same bytes cost when they are only copied.
  std::vector<char> copy(path.out.size());
  report(run, "memcpy", [&] {
    std::memcpy(copy.data(), path.out.data(), copy.size());
    keep(copy.data());
  });
}

}  // namespace goakt::bench
