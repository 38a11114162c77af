#include "bench/anchors/anchors.h"
#include "bench/anchors/generated.h"
#include "bench/anchors/loopback.h"
#include "bench/anchors/queues.h"
#include "bench/harness/benchmark.h"

#include <cstdio>
#include <cstdlib>
#include <sys/socket.h>
#include <thread>
#include <vector>

namespace goakt::bench {

namespace {

constexpr std::size_t kRoom = 1024 * 1024;
// A frame is its body's length and its body.
constexpr std::size_t kHeader = sizeof(std::uint32_t);
constexpr std::size_t kLargestBody = kBatch * hand::kRecordSize;

// Hands whole frames' bodies to `decode`, which returns how many records it found, until the stream
// ends; returns the sum.
template <class Decode>
std::uint64_t read_frames(int socket, Decode decode) {
  std::vector<char> room(kRoom);
  std::uint64_t records = 0;
  std::size_t have = 0;
  for (ssize_t some = 0; (some = ::recv(socket, &room[have], room.size() - have, 0)) > 0;) {
    have += static_cast<std::size_t>(some);
    std::size_t at = 0;
    while (have - at >= kHeader) {
      std::uint32_t size = 0;
      std::memcpy(&size, &room[at], kHeader);
      if (have - at - kHeader < size) break;
      records += decode(std::string_view(&room[at + kHeader], size));
      at += kHeader + size;
    }
    have -= at;
    std::memmove(room.data(), &room[at], have);
  }
  return records;
}

// `encode` writes the body of a batch and returns its end. Million records per second.
template <class Encode, class Decode>
double framed(std::uint64_t frames, Encode encode, Decode decode) {
  const Ends ends;
  const auto start = Clock::now();
  std::thread writer([&] {
    std::vector<char> frame(kHeader + kLargestBody);
    for (std::uint64_t i = 0; i < frames; ++i) {
      char* const body = &frame[kHeader];
      const auto size = static_cast<std::uint32_t>(encode(body) - body);
      std::memcpy(frame.data(), &size, kHeader);
      write_all(ends.near, frame.data(), kHeader + size);
    }
    ::shutdown(ends.near, SHUT_WR);
  });
  const std::uint64_t records = read_frames(ends.far, decode);
  const double seconds = seconds_since(start);
  writer.join();
  if (records != frames * kBatch) {
    std::fprintf(stderr, "goakt_bench: %llu records came of %llu\n",
                 static_cast<unsigned long long>(records),
                 static_cast<unsigned long long>(frames * kBatch));
    std::exit(1);
  }
  return static_cast<double>(records) / seconds / 1e6;
}

}  // namespace

double tcp_framed_hand(std::uint64_t divisor) {
  const Records records;
  const auto encode = [&](char* to) {
    for (std::size_t i = 0; i < kBatch; ++i) to = hand::put_record(to, records[i]);
    return to;
  };
  const auto decode = [](std::string_view body) {
    std::uint64_t count = 0;
    Record record;
    for (; hand::take_record(body, record); ++count) keep(&record);
    return count;
  };
  return framed(10'000 / divisor, encode, decode);
}

// Fresh objects on both sides.
double tcp_framed_pb(std::uint64_t divisor) {
  const Records records;
  const auto encode = [&](char* to) {
    RemoteTellRequest request;
    fill(request, records, kBatch);
    const std::size_t size = request.ByteSizeLong();
    request.SerializeToArray(to, static_cast<int>(size));
    return to + size;
  };
  const auto decode = [](std::string_view body) {
    RemoteTellRequest request;
    request.ParseFromArray(body.data(), static_cast<int>(body.size()));
    return static_cast<std::uint64_t>(request.remote_messages_size());
  };
  return framed(2'000 / divisor, encode, decode);
}

}  // namespace goakt::bench
