#include "goakt/daemon/service_manager.h"

#include "goakt/config/values.h"
#include "goakt/daemon/environment.h"

#include <cstddef>
#include <cstring>
#include <ctime>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

namespace goakt::daemon {

ServiceManager::ServiceManager() : address_(variable("NOTIFY_SOCKET")) {
  if (address_.size() < 2 || address_.size() >= sizeof(sockaddr_un::sun_path) ||
      (address_.front() != '/' && address_.front() != '@'))
    return;
  socket_ = ::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  const std::string process = variable("WATCHDOG_PID");
  const auto micros = config::parse_whole_number(variable("WATCHDOG_USEC"));
  const bool ours = process.empty() || process == std::to_string(::getpid());
  if (ours && micros && *micros >= 2000) watchdog_ = std::chrono::milliseconds(*micros / 2000);
}

ServiceManager::~ServiceManager() {
  if (socket_ >= 0) ::close(socket_);
}

void ServiceManager::ready(const std::string& status) const {
  send("READY=1\nSTATUS=" + status);
}

void ServiceManager::reloading() const {
  timespec now{};
  ::clock_gettime(CLOCK_MONOTONIC, &now);
  const auto micros = static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000;
  send("RELOADING=1\nMONOTONIC_USEC=" + std::to_string(micros));
}

void ServiceManager::stopping(const std::string& status,
                              std::chrono::milliseconds more_time) const {
  send("STOPPING=1\nSTATUS=" + status +
       "\nEXTEND_TIMEOUT_USEC=" + std::to_string(more_time.count() * 1000));
}

void ServiceManager::alive() const {
  send("WATCHDOG=1");
}

void ServiceManager::send(const std::string& text) const {
  if (socket_ < 0) return;
  sockaddr_un to{};
  to.sun_family = AF_UNIX;
  std::memcpy(to.sun_path, address_.data(), address_.size());
  if (address_.front() == '@') to.sun_path[0] = '\0';  // a name without a file
  const auto size = static_cast<socklen_t>(offsetof(sockaddr_un, sun_path) + address_.size());
  // Nobody to tell is no reason to fail.
  static_cast<void>(::sendto(socket_, text.data(), text.size(), MSG_NOSIGNAL,
                             reinterpret_cast<const sockaddr*>(&to), size));
}

}  // namespace goakt::daemon
