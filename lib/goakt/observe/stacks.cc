#include "goakt/observe/stacks.h"

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <charconv>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <cxxabi.h>
#include <dirent.h>
#include <dlfcn.h>
#include <execinfo.h>
#include <fstream>
#include <memory>
#include <mutex>
#include <sys/syscall.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace goakt::observe {

namespace {

constexpr int kFrames = 64;

enum class Phase : int { none, requested, writing, done };

// What the interrupted thread fills in. Never goes away: a signal may come late.
struct Capture {
  std::atomic<Phase> phase{Phase::none};
  std::atomic<pid_t> thread{0};
  std::array<void*, kFrames> frames{};
  int count = 0;
};

Capture& capture() {
  static auto* const shared = new Capture;
  return *shared;
}

pid_t this_thread_id() {
  return static_cast<pid_t>(::syscall(SYS_gettid));
}

void on_signal(int) {
  const int saved = errno;
  Capture& c = capture();
  Phase expected = Phase::requested;
  if (c.thread.load() == this_thread_id() &&
      c.phase.compare_exchange_strong(expected, Phase::writing)) {
    c.count = ::backtrace(c.frames.data(), kFrames);
    c.phase.store(Phase::done);
  }
  errno = saved;
}

std::string first_line(const std::string& file) {
  std::ifstream in(file);
  std::string line;
  std::getline(in, line);
  return line;
}

void append_frame(std::string& out, int number, void* address) {
  char text[64];
  std::snprintf(text, sizeof text, "  #%-2d ", number);
  out += text;
  Dl_info info{};
  if (::dladdr(address, &info) == 0 || info.dli_fname == nullptr) {
    std::snprintf(text, sizeof text, "%p\n", address);
    out += text;
    return;
  }
  const std::string file = info.dli_fname;
  const auto offset =
      reinterpret_cast<std::uintptr_t>(address) - reinterpret_cast<std::uintptr_t>(info.dli_fbase);
  std::snprintf(text, sizeof text, "+0x%zx", static_cast<std::size_t>(offset));
  out.append(file.substr(file.rfind('/') + 1)).append(text);
  if (info.dli_sname != nullptr) {
    int status = 0;
    const std::unique_ptr<char, void (*)(void*)> name(
        abi::__cxa_demangle(info.dli_sname, nullptr, nullptr, &status), std::free);
    out.append(" ").append(status == 0 ? name.get() : info.dli_sname);
  }
  out += '\n';
}

// True when the thread has answered in time.
bool interrupt(pid_t thread, int signal) {
  Capture& c = capture();
  c.thread.store(thread);
  c.phase.store(Phase::requested);
  if (::syscall(SYS_tgkill, ::getpid(), thread, signal) != 0) {
    c.phase.store(Phase::none);
    return false;
  }
  for (int i = 0; i < 200; ++i) {
    if (c.phase.load() == Phase::done) return true;
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  }
  Phase expected = Phase::requested;
  if (c.phase.compare_exchange_strong(expected, Phase::none)) return false;
  // It has begun just now.
  while (c.phase.load() != Phase::done) std::this_thread::yield();
  return true;
}

std::vector<pid_t> threads() {
  std::vector<pid_t> ids;
  DIR* const folder = ::opendir("/proc/self/task");
  if (folder == nullptr) return ids;
  while (const dirent* entry = ::readdir(folder)) {
    pid_t id = 0;
    const std::string_view name(entry->d_name);
    if (std::from_chars(name.data(), name.data() + name.size(), id).ec == std::errc())
      ids.push_back(id);
  }
  ::closedir(folder);
  std::sort(ids.begin(), ids.end());
  return ids;
}

}  // namespace

std::string thread_stacks() {
  static std::mutex* const mutex = new std::mutex;  // one caller at a time
  std::lock_guard lock(*mutex);
  const int signal = SIGRTMIN + 9;
  void* warm[1];
  ::backtrace(warm, 1);  // loads what it needs now, and not inside a signal handler

  struct sigaction action {};

  action.sa_handler = on_signal;
  action.sa_flags = SA_RESTART;
  sigemptyset(&action.sa_mask);
  if (::sigaction(signal, &action, nullptr) != 0) return "no signal is free for it\n";
  std::string out;
  Capture& c = capture();
  for (const pid_t id : threads()) {
    const std::string folder = "/proc/self/task/" + std::to_string(id);
    std::string state = first_line(folder + "/stat");
    const auto paren = state.rfind(") ");
    state = paren == std::string::npos ? "?" : state.substr(paren + 2, 1);
    out += "thread " + std::to_string(id) + " \"" + first_line(folder + "/comm") + "\" " + state +
           "\n";
    if (id == this_thread_id()) {
      std::array<void*, kFrames> frames{};
      const int count = ::backtrace(frames.data(), kFrames);
      for (int i = 0; i < count; ++i) append_frame(out, i, frames[static_cast<std::size_t>(i)]);
    } else if (interrupt(id, signal)) {
      // The first two are the signal's own.
      for (int i = std::min(2, c.count); i < c.count; ++i)
        append_frame(out, i - 2, c.frames[static_cast<std::size_t>(i)]);
      c.phase.store(Phase::none);
    } else {
      out += "  no answer\n";
    }
    out += '\n';
  }
  // A late signal must still find a handler: the default one would end the process.
  return out;
}

}  // namespace goakt::observe
