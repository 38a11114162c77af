#pragma once

#include "goakt/base/clock.h"
#include "goakt/base/export.h"
#include "goakt/base/log.h"
#include "goakt/base/result.h"
#include "goakt/cluster/core/node_meta.h"
#include "goakt/gossip/config.h"
#include "goakt/gossip/io/facts.h"
#include "goakt/gossip/member.h"
#include "goakt/net/endpoint.h"
#include "goakt/net/tls.h"

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace goakt::cluster {

// What changed among the others; the node itself is never the subject of joined and left.
struct Change {
  enum class Kind : std::uint8_t { joined, left, leader };

  Kind kind = Kind::joined;
  std::string node;  // leader: empty when there is none
};

struct MemberOptions {
  NodeMeta node;  // its host and discovery port are where gossip listens
  // Gossip addresses of others; the own one may be among them.
  std::vector<net::Endpoint> seeds;
  // As many members must be there before the node works, the own one included.
  std::size_t quorum = 1;
  // Both or none: with them packets go over TCP, as GoAkt's do.
  std::shared_ptr<net::TlsContext> server_tls = nullptr;
  std::shared_ptr<net::TlsContext> client_tls = nullptr;
  // For tests; else GoAkt's.
  std::optional<gossip::Config> profile = {};
  Logger log = {};
  // Asked again and again while start() waits, on its thread; true ends the start.
  std::function<bool()> give_up = {};
  // In order, on the member's own thread; must not block.
  std::function<void(const Change&)> on_change = {};
};

// One of the nodes as tools see it.
struct MemberView {
  std::string id;  // its peers address, which is its name in gossip
  net::Endpoint gossip = {};
  gossip::State state = gossip::State::alive;
  std::uint32_t incarnation = 0;
  WallTime since;  // when it took that state, by this node's clock
  // Not for one whose metadata cannot be read.
  std::optional<NodeMeta> node = {};
  WallTime birthdate = {};
  bool self = false;
  bool leader = false;
};

// This node in the cluster: gossip with the others, and what they say of themselves. The oldest of
// those present is the leader; each member computes that for itself.
//
// As long as too few others are there it looks for the seeds again, every five seconds. Any thread
// may call it.
class GOAKT_API Member {
 public:
  // Listens, and tries to join. Returns with the first exchange with a seed, or when all have been
  // tried ten times within `patience`: it is then alone, for now. Errors: address_in_use,
  // invalid_argument; cluster_quorum, when too few members were there in time;
  // system_shutting_down, when it was given up.
  [[nodiscard]] static Result<std::unique_ptr<Member>> start(MemberOptions options,
                                                             Duration patience);
  // Stops.
  ~Member();
  Member(const Member&) = delete;
  Member& operator=(const Member&) = delete;

  // Tells the others, waits for that at most so long, and stops.
  void leave(Duration timeout);
  // Without a word.
  void stop();

  const std::string& id() const noexcept;

  // Empty: nobody whose metadata can be read.
  std::string leader() const;

  bool is_leader() const { return leader() == id(); }

  // Those present.
  std::size_t size() const;
  std::size_t quorum() const noexcept;

  bool has_quorum() const { return size() >= quorum(); }

  // All that are known, the dead and those who left included until they are forgotten; oldest
  // first. Waits for the member's thread.
  std::vector<MemberView> members() const;
  gossip::Facts facts() const;

  // New connections use what the files of the TLS contexts hold now. Error: what is wrong with
  // them; then all stays as it was.
  [[nodiscard]] Status reload_tls();

 private:
  class Core;

  explicit Member(std::unique_ptr<Core> core);

  std::unique_ptr<Core> core_;
};

}  // namespace goakt::cluster
