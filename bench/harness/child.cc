#include "bench/harness/child.h"

#include <array>
#include <cerrno>
#include <csignal>
#include <cstring>
#include <fcntl.h>
#include <poll.h>
#include <sys/wait.h>
#include <unistd.h>

namespace goakt::bench {

namespace {

using SteadyClock = std::chrono::steady_clock;

[[noreturn]] void become(const std::vector<std::string>& command, int out) {
  setpgid(0, 0);
  dup2(out, STDOUT_FILENO);
  std::vector<char*> arguments;
  for (const std::string& word : command) arguments.push_back(const_cast<char*>(word.c_str()));
  arguments.push_back(nullptr);
  execvp(arguments[0], arguments.data());
  _exit(127);
}

// Reads until the end of the pipe; false when the deadline came first.
bool read_all(int in, SteadyClock::time_point deadline, std::string& out) {
  std::array<char, 4096> buffer;
  for (;;) {
    const auto left =
        std::chrono::duration_cast<std::chrono::milliseconds>(deadline - SteadyClock::now());
    if (left.count() <= 0) return false;
    pollfd wait{in, POLLIN, 0};
    if (poll(&wait, 1, static_cast<int>(left.count())) <= 0) continue;
    const ssize_t n = read(in, buffer.data(), buffer.size());
    if (n > 0) out.append(buffer.data(), static_cast<std::size_t>(n));
    if (n == 0 || (n < 0 && errno != EINTR)) return true;
  }
}

}  // namespace

ChildResult run_child(const std::vector<std::string>& command, std::chrono::seconds limit) {
  ChildResult result;
  std::array<int, 2> ends{};
  if (pipe2(ends.data(), O_CLOEXEC) != 0) {
    result.exit_code = -1;
    result.trouble = std::string("no pipe: ") + std::strerror(errno);
    return result;
  }
  const pid_t child = fork();
  if (child == 0) become(command, ends[1]);
  close(ends[1]);
  const bool ended = child > 0 && read_all(ends[0], SteadyClock::now() + limit, result.out);
  close(ends[0]);
  if (child > 0 && !ended) kill(-child, SIGKILL);
  int status = 0;
  if (child < 0 || waitpid(child, &status, 0) < 0) {
    result.exit_code = -1;
    result.trouble = "cannot start " + command[0];
  } else if (!ended) {
    result.exit_code = -1;
    result.trouble = "killed after " + std::to_string(limit.count()) + " s";
  } else if (WIFSIGNALED(status)) {
    result.exit_code = -1;
    result.trouble = std::string("died of signal ") + strsignal(WTERMSIG(status));
  } else if (WEXITSTATUS(status) != 0) {
    result.exit_code = WEXITSTATUS(status);
    result.trouble = result.exit_code == 127 ? "cannot start " + command[0]
                                             : "exit code " + std::to_string(result.exit_code);
  }
  return result;
}

}  // namespace goakt::bench
