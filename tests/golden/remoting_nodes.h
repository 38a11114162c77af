#pragma once

#include "goakt/actor/system.h"
#include "goakt/net/compression/compression.h"
#include "goakt/net/loop.h"
#include "goakt/remoting/server.h"

#include <memory>
#include <string>
#include <string_view>
#include <vector>

// The nodes behind the recordings (README.md beside the vectors), made anew: each says that it is
// at the recorded address and listens at a port that the kernel chose.
namespace golden {

class Node {
 public:
  Node(int port, goakt::net::Loops& loops);
  ~Node();
  Node(const Node&) = delete;
  Node& operator=(const Node&) = delete;

  goakt::ActorSystem& system() { return *system_; }

  int port() const { return port_; }

  // Where it really listens.
  const goakt::net::Endpoint& local() const { return server_->local(); }

  goakt::net::Compression compression() const { return compression_; }

  // Brings the actors into the state that the exchange was recorded in.
  void prepare(const std::string& exchange);

 private:
  void spawn_actors();
  void give_stash(int messages);

  int port_;
  goakt::net::Compression compression_ = goakt::net::Compression::none;
  std::unique_ptr<goakt::ActorSystem> system_;
  std::unique_ptr<goakt::remoting::Server> server_;
  int stashed_ = 0;
};

// What a client gets that writes these bytes: the frames that come, until there are so many of them
// or the connection is closed.
struct Heard {
  std::vector<std::string> frames;
  bool is_closed = false;
};

Heard talk(const goakt::net::Loop& loop, const Node& node, const std::vector<std::string>& requests,
           std::size_t answers);

}  // namespace golden
