#pragma once

#include <cstdint>

// What the hardware and the C library do by themselves: the yardsticks that figures are divided by,
// because an absolute figure moves with the machine and a ratio taken in one run hardly does.
namespace goakt::bench {

struct Anchor {
  const char* name;
  const char* unit;
  // The divisor shrinks the count of smoke runs.
  double (*measure)(std::uint64_t divisor);
};

// Million nodes per second through an inbox, or nanoseconds per push and pop of one node.
double mpsc_pair(std::uint64_t divisor);
double mpsc_1p1c(std::uint64_t divisor);
double lifo_1p1c(std::uint64_t divisor);
double mpsc_cross(std::uint64_t divisor);

// Nanoseconds of one operation.
double atomic_inc(std::uint64_t divisor);
double atomic_inc_2(std::uint64_t divisor);
double malloc64(std::uint64_t divisor);
double malloc64_x(std::uint64_t divisor);
double clock_read(std::uint64_t divisor);

// Nanoseconds there and back between two threads.
double spin_rtt(std::uint64_t divisor);
double futex_rtt(std::uint64_t divisor);
double futex_rtt_same(std::uint64_t divisor);
double futex_rtt_cross(std::uint64_t divisor);

// Plain sockets on loopback: nanoseconds of 64 bytes there and back, million 64-byte messages per
// second in writes of 64 KiB and one by one.
double tcp_pp(std::uint64_t divisor);
double tcp_pp_same(std::uint64_t divisor);
double tcp_pp_cross(std::uint64_t divisor);
double tcp_pp_spin(std::uint64_t divisor);
double tcp_64k(std::uint64_t divisor);
double tcp_1by1(std::uint64_t divisor);

// What remoting moves, by code that does nothing but that: million records per second over
// loopback, a frame of 256 of them in one write, through an encoder for this one message or the
// classes that protoc makes.
double tcp_framed_hand(std::uint64_t divisor);
double tcp_framed_pb(std::uint64_t divisor);

// The same without the network: nanoseconds of one record, million records per second.
double pb_encode(std::uint64_t divisor);
double pb_decode(std::uint64_t divisor);
double pb_batch(std::uint64_t divisor);
double hand_codec(std::uint64_t divisor);

// A frame of 256 records with random payloads, in megabytes of what was or becomes uncompressed.
double zstd1(std::uint64_t divisor);
double zstd1_decompress(std::uint64_t divisor);
double zstd3(std::uint64_t divisor);
double zstd3_decompress(std::uint64_t divisor);

inline constexpr Anchor kAllAnchors[] = {
    {"mpsc_pair", "ns", mpsc_pair},
    {"mpsc_1p1c", "M/s", mpsc_1p1c},
    {"lifo_1p1c", "M/s", lifo_1p1c},
    {"mpsc_cross", "M/s", mpsc_cross},
    {"atomic_inc", "ns", atomic_inc},
    {"atomic_inc_2", "ns", atomic_inc_2},
    {"malloc64", "ns", malloc64},
    {"malloc64_x", "ns", malloc64_x},
    {"clock", "ns", clock_read},
    {"spin_rtt", "ns", spin_rtt},
    {"futex_rtt", "ns", futex_rtt},
    {"futex_rtt_same", "ns", futex_rtt_same},
    {"futex_rtt_cross", "ns", futex_rtt_cross},
    {"tcp_pp", "ns", tcp_pp},
    {"tcp_pp_same", "ns", tcp_pp_same},
    {"tcp_pp_cross", "ns", tcp_pp_cross},
    {"tcp_pp_spin", "ns", tcp_pp_spin},
    {"tcp_64k", "M/s", tcp_64k},
    {"tcp_1by1", "M/s", tcp_1by1},
    {"tcp_framed_hand", "M/s", tcp_framed_hand},
    {"tcp_framed_pb", "M/s", tcp_framed_pb},
    {"pb_encode", "ns", pb_encode},
    {"pb_decode", "ns", pb_decode},
    {"pb_batch", "M/s", pb_batch},
    {"hand_codec", "M/s", hand_codec},
    {"zstd1", "MB/s", zstd1},
    {"zstd1_decompress", "MB/s", zstd1_decompress},
    {"zstd3", "MB/s", zstd3},
    {"zstd3_decompress", "MB/s", zstd3_decompress},
};

}  // namespace goakt::bench
