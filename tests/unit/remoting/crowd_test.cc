// Ten thousand callers at one node at once.

#include "tests/unit/remoting/sockets.h"

#include <algorithm>
#include <netinet/in.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

using namespace goakt;
using namespace goakt::remoting;

namespace {

constexpr std::size_t kCallers = 10'000;
constexpr rlim_t kFiles = kCallers + 500;
constexpr std::size_t kAtOnce = 500;  // connects without an answer; well below a listener's backlog

// For one test, since a thousand open files are what others rely on.
class FileLimit {
 public:
  FileLimit() {
    ::getrlimit(RLIMIT_NOFILE, &before_);
    rlimit higher = before_;
    higher.rlim_cur = std::max(before_.rlim_cur, std::min(before_.rlim_max, kFiles));
    is_enough_ = ::setrlimit(RLIMIT_NOFILE, &higher) == 0 && higher.rlim_cur >= kFiles;
  }

  ~FileLimit() { ::setrlimit(RLIMIT_NOFILE, &before_); }

  FileLimit(const FileLimit&) = delete;
  FileLimit& operator=(const FileLimit&) = delete;

  bool is_enough() const { return is_enough_; }

 private:
  rlimit before_ = {};
  bool is_enough_ = false;
};

// A process of its own, since one has seldom descriptors enough for both ends. It forks while the
// test has no threads yet, and does nothing but system calls.
class Callers {
 public:
  Callers() {
    int orders[2];
    int reports[2];
    REQUIRE(::pipe(orders) == 0);
    REQUIRE(::pipe(reports) == 0);
    orders_ = orders[1];
    reports_ = reports[0];
    child_ = ::fork();
    if (child_ == 0) {
      ::close(orders[1]);
      ::close(reports[0]);
      ::_exit(run(orders[0], reports[1]) ? 0 : 1);
    }
    ::close(orders[0]);
    ::close(reports[1]);
    REQUIRE(child_ > 0);
  }

  ~Callers() {
    ::close(orders_);
    ::close(reports_);
    if (child_ > 0) ::waitpid(child_, nullptr, 0);
  }

  Callers(const Callers&) = delete;
  Callers& operator=(const Callers&) = delete;

  struct Order {
    std::uint16_t port = 0;
    char request[200] = {};
    std::uint32_t request_size = 0;
    std::uint32_t answer_size = 0;
  };

  // All connect, and each is answered.
  void call(const Order& order) {
    REQUIRE(::write(orders_, &order, sizeof order) == sizeof order);
    expect_report();
  }

  // Each asks once more, now that all are there, and is answered.
  void ask_again() { command(); }

  void hang_up() { command(); }

  // After the last command.
  bool ended_well() {
    int status = -1;
    ::waitpid(std::exchange(child_, -1), &status, 0);
    return WIFEXITED(status) && WEXITSTATUS(status) == 0;
  }

 private:
  void command() {
    REQUIRE(::write(orders_, "x", 1) == 1);
    expect_report();
  }

  void expect_report() {
    char report = 0;
    REQUIRE(::read(reports_, &report, 1) == 1);
  }

  static bool ask(int socket, const Order& order) {
    return ::send(socket, order.request, order.request_size, MSG_NOSIGNAL) ==
           static_cast<ssize_t>(order.request_size);
  }

  static bool hear(int socket, const Order& order) {
    char answer[1000];
    return order.answer_size <= sizeof answer &&
           ::recv(socket, answer, order.answer_size, MSG_WAITALL) ==
               static_cast<ssize_t>(order.answer_size);
  }

  // The last is answered last: whoever waits for that one need not be woken up for each.
  static bool hear_all(const int* sockets, std::size_t count, const Order& order) {
    while (count > 0)
      if (!hear(sockets[--count], order)) return false;
    return true;
  }

  static bool dial(int socket, const Order& order) {
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_port = htons(order.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    return ::connect(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  }

  static bool run(int orders, int reports) {
    static int sockets[kCallers];
    static Order order;
    char command = 0;
    if (::read(orders, &order, sizeof order) != sizeof order) return false;
    for (std::size_t i = 0; i < kCallers; ++i) {
      sockets[i] = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
      if (!dial(sockets[i], order) || !ask(sockets[i], order)) return false;
      if ((i + 1) % kAtOnce == 0 && !hear_all(sockets + i + 1 - kAtOnce, kAtOnce, order))
        return false;
    }
    if (::write(reports, "x", 1) != 1 || ::read(orders, &command, 1) != 1) return false;
    for (const int socket : sockets)
      if (!ask(socket, order)) return false;
    if (!hear_all(sockets, kCallers, order)) return false;
    if (::write(reports, "x", 1) != 1 || ::read(orders, &command, 1) != 1) return false;
    for (const int socket : sockets) ::close(socket);
    return ::write(reports, "x", 1) == 1;
  }

  int orders_ = -1;
  int reports_ = -1;
  pid_t child_ = -1;
};

}  // namespace

TEST_CASE("ten thousand callers at once are all answered, and leave nothing behind") {
  const FileLimit limit;
  if (!limit.is_enough()) {
    MESSAGE("SKIPPED: needs a limit of " << kFiles << " open files (ulimit -Hn)");
    return;
  }
  Callers callers;
  const SocketNode node;
  internalpb::RemoteLookupRequest query;
  query.set_host("127.0.0.1");
  query.set_port(node.endpoint().port());
  query.set_name("GoAktUserGuardian");
  internalpb::RemoteLookupResponse response;
  response.set_address(node.path("GoAktUserGuardian"));
  const std::string request = frame_of(query);
  Callers::Order order;
  REQUIRE(request.size() <= sizeof order.request);
  order.port = node.endpoint().port();
  order.request_size = static_cast<std::uint32_t>(request.copy(order.request, request.size()));
  order.answer_size = static_cast<std::uint32_t>(frame_of(response).size());

  callers.call(order);
  CHECK(node.server->connections() == kCallers);
  callers.ask_again();
  CHECK(node.server->connections() == kCallers);
  callers.hang_up();
  CHECK(callers.ended_well());
  CHECK(eventually([&] { return node.server->connections() == 0; }));
}
