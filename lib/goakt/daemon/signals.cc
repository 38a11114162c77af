#include "goakt/daemon/signals.h"

#include "goakt/daemon/exit_codes.h"

#include <array>
#include <cerrno>
#include <ctime>
#include <execinfo.h>
#include <string_view>
#include <sys/resource.h>
#include <unistd.h>

namespace goakt::daemon {

namespace {

// Not the one that takes threads' stacks.
int wake_signal() {
  return SIGRTMIN + 8;
}

void on_abort(int) {
  constexpr std::string_view kText =
      "goaktd: an invariant is broken: this is a defect. Please report what stands above and this "
      "stack:\n";
  [[maybe_unused]] const auto wrote = ::write(STDERR_FILENO, kText.data(), kText.size());
  std::array<void*, 64> frames{};
  const int count = ::backtrace(frames.data(), static_cast<int>(frames.size()));
  ::backtrace_symbols_fd(frames.data(), count, STDERR_FILENO);
  rlimit core{};
  if (::getrlimit(RLIMIT_CORE, &core) == 0 && core.rlim_cur == 0) ::_exit(kInternal);
  std::signal(SIGABRT, SIG_DFL);  // abort() raises it again
}

}  // namespace

Signals::Signals() : main_(::pthread_self()) {
  std::signal(SIGPIPE, SIG_IGN);
  void* warm[1];
  ::backtrace(warm, 1);  // loads what it needs now, and not inside a signal handler
  std::signal(SIGABRT, on_abort);
  sigemptyset(&set_);
  for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1, SIGUSR2, SIGQUIT, wake_signal()})
    sigaddset(&set_, signal);
  ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
}

int Signals::wait(std::optional<std::chrono::milliseconds> most) const {
  int signal = 0;
  if (most) {
    const timespec time{.tv_sec = static_cast<std::time_t>(most->count() / 1000),
                        .tv_nsec = static_cast<long>(most->count() % 1000) * 1'000'000};
    signal = ::sigtimedwait(&set_, nullptr, &time);
    if (signal < 0) return 0;
  } else {
    while (::sigwait(&set_, &signal) != 0) {
    }
  }
  return signal == wake_signal() ? kWoken : signal;
}

void Signals::wake() const {
  ::pthread_kill(main_, wake_signal());
}

void Signals::end_at_once() const {
  // _exit, because the work that it cuts short may hold anything.
  std::signal(SIGTERM, [](int) { ::_exit(kTerminated); });
  std::signal(SIGINT, [](int) { ::_exit(kInterrupted); });
  sigset_t ending;
  sigemptyset(&ending);
  sigaddset(&ending, SIGTERM);
  sigaddset(&ending, SIGINT);
  ::pthread_sigmask(SIG_UNBLOCK, &ending, nullptr);
}

}  // namespace goakt::daemon
