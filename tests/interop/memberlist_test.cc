// Our members and HashiCorp's in one cluster. GOAKT_MEMBERLIST_PEER names a program that is a
// member of the real library: flags -name -port -label -encrypt-key -profile -join -meta, commands
// on its input, one JSON object per event on its output.

#define DOCTEST_CONFIG_IMPLEMENT
#include "tests/unit/gossip_io/watched.h"

#include <condition_variable>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <functional>
#include <mutex>
#include <string>
#include <string_view>
#include <sys/wait.h>
#include <thread>
#include <unistd.h>
#include <vector>

using namespace goakt;
using namespace goakt::gossip;
using namespace std::chrono_literals;

namespace {

// A member of the real library, in a process of its own.
class GoMember {
 public:
  explicit GoMember(std::vector<std::string> options) {
    int in[2], out[2];
    REQUIRE(::pipe(in) == 0);
    REQUIRE(::pipe(out) == 0);
    options.insert(options.begin(), std::getenv("GOAKT_MEMBERLIST_PEER"));
    options.insert(options.end(), {"-port", "0", "-profile", "local"});
    std::vector<char*> arguments;
    for (auto& option : options) arguments.push_back(option.data());
    arguments.push_back(nullptr);
    pid_ = ::fork();
    REQUIRE(pid_ >= 0);
    if (pid_ == 0) {
      ::dup2(in[0], 0);
      ::dup2(out[1], 1);
      for (const int end : {in[0], in[1], out[0], out[1]}) ::close(end);
      ::execv(arguments[0], arguments.data());
      ::_exit(127);
    }
    ::close(in[0]);
    ::close(out[1]);
    commands_ = in[1];
    output_ = out[0];
    reader_ = std::thread([this] { read(); });
    const auto started = wait_for({"\"event\":\"started\""});
    const auto at = started.find("\"port\":");
    REQUIRE(at != std::string::npos);
    port_ = static_cast<std::uint16_t>(std::atoi(started.c_str() + at + 7));
  }

  ~GoMember() {
    kill();
    ::close(commands_);
    reader_.join();
    ::close(output_);
  }

  void kill() {
    if (pid_ <= 0) return;
    ::kill(pid_, SIGKILL);
    ::waitpid(pid_, nullptr, 0);
    pid_ = 0;
  }

  net::Endpoint endpoint() const { return net::Endpoint::loopback(port_); }

  void tell(const std::string& command) {
    const auto line = command + "\n";
    REQUIRE(::write(commands_, line.data(), line.size()) == static_cast<ssize_t>(line.size()));
  }

  // The first line with all of these; empty if there is none for long.
  std::string wait_for(const std::vector<std::string>& parts) {
    std::unique_lock lock(mutex_);
    std::string found;
    changed_.wait_for(lock, kPatience, [&] {
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

  bool says(const std::string& event, const std::string& name, const std::string& meta = {}) {
    return !wait_for({"\"event\":\"" + event + "\"", "\"name\":\"" + name + "\"",
                      meta.empty() ? "" : "\"meta\":\"" + meta + "\""})
                .empty();
  }

 private:
  void read() {
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

  pid_t pid_ = 0;
  int commands_ = -1;
  int output_ = -1;
  std::uint16_t port_ = 0;
  std::mutex mutex_;  // guards lines_
  std::condition_variable changed_;
  std::vector<std::string> lines_;
  std::thread reader_;
};

// From joining to the end of one of each kind.
void live_together(const Config& config, const std::vector<std::string>& options) {
  const auto with = [&](const std::string& name) {
    auto all = options;
    all.insert(all.end(), {"-name", name, "-meta", name + "'s"});
    return all;
  };
  GoMember go(with("go")), other(with("other"));
  Watched ours("ours", config), second("second", config);
  CHECK(ours.join(go.endpoint()).error == "");
  other.tell("join " + ours.shell().local().to_string());
  CHECK(second.join(other.endpoint()).error == "");
  for (auto* member : {&ours, &second}) {
    CHECK(member->eventually(Happening::join, "go", "go's"));
    CHECK(member->eventually(Happening::join, "other", "other's"));
  }
  for (auto* member : {&go, &other}) {
    CHECK(member->says("join", "ours"));
    CHECK(member->says("join", "second"));
  }

  CHECK(Watched::result([&](Shell::Done done) {
          ours.shell().update("new", 60s, std::move(done));
        }).error == "");
  CHECK(go.says("update", "ours", "new"));
  CHECK(other.says("update", "ours", "new"));
  go.tell("update newer");
  CHECK(ours.eventually(Happening::update, "go", "newer"));

  const std::string text(30'000, 't');
  CHECK(Watched::result([&](Shell::Done done) {
          ours.shell().send("go", text, std::move(done));
        }).error == "");
  CHECK(!go.wait_for({"\"event\":\"msg\"", text}).empty());
  go.tell("send ours over-tcp");
  CHECK(ours.eventually_hears("over-tcp"));
  go.tell("sendudp ours over-udp");
  CHECK(ours.eventually_hears("over-udp"));

  // One of each leaves, one of each is lost.
  CHECK(Watched::result([&](Shell::Done done) {
          second.shell().leave(60s, std::move(done));
        }).error == "");
  CHECK(go.says("leave", "second"));
  other.kill();
  CHECK(ours.eventually(Happening::leave, "other"));
  ours.shell().stop();
  CHECK(go.says("leave", "ours"));
}

}  // namespace

TEST_CASE("members of both kinds join, change, talk, leave and miss each other") {
  live_together(Config::local(), {});
}

TEST_CASE("so they do with label, keys and compression") {
  auto config = Config::local();
  config.sealing.label = "prefix-orders";
  REQUIRE(config.sealing.keyring.add("0123456789abcdef"));
  live_together(config,
                {"-label", "prefix-orders", "-encrypt-key", "30313233343536373839616263646566"});
}

TEST_CASE("a member with another key or label is turned away by the real library") {
  GoMember go({"-name", "go", "-label", "prefix-orders"});
  Watched without("without", Config::local());
  CHECK(without.join(go.endpoint()).reached == 0);
  auto config = Config::local();
  config.sealing.label = "prefix-orders";
  REQUIRE(config.sealing.keyring.add("0123456789abcdef"));
  Watched sealed("sealed", config);
  const auto refused = sealed.join(go.endpoint());
  CHECK(refused.reached == 0);
  CHECK(!refused.error.empty());
}

int main(int argc, char** argv) {
  if (std::getenv("GOAKT_MEMBERLIST_PEER") == nullptr) {
    std::puts("skipped: GOAKT_MEMBERLIST_PEER names no program");
    return 77;
  }
  std::signal(SIGPIPE, SIG_IGN);
  return doctest::Context(argc, argv).run();
}
