// Connections of other nodes that have nothing to say: what each costs the node that they are open
// to.

#include "bench/harness/machine.h"
#include "bench/local/support.h"
#include "bench/net/second_process.h"
#include "goakt/net/connect.h"
#include "goakt/remoting/server.h"
#include "goakt/remoting/service.h"

#include <algorithm>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

namespace goakt::bench {

namespace {

constexpr std::size_t kConnections = 10'000;
constexpr std::size_t kFew = 5'000;  // where the limit of open files is low
constexpr rlim_t kOtherFiles = 500;
constexpr auto kTooLong = std::chrono::minutes(1);

// As many as the limit of open files allows, which is raised for them.
std::size_t possible_connections() {
  for (const std::size_t count : {kConnections, kFew}) {
    rlimit files = {};
    ::getrlimit(RLIMIT_NOFILE, &files);
    files.rlim_cur = std::max(files.rlim_cur, static_cast<rlim_t>(count) + kOtherFiles);
    if (files.rlim_cur <= files.rlim_max && ::setrlimit(RLIMIT_NOFILE, &files) == 0) return count;
  }
  give_up(Error(ErrorCode::invalid_argument, "the limit of open files (ulimit -Hn) is too low"));
}

// The other end, in a process of its own: so the memory here is the server's alone. Dials as many
// as it is told, twice, and says each time that they are open.
class Callers {
 public:
  void dial(std::uint16_t port, std::size_t count) {
    const Order order{port, count};
    char report = 0;
    if (::write(process_.out(), &order, sizeof order) != sizeof order ||
        ::read(process_.in(), &report, 1) != 1)
      give_up(Error(ErrorCode::internal, "the calling process has ended"));
  }

 private:
  struct Order {
    std::uint16_t port = 0;
    std::size_t count = 0;
  };

  // Ends early when it cannot go on.
  static void run(int in, int out) {
    for (Order order; ::read(in, &order, sizeof order) == sizeof order;) {
      sockaddr_in address = {};
      address.sin_family = AF_INET;
      address.sin_port = htons(order.port);
      address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
      for (std::size_t i = 0; i < order.count; ++i) {
        const int descriptor = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
        if (::connect(descriptor, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0)
          return;
      }
      if (::write(out, "x", 1) != 1) return;
    }
  }

  SecondProcess process_{run};
};

void wait_for(const remoting::Server& server, std::size_t connections) {
  const auto begin = Clock::now();
  while (server.connections() != connections) {
    if (Clock::now() - begin > kTooLong) give_up(Error(ErrorCode::request_timeout));
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
}

}  // namespace

GOAKT_BENCHMARK("idle-connections", "10,000 idle connections to one node: memory of each there") {
  const std::size_t most = possible_connections();
  const std::size_t count = run.is_quick() ? most / 20 : most;
  Callers callers;
  net::Loops loops(1);
  auto server = must(remoting::Server::open(loops, {}));
  SystemOptions options;
  options.port = server.local().port();
  const auto system = start_system(std::move(options));
  server.serve(std::make_shared<remoting::Service>(*system));
  // What the first ones find missing, others use again.
  const std::size_t first = count / 100;
  callers.dial(server.local().port(), first);
  wait_for(server, first);
  const auto before = resident_bytes();
  callers.dial(server.local().port(), count);
  wait_for(server, first + count);
  run.report("", static_cast<double>(resident_bytes() - before) / static_cast<double>(count),
             "B/connection");
  server.close();
  loops.stop();
}

}  // namespace goakt::bench
