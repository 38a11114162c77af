#include "bench/anchors/anchors.h"
#include "bench/anchors/generated.h"
#include "bench/anchors/queues.h"
#include "bench/harness/benchmark.h"

#include <string>

namespace goakt::bench {

double pb_encode(std::uint64_t divisor) {
  RemoteMessage message;
  fill(message, Records()[0]);
  std::string out;
  const std::uint64_t count = 2'000'000 / divisor;
  const auto start = Clock::now();
  for (std::uint64_t i = 0; i < count; ++i) {
    out.clear();
    message.AppendToString(&out);
    keep(out.data());
  }
  return seconds_since(start) * 1e9 / static_cast<double>(count);
}

double pb_decode(std::uint64_t divisor) {
  RemoteMessage sent;
  fill(sent, Records()[0]);
  const std::string bytes = sent.SerializeAsString();
  const std::uint64_t count = 1'000'000 / divisor;
  const auto start = Clock::now();
  for (std::uint64_t i = 0; i < count; ++i) {
    RemoteMessage message;
    message.ParseFromString(bytes);
    keep(&message);
  }
  return seconds_since(start) * 1e9 / static_cast<double>(count);
}

double pb_batch(std::uint64_t divisor) {
  RemoteTellRequest sent;
  fill(sent, Records(), kBatch);
  std::string out;
  const std::uint64_t batches = 2'000 / divisor;
  const auto start = Clock::now();
  for (std::uint64_t i = 0; i < batches; ++i) {
    out.clear();
    sent.AppendToString(&out);
    RemoteTellRequest request;
    request.ParseFromString(out);
    keep(&request);
  }
  return static_cast<double>(batches * kBatch) / seconds_since(start) / 1e6;
}

double hand_codec(std::uint64_t divisor) {
  const Records records;
  std::array<char, hand::kRecordSize> bytes;
  const std::uint64_t count = 20'000'000 / divisor;
  const auto start = Clock::now();
  for (std::uint64_t i = 0; i < count; ++i) {
    hand::put_record(bytes.data(), records[i % kBatch]);
    keep(bytes.data());
    std::string_view rest(bytes.data(), bytes.size());
    Record record;
    hand::take_record(rest, record);
    keep(&record);
  }
  return static_cast<double>(count) / seconds_since(start) / 1e6;
}

}  // namespace goakt::bench
