#include "remote.h"

#include "support.h"

#include <array>
#include <atomic>
#include <caf/all.hpp>
#include <caf/io/all.hpp>
#include <cstdlib>
#include <cstring>
#include <new>
#include <sys/mman.h>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>

namespace {

constexpr std::size_t kPayload = 64;
constexpr Count kTells = 1'000'000;
constexpr Count kAsks = 20'000;

void give_up(const char* what) {
  std::fprintf(stderr, "caf_bench: %s\n", what);
  std::exit(1);
}

struct Config : caf::actor_system_config {
  Config() { load<caf::io::middleman>(); }
};

using Expected = std::atomic<Count>;

// The other process: says its actors' ports, then, for each count that is expected, the nanoseconds
// between the first message and the last.
class Far {
 public:
  Far() {
    void* memory = ::mmap(nullptr, sizeof(Expected), PROT_READ | PROT_WRITE,
                          MAP_SHARED | MAP_ANONYMOUS, -1, 0);
    if (memory == MAP_FAILED || ::pipe(to_.data()) != 0 || ::pipe(from_.data()) != 0)
      give_up("no memory or pipe between processes");
    expected_ = new (memory) Expected;
    child_ = ::fork();
    if (child_ < 0) give_up("no second process");
    if (child_ == 0) {
      ::close(to_[1]);
      ::close(from_[0]);
      serve();
      ::_exit(0);
    }
    ::close(to_[0]);
    ::close(from_[1]);
    sink_ = static_cast<std::uint16_t>(read_number());
    echo_ = static_cast<std::uint16_t>(read_number());
  }

  // It ends when its pipe does.
  ~Far() {
    ::close(to_[1]);
    ::close(from_[0]);
    ::waitpid(child_, nullptr, 0);
    ::munmap(expected_, sizeof(Expected));
  }

  Far(const Far&) = delete;
  Far& operator=(const Far&) = delete;

  caf::actor sink(caf::actor_system& near) const { return connect(near, sink_); }

  caf::actor echo(caf::actor_system& near) const { return connect(near, echo_); }

  void expect(Count count) { *expected_ = count; }

  double seconds() { return static_cast<double>(read_number()) * 1e-9; }

 private:
  class Sink : public caf::event_based_actor {
   public:
    Sink(caf::actor_config& config, Far* far) : caf::event_based_actor(config), far_(far) {}

    caf::behavior make_behavior() override {
      return {[this](const std::string&) {
        if (seen_++ == 0) first_ = Clock::now();
        if (seen_ < far_->expected_->load(std::memory_order_relaxed)) return;
        seen_ = 0;
        far_->write_number(static_cast<Count>(nanoseconds_since(first_)));
      }};
    }

   private:
    Far* far_;
    Count seen_ = 0;
    Clock::time_point first_;
  };

  void serve() {
    Config config;
    caf::actor_system system{config};
    const auto publish = [&](const caf::actor& actor) {
      const auto port = system.middleman().publish(actor, 0, "127.0.0.1");
      if (!port) ::_exit(1);
      write_number(*port);
    };
    publish(system.spawn<Sink>(this));
    publish(system.spawn([]() -> caf::behavior {
      return {[](std::string& payload) { return std::move(payload); }};
    }));
    char end;
    while (::read(to_[0], &end, 1) > 0) {
    }
    ::_exit(0);  // published actors would keep the system alive
  }

  static caf::actor connect(caf::actor_system& near, std::uint16_t port) {
    auto actor = near.middleman().remote_actor("127.0.0.1", port);
    if (!actor) give_up(near.render(actor.error()).c_str());
    return *actor;
  }

  void write_number(Count number) {
    if (::write(from_[1], &number, sizeof number) != sizeof number) ::_exit(1);
  }

  Count read_number() {
    Count number = 0;
    if (::read(from_[0], &number, sizeof number) != sizeof number)
      give_up("the other process has ended");
    return number;
  }

  std::array<int, 2> to_{};
  std::array<int, 2> from_{};
  Expected* expected_ = nullptr;  // in memory that both processes see
  pid_t child_ = 0;
  std::uint16_t sink_ = 0;
  std::uint16_t echo_ = 0;
};

}  // namespace

// Sends without limit: CAF queues what its connection cannot take yet, and is no faster when it
// need not.
void remote_tell(const std::string& name, unsigned threads) {
  Far far;
  Config config;
  caf::actor_system system{config};
  const caf::actor sink = far.sink(system);
  const auto pass = [&](Count count) {
    const Count each = count / threads;
    far.expect(each * threads);
    std::vector<std::thread> senders;
    for (unsigned t = 0; t < threads; ++t)
      senders.emplace_back([&] {
        std::string payload(kPayload, 'x');
        for (Count i = 0; i < each; ++i) {
          std::memcpy(payload.data(), &i, sizeof i);
          caf::anon_send(sink, payload);
        }
      });
    for (auto& sender : senders) sender.join();
    return static_cast<double>(each * threads - 1) / far.seconds();
  };
  pass(scaled(kTells) / 10);
  report(name, pass(scaled(kTells)), "msg/s");
}

void remote_ask() {
  Far far;
  Config config;
  caf::actor_system system{config};
  caf::scoped_actor self{system};
  const caf::actor echo = far.echo(system);
  const std::string payload(kPayload, 'x');
  const auto ask = [&] {
    self->request(echo, caf::infinite, payload)
        .receive([](const std::string&) {}, [](caf::error&) { give_up("no answer"); });
  };
  const Count count = scaled(kAsks);
  for (Count i = 0; i < count; ++i) ask();
  report_ask("remote-ask", count, ask);
}
