#include "tests/interop/network.h"

#include <cerrno>
#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <fstream>
#include <sched.h>
#include <stdexcept>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

namespace goakt::gossip {

namespace {

bool runs(const std::string& command) {
  const int status = std::system(command.c_str());
  return WIFEXITED(status) && WEXITSTATUS(status) == 0;
}

// As root, or as root of a user namespace of its own.
std::string enter_own_network() {
  if (::unshare(CLONE_NEWNET) == 0) return {};
  const auto user = ::getuid();
  if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0)
    return std::string("network namespaces: ") + std::strerror(errno);
  std::ofstream("/proc/self/uid_map") << "0 " << user << " 1\n";
  return {};
}

}  // namespace

std::string Cable::lay() {
  if (!runs("ip link > /dev/null 2>&1")) return "no `ip` of iproute2";
  if (auto refused = enter_own_network(); !refused.empty()) return refused;
  int ready[2];
  if (::pipe(ready) != 0) return std::strerror(errno);
  holder_ = ::fork();
  if (holder_ < 0) return std::strerror(errno);
  if (holder_ == 0) {
    // Holds the other network until this process ends.
    ::prctl(PR_SET_PDEATHSIG, SIGKILL);
    const bool made = ::unshare(CLONE_NEWNET) == 0;
    if (::write(ready[1], made ? "y" : "n", 1) == 1) ::pause();
    ::_exit(0);
  }
  char made = 'n';
  const bool told = ::read(ready[0], &made, 1) == 1;
  ::close(ready[0]);
  ::close(ready[1]);
  if (!told || made != 'y') return "no second network namespace";
  far_ = ::open(("/proc/" + std::to_string(holder_) + "/ns/net").c_str(), O_RDONLY | O_CLOEXEC);
  if (far_ < 0) return std::strerror(errno);
  const std::string mask = "/24";
  if (!runs("ip link set lo up && ip link add near type veth peer name far netns " +
            std::to_string(holder_) + " && ip addr add " + kNear + mask +
            " dev near && ip link set near up") ||
      !in_far("ip link set lo up && ip addr add " + std::string(kFar) + mask +
              " dev far && ip link set far up"))
    return "the networks cannot be joined";
  return {};
}

Cable::~Cable() {
  if (far_ >= 0) ::close(far_);
  if (holder_ <= 0) return;
  ::kill(holder_, SIGKILL);
  ::waitpid(holder_, nullptr, 0);
}

void Cable::cut() {
  if (!in_far("ip link set far down")) throw std::runtime_error("the cable cannot be cut");
}

void Cable::mend() {
  if (!in_far("ip link set far up")) throw std::runtime_error("the cable cannot be mended");
}

bool Cable::in_far(const std::string& command) const {
  const auto child = ::fork();
  if (child == 0) {
    if (::setns(far_, CLONE_NEWNET) == 0)
      ::execl("/bin/sh", "sh", "-c", command.c_str(), static_cast<char*>(nullptr));
    ::_exit(127);
  }
  int status = 0;
  return child > 0 && ::waitpid(child, &status, 0) == child && WIFEXITED(status) &&
         WEXITSTATUS(status) == 0;
}

}  // namespace goakt::gossip
