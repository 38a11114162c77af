#include "tests/interop/go_member.h"

#include <algorithm>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <fcntl.h>
#include <sched.h>
#include <string_view>
#include <sys/wait.h>
#include <unistd.h>

namespace goakt::gossip {

namespace {

std::string program;

// The number after that name in a line of JSON.
std::size_t number_of(const std::string& line, const std::string& name) {
  const auto at = line.find("\"" + name + "\":");
  REQUIRE_MESSAGE(at != std::string::npos, "no ", name, " in: ", line);
  return static_cast<std::size_t>(std::atoll(line.c_str() + at + name.size() + 3));
}

}  // namespace

bool find_go_member(int argc, char** argv) {
  for (int i = 1; i < argc; ++i) {
    constexpr std::string_view kFlag = "--peer=";
    if (std::string_view(argv[i]).starts_with(kFlag)) program = argv[i] + kFlag.size();
  }
  if (const char* named = std::getenv("GOAKT_MEMBERLIST_PEER")) program = named;
  if (::access(program.c_str(), X_OK) == 0) return true;
  std::printf(
      "SKIPPED: there is no real member to test with: \"%s\" is no program\n"
      "hint: ctest -R interop.memberlist-peer builds it where Go is, or says why it cannot\n",
      program.c_str());
  return false;
}

GoMember::GoMember(const std::string& name, std::vector<std::string> options, const Place& place) {
  options.insert(options.begin(), program);
  // The last of two equal flags counts.
  options.insert(options.begin() + 1, {"-name", name, "-profile", "local", "-tcp-timeout", "20s",
                                       "-bind", place.ip, "-port", std::to_string(place.port)});
  run(std::move(options), place.network);
  const auto started = wait_for({"\"event\":\"started\""});
  const auto endpoint = net::Endpoint::parse(
      place.ip, static_cast<std::uint16_t>(started.empty() ? 0 : number_of(started, "port")));
  if (!endpoint || started.empty()) {
    kill();
    ::close(commands_);
    reader_.join();
    ::close(output_);
    FAIL("the real member ", name, " has not started");
  }
  endpoint_ = *endpoint;
}

GoMember::~GoMember() {
  kill();
  ::close(commands_);
  reader_.join();
  ::close(output_);
}

void GoMember::run(std::vector<std::string> arguments, int network) {
  int in[2], out[2];
  // Not for the members that are started after it: they would keep its input open.
  REQUIRE(::pipe2(in, O_CLOEXEC) == 0);
  REQUIRE(::pipe2(out, O_CLOEXEC) == 0);
  std::vector<char*> raw;
  for (auto& argument : arguments) raw.push_back(argument.data());
  raw.push_back(nullptr);
  pid_ = ::fork();
  REQUIRE(pid_ >= 0);
  if (pid_ == 0) {
    ::dup2(in[0], 0);
    ::dup2(out[1], 1);
    if (network < 0 || ::setns(network, CLONE_NEWNET) == 0) ::execv(raw[0], raw.data());
    ::_exit(127);
  }
  ::close(in[0]);
  ::close(out[1]);
  commands_ = in[1];
  output_ = out[0];
  reader_ = std::thread([this] { read(); });
}

void GoMember::read() {
  std::string rest;
  char buffer[4096];
  for (ssize_t count; (count = ::read(output_, buffer, sizeof buffer)) > 0;) {
    rest.append(buffer, static_cast<std::size_t>(count));
    std::lock_guard lock(mutex_);
    for (std::size_t end; (end = rest.find('\n')) != std::string::npos; rest.erase(0, end + 1))
      lines_.push_back(rest.substr(0, end));
    changed_.notify_all();
  }
}

void GoMember::kill() {
  if (pid_ <= 0) return;
  ::kill(pid_, SIGKILL);
  ::waitpid(pid_, nullptr, 0);
  pid_ = 0;
}

void GoMember::tell(const std::string& command) {
  const auto line = command + "\n";
  REQUIRE(::write(commands_, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
}

bool GoMember::does(const std::string& command) {
  const auto verb = command.substr(0, command.find(' '));
  forget();
  tell(command);
  std::string answer;
  {
    std::unique_lock lock(mutex_);
    changed_.wait_for(lock, kPatience, [&] {
      for (const auto& line : lines_) {
        if (line.find("\"event\":\"done\"") != std::string::npos ||
            line.find("\"event\":\"error\"") != std::string::npos)
          answer = line;
      }
      return !answer.empty();
    });
  }
  INFO(command, ": ", answer);
  return answer.find("\"cmd\":\"" + verb + "\"") != std::string::npos;
}

std::string GoMember::wait_for(const std::vector<std::string>& parts, Duration time) {
  std::unique_lock lock(mutex_);
  std::string found;
  changed_.wait_for(lock, time, [&] {
    for (const auto& line : lines_) {
      const bool all = std::all_of(parts.begin(), parts.end(), [&](const std::string& part) {
        return line.find(part) != std::string::npos;
      });
      if (all) found = line;
      if (all) return true;
    }
    return false;
  });
  return found;
}

bool GoMember::says(const std::string& event, const std::string& name, const std::string& meta,
                    Duration time) {
  return !wait_for({"\"event\":\"" + event + "\"", "\"name\":\"" + name + "\"",
                    meta.empty() ? "" : "\"meta\":\"" + meta + "\""},
                   time)
              .empty();
}

void GoMember::forget() {
  std::lock_guard lock(mutex_);
  lines_.clear();
}

std::size_t GoMember::count() {
  forget();
  tell("members");
  const auto line = wait_for({"\"event\":\"members\""});
  return line.empty() ? 0 : number_of(line, "count");
}

}  // namespace goakt::gossip
