#pragma once

#include "goakt/net/endpoint.h"
#include "tests/unit/gossip_io/watched.h"

#include <condition_variable>
#include <cstdint>
#include <mutex>
#include <string>
#include <sys/types.h>
#include <thread>
#include <vector>

namespace goakt::gossip {

// Where --peer=PROGRAM or GOAKT_MEMBERLIST_PEER says that the real member is. False, after saying
// why: there is none.
bool find_go_member(int argc, char** argv);

// How long a condition may take that takes `bound` on an idle machine.
inline constexpr Duration patience(Duration bound) {
  return 3 * bound + kPatience;
}

// Where a member listens.
struct Place {
  std::string ip = "127.0.0.1";
  std::uint16_t port = 0;  // 0: the kernel chooses
  int network = -1;        // of another network namespace
};

// What it is configured as: joins may take as long as a busy machine needs.
inline Config like_go() {
  auto config = Config::local();
  config.tcp_timeout = std::chrono::seconds(20);
  return config;
}

// A member of the real library, in a process of its own (memberlist-peer/README.md).
class GoMember {
 public:
  explicit GoMember(const std::string& name, std::vector<std::string> options = {},
                    const Place& place = {});
  ~GoMember();
  GoMember(const GoMember&) = delete;
  GoMember& operator=(const GoMember&) = delete;

  // At once, and without a word to the others.
  void kill();

  const net::Endpoint& endpoint() const { return endpoint_; }

  // One command.
  void tell(const std::string& command);
  // And its end, without an error.
  bool does(const std::string& command);

  // The first line with all of these; empty if there is none in time.
  std::string wait_for(const std::vector<std::string>& parts, Duration time = kPatience);
  bool says(const std::string& event, const std::string& name, const std::string& meta = {},
            Duration time = kPatience);
  // What was said so far does not count any more.
  void forget();
  // How many members are present by its own account; nothing counts after it.
  std::size_t count();

 private:
  void run(std::vector<std::string> arguments, int network);
  void read();

  pid_t pid_ = 0;
  int commands_ = -1;
  int output_ = -1;
  net::Endpoint endpoint_;
  std::mutex mutex_;  // guards lines_
  std::condition_variable changed_;
  std::vector<std::string> lines_;
  std::thread reader_;
};

}  // namespace goakt::gossip
