#pragma once

#include <chrono>
#include <optional>
#include <string>

namespace goakt::daemon {

// Tells systemd, or whoever speaks its protocol, how the process is: datagrams to $NOTIFY_SOCKET.
// Without one it says nothing. Any thread.
class ServiceManager {
 public:
  ServiceManager();
  ~ServiceManager();
  ServiceManager(const ServiceManager&) = delete;
  ServiceManager& operator=(const ServiceManager&) = delete;

  void ready(const std::string& status) const;
  void reloading() const;
  // Said again and again while it stops: what it waits for, and that it needs more than
  // `more_time` yet.
  void stopping(const std::string& status, std::chrono::milliseconds more_time) const;
  // The process is well. To be said every watchdog_interval().
  void alive() const;

  // Half of what systemd waits for; none when it does not watch this process.
  std::optional<std::chrono::milliseconds> watchdog_interval() const { return watchdog_; }

 private:
  void send(const std::string& text) const;

  int socket_ = -1;
  std::string address_;
  std::optional<std::chrono::milliseconds> watchdog_;
};

}  // namespace goakt::daemon
