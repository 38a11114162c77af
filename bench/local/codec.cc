// R4: remoting's requests from views to a frame and back, without the network and without the
// actors' messages, whose bytes are taken as they are (`wire` includes making those). The same
// through the classes that protoc makes, on the same records. Both sides keep their memory from
// frame to frame.

#include "bench/anchors/generated.h"
#include "bench/anchors/queues.h"
#include "bench/local/support.h"
#include "goakt/wire/batch.h"
#include "goakt/wire/payload.h"

namespace goakt::bench {

namespace {

constexpr std::uint64_t kRecords = 8'000 * kBatch;
constexpr std::chrono::seconds kTimeout{5};  // of the asks

class ByHand {
 public:
  void tell(std::size_t count) {
    write(wire::kTellType, count, std::nullopt);
    must(wire::parse_tell(body(), batch_));
    keep(batch_.messages.data());
  }

  void ask() {
    write(wire::kAskType, 1, kTimeout);
    must(wire::parse_ask(body(), batch_));
    keep(batch_.messages.data());
  }

 private:
  void write(std::string_view type, std::size_t count,
             std::optional<std::chrono::nanoseconds> timeout) {
    out_.clear();
    wire::BatchWriter writer(out_, type);
    for (std::size_t i = 0; i < count; ++i) {
      const Record record = records_[i];
      must(writer.add(record.sender, record.receiver,
                      wire::OutgoingPayload::raw_view(record.payload)));
    }
    must(writer.finish(timeout));
  }

  std::string_view body() const {
    return must(wire::parse_frame(out_.view(), wire::FrameKind::request)).body;
  }

  Records records_;
  wire::Buffer out_;
  wire::Batch batch_;
};

class Generated {
 public:
  void tell(std::size_t count) {
    tell_.Clear();
    fill(tell_, records_, count);
    there_and_back(tell_, told_);
  }

  void ask() {
    ask_.Clear();
    fill(ask_, records_, 1);
    ask_.mutable_timeout()->set_seconds(kTimeout.count());
    there_and_back(ask_, asked_);
  }

 private:
  template <class Request>
  void there_and_back(const Request& sent, Request& received) {
    out_.clear();
    must(wire::append_frame(out_, sent));
    const auto body = must(wire::parse_frame(out_.view(), wire::FrameKind::request)).body;
    if (!received.ParseFromArray(body.data(), static_cast<int>(body.size())))
      give_up(Error(ErrorCode::internal, "protobuf does not read what it wrote"));
    keep(&received);
  }

  Records records_;
  wire::Buffer out_;
  RemoteTellRequest tell_;
  RemoteTellRequest told_;
  RemoteAskRequest ask_;
  RemoteAskRequest asked_;
};

// Records per second of frames with `records` of them each.
template <class Step>
void report(Run& run, std::string_view metric, std::size_t records, Step step) {
  run.report_rate(metric, "msg/s", kRecords, [&](std::uint64_t count) {
    for (std::uint64_t done = 0; done < count; done += records) step();
  });
}

}  // namespace

GOAKT_BENCHMARK("codec", "R4: tells of 256 and of 1, asks of 1 to a frame and back; pb: protobuf") {
  ByHand ours;
  Generated generated;
  report(run, "", kBatch, [&] { ours.tell(kBatch); });
  report(run, "pb", kBatch, [&] { generated.tell(kBatch); });
  report(run, "tell-1", 1, [&] { ours.tell(1); });
  report(run, "pb-tell-1", 1, [&] { generated.tell(1); });
  report(run, "ask-1", 1, [&] { ours.ask(); });
  report(run, "pb-ask-1", 1, [&] { generated.ask(); });
}

}  // namespace goakt::bench
