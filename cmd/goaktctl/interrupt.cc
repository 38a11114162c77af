#include "interrupt.h"

#include <algorithm>
#include <atomic>
#include <csignal>
#include <unistd.h>

namespace goaktctl {

namespace {

// Fixed memory: a handler may interrupt an allocation. The size is set last and cleared first.
struct Note {
  char text[512];
  std::atomic<std::size_t> size{0};

  void set(std::string_view bytes) {
    size = 0;
    const std::size_t length = std::min(bytes.size(), sizeof text);
    std::copy_n(bytes.begin(), length, text);
    size = length;
  }

  void write_to(int descriptor) const {
    [[maybe_unused]] const auto written = ::write(descriptor, text, size);
  }
};

Note restore;
Note farewell;

void end(int signal) {
  restore.write_to(STDOUT_FILENO);
  farewell.write_to(STDERR_FILENO);
  ::_exit(128 + signal);
}

}  // namespace

void install_interrupts() {
  struct sigaction action {};

  action.sa_handler = end;
  ::sigaction(SIGINT, &action, nullptr);
  ::sigaction(SIGTERM, &action, nullptr);
  // A closed pipe is noticed by the write that fails, a broken connection likewise.
  action.sa_handler = SIG_IGN;
  ::sigaction(SIGPIPE, &action, nullptr);
}

void set_terminal_restore(std::string_view sequences) {
  restore.set(sequences);
}

void set_farewell(std::string_view text) {
  farewell.set(text);
}

}  // namespace goaktctl
