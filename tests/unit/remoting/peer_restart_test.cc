// A node goes and comes back while others keep telling its actors things.

#include "tests/unit/remoting/sockets.h"

#include <array>
#include <atomic>
#include <netinet/in.h>
#include <sys/socket.h>
#include <thread>
#include <unistd.h>

using namespace goakt;
using namespace goakt::remoting;
using google::protobuf::UInt64Value;

namespace {

constexpr std::size_t kThreads = 4;
constexpr std::size_t kActors = 100;  // that each thread tells something, one after the other
constexpr int kRestarts = 5;

// Keeps a port while nobody listens on it: else the kernel could give it to the very callers that
// look for the node, who would then meet themselves.
class ReservedPort {
 public:
  ReservedPort() : descriptor_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    const int on = 1;
    ::setsockopt(descriptor_, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address = {};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(::bind(descriptor_, reinterpret_cast<sockaddr*>(&address), size) == 0);
    REQUIRE(::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    number_ = ntohs(address.sin_port);
  }

  ~ReservedPort() { ::close(descriptor_); }

  ReservedPort(const ReservedPort&) = delete;
  ReservedPort& operator=(const ReservedPort&) = delete;

  std::uint16_t number() const { return number_; }

 private:
  const int descriptor_;
  std::uint16_t number_ = 0;
};

// What one actor was told, by the numbers of its messages. The actor's until its system has ended.
struct Ledger {
  std::uint64_t last = 0;
  std::uint64_t handled = 0;
  bool has_repeated = false;  // or come out of order
};

class Clerk final : public Actor {
 public:
  Clerk(Ledger& ledger, std::atomic<std::uint64_t>& all) : ledger_(ledger), all_(all) {}

  void take(const UInt64Value& number) {
    if (number.value() <= ledger_.last) ledger_.has_repeated = true;
    ledger_.last = number.value();
    ++ledger_.handled;
    all_.fetch_add(1);
  }

  static constexpr auto handles = handlers(&Clerk::take);

 private:
  Ledger& ledger_;
  std::atomic<std::uint64_t>& all_;
};

std::string name_of(std::size_t thread, std::size_t actor) {
  return "clerk-" + std::to_string(thread) + '-' + std::to_string(actor);
}

// A node's actors, and in front of them a server that comes and goes.
class FarNode {
 public:
  FarNode() {
    SystemOptions options;
    options.port = port_.number();
    auto made = ActorSystem::create("sys", std::move(options));
    REQUIRE(made);
    system_ = *std::move(made);
    REQUIRE(system_->start());
    for (std::size_t thread = 0; thread < kThreads; ++thread)
      for (std::size_t actor = 0; actor < kActors; ++actor)
        REQUIRE(system_->spawn<Clerk>(name_of(thread, actor), {}, ledger(thread, actor), all_));
    open();
  }

  ~FarNode() {
    if (server_) close(true);
  }

  FarNode(const FarNode&) = delete;
  FarNode& operator=(const FarNode&) = delete;

  void open() {
    loops_ = std::make_unique<net::Loops>(1);
    auto opened = Server::open(*loops_, std::make_shared<Service>(*system_),
                               {.endpoint = net::Endpoint::loopback(port_.number())});
    REQUIRE(opened);
    server_ = std::make_unique<Server>(*std::move(opened));
  }

  // Either the service says first that it is no more, or the connections just break.
  void close(bool says_so) {
    if (says_so) server_->close();
    loops_->stop();
    server_.reset();
    loops_.reset();
  }

  std::uint16_t port() const { return port_.number(); }

  std::uint64_t handled() const { return all_; }

  Ledger& ledger(std::size_t thread, std::size_t actor) {
    return ledgers_[thread * kActors + actor];
  }

  ActorSystem& system() { return *system_; }

 private:
  const ReservedPort port_;
  std::array<Ledger, kThreads * kActors> ledgers_;
  std::atomic<std::uint64_t> all_{0};
  std::unique_ptr<ActorSystem> system_;
  std::unique_ptr<net::Loops> loops_;
  std::unique_ptr<Server> server_;
};

}  // namespace

TEST_CASE("while a node goes and comes back, each message arrives once or is a dead letter") {
  FarNode far;
  const SocketNode near;
  std::array<std::array<std::uint64_t, kActors>, kThreads> accepted = {};
  std::atomic<bool> is_over = false;
  std::vector<std::thread> telling;
  for (std::size_t thread = 0; thread < kThreads; ++thread) {
    std::vector<Pid> pids;
    for (std::size_t actor = 0; actor < kActors; ++actor)
      pids.push_back(near.pid(far.port(), name_of(thread, actor)));
    telling.emplace_back([&is_over, &counts = accepted[thread], pids = std::move(pids)] {
      for (std::uint64_t number = 1; !is_over; ++number) {
        for (std::size_t actor = 0; actor < kActors; ++actor) {
          UInt64Value message;
          message.set_value(number);
          const Status told = pids[actor].tell(message);
          if (told)
            ++counts[actor];
          else
            CHECK(told.error().is(ErrorCode::remote_send_backpressure));
        }
        std::this_thread::yield();
      }
    });
  }

  // Nobody helps: the next message finds the node again.
  const auto flows = [&](auto count) {
    const auto before = count();
    return eventually([&] { return count() > before + 1000; });
  };
  const auto handled = [&] { return far.handled(); };
  const auto lost = [&] { return near.system->dead_letters_count(); };
  CHECK(flows(handled));
  for (int i = 0; i < kRestarts; ++i) {
    far.close(i % 2 == 0);
    CHECK(flows(lost));
    far.open();
    CHECK(flows(handled));
  }
  is_over = true;
  for (auto& thread : telling) thread.join();
  near.client->close(kPatience);

  // What the actors have not come to yet becomes dead letters there.
  REQUIRE(far.system().stop());
  const auto missing = [&] {
    std::string names;
    for (std::size_t thread = 0; thread < kThreads; ++thread) {
      for (std::size_t actor = 0; actor < kActors; ++actor) {
        const std::string name = name_of(thread, actor);
        const std::string path = SocketNode::path_at(far.port(), name);
        const auto arrived = far.ledger(thread, actor).handled;
        const auto dead =
            near.system->dead_letters_count(path) + far.system().dead_letters_count(path);
        CHECK(arrived <= accepted[thread][actor]);
        if (arrived + dead < accepted[thread][actor]) names += name + ' ';
      }
    }
    return names;
  };
  CHECK(eventually([&] { return missing().empty(); }));
  CHECK(missing() == "");
  for (std::size_t i = 0; i < kThreads * kActors; ++i)
    CHECK(!far.ledger(i / kActors, i % kActors).has_repeated);
}
