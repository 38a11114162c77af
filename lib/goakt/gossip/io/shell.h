#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/gossip/config.h"
#include "goakt/gossip/io/facts.h"
#include "goakt/gossip/keyring.h"
#include "goakt/gossip/outputs.h"
#include "goakt/net/endpoint.h"
#include "goakt/net/tls.h"

#include <functional>
#include <memory>
#include <string>
#include <vector>

namespace goakt::gossip {

struct ShellOptions {
  // UDP and TCP on the same port; port 0: the kernel chooses.
  net::Endpoint bind = net::Endpoint::loopback();
  // GoAkt's nodes with TLS have no UDP: a packet is a connection of its own (tcp_frame.h), and the
  // configuration is Config::goakt(true). Without contexts it goes in clear, for tests.
  bool packets_over_tcp = false;
  std::shared_ptr<net::TlsContext> server_tls = nullptr;
  std::shared_ptr<net::TlsContext> client_tls = nullptr;
  // What happens to members, the own one included, in order. On the shell's thread; must not block.
  std::function<void(const MemberEvent&)> on_event = {};
  // Bytes that a member sent with send().
  std::function<void(const std::string&)> on_data = {};
};

// A member of the cluster on real sockets: a Node with one thread of its own, so that nothing that
// keeps the rest of the process busy makes it look dead to the others.
//
// Any thread may call it. Results of calls come on the shell's thread, exactly once, unless the
// shell has been stopped before the call.
class GOAKT_API Shell {
 public:
  using Done = std::function<void(const CallDone&)>;

  // Where config.advertise is empty, others are told the bound address. Errors: invalid_argument,
  // address_in_use, ...
  [[nodiscard]] static Result<std::unique_ptr<Shell>> start(Config config, ShellOptions options);
  // Stops.
  ~Shell();
  Shell(const Shell&) = delete;
  Shell& operator=(const Shell&) = delete;

  // One after the other; it went well if one of them answered.
  void join(std::vector<net::Endpoint> addresses, Done done = {});
  // Tells the others; what is left to do then is to stop.
  void leave(Duration timeout, Done done = {});
  void update(std::string meta, Duration timeout, Done done = {});
  void send(std::string member, std::string bytes, Done done = {});

  // Without a word to the others; open calls end with an error. Not from the shell's own thread.
  void stop();

  // Everybody who is present, as of the last event.
  std::vector<MemberInfo> members() const;

  // As of now. Waits for the shell's thread, so not from there; empty once it has stopped.
  Facts inspect() const;

  // Runs the change on the shell's thread and waits for it; not from there. The others must be told
  // by other means. Errors: those of the change, system_shutting_down.
  [[nodiscard]] Status change_keys(const std::function<Status(Keyring&)>& change);

  // Where it listens.
  const net::Endpoint& local() const noexcept;

 private:
  class Core;

  explicit Shell(std::unique_ptr<Core> core);

  std::unique_ptr<Core> core_;
};

}  // namespace goakt::gossip
