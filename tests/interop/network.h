#pragma once

#include <string>
#include <sys/types.h>

namespace goakt::gossip {

// Two networks of this process's own, joined by one cable. Needs a kernel that lets this user make
// network namespaces, and iproute2's `ip`.
class Cable {
 public:
  static constexpr const char* kNear = "10.77.0.1";
  static constexpr const char* kFar = "10.77.0.2";

  // Moves the process into one of the networks; before it has threads. Empty: it worked, else why
  // not.
  std::string lay();
  Cable() = default;
  ~Cable();
  Cable(const Cable&) = delete;
  Cable& operator=(const Cable&) = delete;

  // For setns().
  int far() const { return far_; }

  // Packets vanish, in both directions.
  void cut();
  void mend();

 private:
  bool in_far(const std::string& command) const;

  pid_t holder_ = 0;
  int far_ = -1;
};

}  // namespace goakt::gossip
