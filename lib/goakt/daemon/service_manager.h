#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace goakt::daemon {

// Tells systemd, or whoever speaks its protocol, how the process is: datagrams to $NOTIFY_SOCKET.
// Without one it says nothing. Main thread only.
class ServiceManager {
 public:
  ServiceManager();
  ~ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  void ready(const std::string& status);
  void reloading();
  void stopping();
  // The process is well. To be said every watchdog_interval().
  void alive();

  // Half of what systemd waits for; none when it does not watch this process.
  std::optional<std::chrono::milliseconds> watchdog_interval() const { return watchdog_; }

 private:
  void send(const std::string& text) const;

  int socket_ = -1;
  std::string address_;
  std::optional<std::chrono::milliseconds> watchdog_;
};

}  // namespace goakt::daemon
