#include "goakt/daemon/service_manager.h"

#include <doctest/doctest.h>

#include <cstddef>
#include <cstdlib>
#include <string>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

using namespace goakt::daemon;
using namespace std::chrono_literals;

namespace {

// What systemd would be told. The name needs no file.
class Listener {
 public:
  Listener() : name_("@goakt-notify-" + std::to_string(::getpid())) {
    socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    name_.copy(address.sun_path, name_.size());
    address.sun_path[0] = '\0';
    const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + name_.size());
    bound_ = ::bind(socket_, reinterpret_cast<const sockaddr*>(&address), size) == 0;
    ::setenv("NOTIFY_SOCKET", name_.c_str(), 1);
  }

  ~Listener() {
    ::close(socket_);
    for (const char* name : {"NOTIFY_SOCKET", "WATCHDOG_USEC", "WATCHDOG_PID"}) ::unsetenv(name);
  }

  Listener(const Listener&) = delete;
  Listener& operator=(const Listener&) = delete;

  bool is_bound() const { return bound_; }

  // Sent before: it is there already. Empty when nothing was.
  std::string next() const {
    std::string text(4096, '\0');
    const ssize_t size = ::recv(socket_, text.data(), text.size(), 0);
    text.resize(size < 0 ? 0 : static_cast<std::size_t>(size));
    return text;
  }

 private:
  std::string name_;
  int socket_ = -1;
  bool bound_ = false;
};

}  // namespace

TEST_CASE("the service manager is told of each step") {
  const Listener listener;
  REQUIRE(listener.is_bound());
  const ServiceManager manager;
  manager.ready("running");
  CHECK(listener.next() == "READY=1\nSTATUS=running");
  manager.reloading();
  CHECK(listener.next().starts_with("RELOADING=1\nMONOTONIC_USEC="));
  manager.alive();
  CHECK(listener.next() == "WATCHDOG=1");
  manager.stopping("stopping, 3 actors left", 30s);
  CHECK(listener.next() ==
        "STOPPING=1\nSTATUS=stopping, 3 actors left\nEXTEND_TIMEOUT_USEC=30000000");
  CHECK(listener.next().empty());
}

TEST_CASE("the watchdog is answered twice as often as it asks, when it asks this process") {
  const Listener listener;
  CHECK(!ServiceManager().watchdog_interval());
  ::setenv("WATCHDOG_USEC", "3000000", 1);
  CHECK(ServiceManager().watchdog_interval() == 1500ms);
  ::setenv("WATCHDOG_PID", std::to_string(::getpid()).c_str(), 1);
  CHECK(ServiceManager().watchdog_interval() == 1500ms);
  ::setenv("WATCHDOG_PID", "1", 1);
  CHECK(!ServiceManager().watchdog_interval());
  ::unsetenv("WATCHDOG_PID");
  ::setenv("WATCHDOG_USEC", "soon", 1);
  CHECK(!ServiceManager().watchdog_interval());
}

TEST_CASE("without a service manager, or with a bad address of one, nothing is said") {
  const ServiceManager alone;
  alone.ready("running");
  const Listener listener;
  ::setenv("NOTIFY_SOCKET", "relative", 1);
  const ServiceManager bad;
  bad.ready("running");
  CHECK(listener.next().empty());
}
