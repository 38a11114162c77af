#include "bench/anchors/anchors.h"
#include "bench/anchors/loopback.h"
#include "bench/anchors/pin.h"
#include "bench/harness/benchmark.h"

#include <string>
#include <sys/socket.h>
#include <thread>

namespace goakt::bench {

namespace {

constexpr std::size_t kMessage = 64;
constexpr std::size_t kRead = 256 * 1024;

// With MSG_DONTWAIT it asks until the message is there.
void read_message(int socket, int flags) {
  char message[kMessage];
  for (std::size_t got = 0; got < kMessage;) {
    const ssize_t some = ::recv(socket, message + got, kMessage - got, flags);
    if (some > 0) got += static_cast<std::size_t>(some);
    if (some == 0) return;
  }
}

double ping_pong(std::uint64_t count, int flags, std::optional<int> near_cpu,
                 std::optional<int> far_cpu) {
  const Ends ends;
  const std::string message(kMessage, 'x');
  std::thread far([&] {
    pin(far_cpu);
    for (std::uint64_t i = 0; i < count; ++i) {
      read_message(ends.far, flags);
      write_all(ends.far, message.data(), kMessage);
    }
  });
  double nanoseconds = 0;
  std::thread near([&] {
    pin(near_cpu);
    const auto start = Clock::now();
    for (std::uint64_t i = 0; i < count; ++i) {
      write_all(ends.near, message.data(), kMessage);
      read_message(ends.near, flags);
    }
    nanoseconds = seconds_since(start) * 1e9;
  });
  near.join();
  far.join();
  return nanoseconds / static_cast<double>(count);
}

// Million messages per second.
double stream(std::uint64_t bytes, std::size_t write_size) {
  const Ends ends;
  std::thread writer([&] {
    const std::string piece(write_size, 'x');
    for (std::uint64_t sent = 0; sent < bytes; sent += write_size)
      write_all(ends.near, piece.data(), write_size);
    ::shutdown(ends.near, SHUT_WR);
  });
  std::string room(kRead, '\0');
  std::uint64_t got = 0;
  const auto start = Clock::now();
  for (ssize_t some = 0; (some = ::recv(ends.far, room.data(), room.size(), 0)) > 0;)
    got += static_cast<std::uint64_t>(some);
  const double seconds = seconds_since(start);
  writer.join();
  return static_cast<double>(got) / kMessage / seconds / 1e6;
}

}  // namespace

double tcp_pp(std::uint64_t divisor) {
  return ping_pong(10'000 / divisor, 0, std::nullopt, std::nullopt);
}

double tcp_pp_same(std::uint64_t divisor) {
  return ping_pong(30'000 / divisor, 0, 0, 0);
}

double tcp_pp_cross(std::uint64_t divisor) {
  return ping_pong(10'000 / divisor, 0, 0, 1);
}

double tcp_pp_spin(std::uint64_t divisor) {
  return ping_pong(30'000 / divisor, MSG_DONTWAIT, std::nullopt, std::nullopt);
}

double tcp_64k(std::uint64_t divisor) {
  return stream((2ULL << 30) / divisor, 64 * 1024);
}

double tcp_1by1(std::uint64_t divisor) {
  return stream((64ULL << 20) / divisor, kMessage);
}

}  // namespace goakt::bench
