#include "cli.h"

#include <csignal>

int main(int argc, char** argv) {
  // A broken connection or a closed pipe is an error to report, not the end.
  std::signal(SIGPIPE, SIG_IGN);
  return goaktctl::run_command_line(argc, argv);
}
