#pragma once

#include <cstddef>

// Plain blocking sockets for the anchors. An error ends the program: there is nothing to measure.
namespace goakt::bench {

// Both ends of a connection on loopback, without Nagle's delay.
struct Ends {
  Ends();
  ~Ends();
  Ends(const Ends&) = delete;
  Ends& operator=(const Ends&) = delete;

  int near = -1;
  int far = -1;
};

void write_all(int socket, const char* data, std::size_t size);

}  // namespace goakt::bench
