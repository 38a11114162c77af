#pragma once

#include "goakt/actor/metric.h"
#include "goakt/actor/passivation.h"
#include "goakt/actor/spawn_options.h"
#include "goakt/base/address.h"
#include "goakt/base/clock.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

namespace google::protobuf {
class MessageLite;
}

namespace goakt::remoting {

class Client;

// An actor to be started on another node. Of the options, those travel that GoAkt's wire has fields
// for: passivation, init time-out, relocatable, stashing, reentrancy, supervisor, dependencies and,
// at top level, the role.
struct RemoteSpawn {
  std::string name = {};
  std::string kind = {};
  std::string parent = {};  // which must be of the same kind; empty: at top level
  SpawnOptions options = {};
};

// What a node tells of an actor's state, one question each; GoAkt's numbers.
enum class RemoteState : std::uint8_t {
  running = 1,
  suspended = 2,
  stopping = 3,
  relocatable = 4,
  singleton = 5,
};

// Another node, and what every GoAkt node answers about its actors, by their names there (a
// child's: PARENT/NAME; the guardians' too). Calls block, not inside an actor; any thread.
//
// Errors: what wire::from_remote() makes of the answer's (address_not_found: no actor of that
// name), unreachable, connection_lost, request_timeout, invalid_response.
class GOAKT_API Peer {
 public:
  // `host` and `port` as the node itself says them: it refuses requests that name it otherwise.
  Peer(Client& client, std::string host, std::uint16_t port, Duration timeout)
      : client_(client), host_(std::move(host)), port_(port), timeout_(timeout) {}

  const std::string& host() const { return host_; }

  std::uint16_t port() const { return port_; }

  // How long it takes to get there and back, of a question that any node answers at once.
  [[nodiscard]] Result<Duration> ping() const;

  [[nodiscard]] Result<Address> find(std::string_view name) const;
  // The new actor's address; where GoAkt finds one of that name, that one's. Errors:
  // type_not_registered, actor_already_exists.
  [[nodiscard]] Result<Address> spawn(const RemoteSpawn& spawn) const;

  // An actor that is not there is as good as stopped: no error, as with GoAkt.
  [[nodiscard]] Status stop(std::string_view name) const;
  [[nodiscard]] Status restart(std::string_view name) const;
  [[nodiscard]] Status reinstate(std::string_view name) const;

  [[nodiscard]] Result<bool> is(std::string_view name, RemoteState state) const;
  [[nodiscard]] Result<std::string> kind(std::string_view name) const;
  // Empty: none.
  [[nodiscard]] Result<std::string> role(std::string_view name) const;
  [[nodiscard]] Result<Address> parent(std::string_view name) const;
  // In no order.
  [[nodiscard]] Result<std::vector<Address>> children(std::string_view name) const;
  [[nodiscard]] Result<std::uint64_t> stash_size(std::string_view name) const;
  [[nodiscard]] Result<Passivation> passivation(std::string_view name) const;
  // Its mailbox is not among what is told.
  [[nodiscard]] Result<ActorMetric> metric(std::string_view name) const;

  // As it travels.
  struct MarshalledDependency {
    std::string id;
    std::string type_name;
    std::string bytes;
  };

  [[nodiscard]] Result<std::vector<MarshalledDependency>> dependencies(std::string_view name) const;

 private:
  [[nodiscard]] Status call(const google::protobuf::MessageLite& request,
                            google::protobuf::MessageLite& response) const;
  template <class Response, class Request>
  [[nodiscard]] Result<Response> ask(Request request) const;
  template <class Response, class Request>
  [[nodiscard]] Result<Response> about(std::string_view name) const;

  Client& client_;
  const std::string host_;
  const std::uint16_t port_;
  const Duration timeout_;
};

}  // namespace goakt::remoting
