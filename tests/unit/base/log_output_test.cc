#include "goakt/base/log_output.h"

#include <doctest/doctest.h>

#include <chrono>
#include <fcntl.h>
#include <filesystem>
#include <fstream>
#include <poll.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace goakt {
namespace {

namespace fs = std::filesystem;

class Folder {
 public:
  Folder() {
    char name[] = "/tmp/goakt-log-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    path_ = name;
  }

  Folder(const Folder&) = delete;
  Folder& operator=(const Folder&) = delete;

  ~Folder() { fs::remove_all(path_); }

  std::string file(const std::string& name = "node.log") const { return (path_ / name).string(); }

 private:
  fs::path path_;
};

std::vector<std::string> lines_of(const std::string& path) {
  std::ifstream file(path);
  std::vector<std::string> lines;
  for (std::string line; std::getline(file, line);) lines.push_back(line);
  return lines;
}

std::shared_ptr<LogOutput> open(LogOutput::Options options) {
  auto output = LogOutput::open(std::move(options));
  REQUIRE_MESSAGE(output.has_value(), output.error().message());
  return *std::move(output);
}

const LogOptions kUnlimited{.lines_per_site_and_second = 0};

TEST_CASE("lines reach the file in order, all of them at the end") {
  const Folder folder;
  {
    const Logger log(open({.file = folder.file()}), kUnlimited);
    for (int i = 0; i < 1000; ++i) log.info("line", {{"number", i}});
  }
  const auto lines = lines_of(folder.file());
  REQUIRE(lines.size() == 1000);
  for (std::size_t i = 0; i < lines.size(); ++i)
    REQUIRE(lines[i].ends_with("\"number\":" + std::to_string(i) + "}"));
}

TEST_CASE("a flush waits until the lines before it are in the file") {
  const Folder folder;
  const Logger log(open({.file = folder.file()}), kUnlimited);
  for (std::size_t i = 1; i <= 20; ++i) {
    log.info("line");
    log.flush();
    REQUIRE(lines_of(folder.file()).size() == i);
  }
}

TEST_CASE("a file that cannot be opened is an error that names it") {
  const auto output = LogOutput::open({.file = "/nonexistent/node.log"});
  REQUIRE_FALSE(output.has_value());
  CHECK(output.error().message() ==
        "cannot open log file /nonexistent/node.log: No such file or directory");
}

TEST_CASE("a file that was moved away is opened anew") {
  const Folder folder;
  const auto output = open({.file = folder.file()});
  const Logger log(output, kUnlimited);
  log.info("first");
  log.flush();
  fs::rename(folder.file(), folder.file("moved.log"));
  log.info("still the old file");
  log.flush();
  output->reopen();
  log.info("new file");
  log.flush();
  CHECK(lines_of(folder.file("moved.log")).size() == 2);
  CHECK(lines_of(folder.file()).size() == 1);
}

TEST_CASE("a file that grows too large is rotated and the oldest goes") {
  const Folder folder;
  {
    const Logger log(
        open({.format = LogFormat::text, .file = folder.file(), .max_size = 400, .keep = 2}),
        kUnlimited);
    const std::string filler(80, 'x');
    for (int i = 0; i < 20; ++i) log.info("line", {{"number", i}, {"filler", filler}});
  }
  CHECK(fs::file_size(folder.file()) <= 400);
  CHECK(fs::exists(folder.file("node.log.1")));
  CHECK(fs::exists(folder.file("node.log.2")));
  CHECK_FALSE(fs::exists(folder.file("node.log.3")));
  CHECK(lines_of(folder.file()).back().find("number=19") != std::string::npos);
  const auto older = lines_of(folder.file("node.log.1"));
  CHECK(older.size() >= 2);
}

TEST_CASE("appending goes on where an earlier run ended") {
  const Folder folder;
  for (int run = 0; run < 2; ++run) Logger(open({.file = folder.file()}), kUnlimited).info("run");
  CHECK(lines_of(folder.file()).size() == 2);
}

TEST_CASE("what does not fit the queue is dropped and counted, and nothing waits") {
  const Folder folder;
  const auto output = open({.file = folder.file(), .queue = 4});
  std::uint64_t dropped = 0;
  {
    const Logger log(output, kUnlimited);
    // The writer cannot keep up for ever with a queue of four.
    for (int i = 0; i < 1'000'000 && output->dropped() == 0; ++i) log.info("flood");
    log.flush();
    dropped = output->dropped();
  }
  CHECK(dropped > 0);
}

TEST_CASE("a file that was moved away is opened anew also when nobody logs") {
  const Folder folder;
  const auto output = open({.file = folder.file()});
  fs::rename(folder.file(), folder.file("moved.log"));
  output->reopen();
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds(30);
  while (!fs::exists(folder.file()) && std::chrono::steady_clock::now() < deadline)
    std::this_thread::sleep_for(std::chrono::milliseconds(1));
  CHECK(fs::exists(folder.file()));
}

TEST_CASE("lines go on to the old file when the new one cannot be opened") {
  const Folder folder;
  fs::create_directory(folder.file("logs"));
  const auto output = open({.file = folder.file("logs/node.log")});
  const Logger log(output, kUnlimited);
  fs::rename(folder.file("logs"), folder.file("moved"));
  output->reopen();
  log.info("still here");
  log.flush();
  const auto lines = lines_of(folder.file("moved/node.log"));
  REQUIRE(lines.size() == 2);
  CHECK(lines[0].find("log file not opened again") != std::string::npos);
  CHECK(lines[0].find("No such file") != std::string::npos);
  CHECK(lines[1].find("still here") != std::string::npos);
  CHECK(output->failed() == 0);
}

TEST_CASE("a file that grows too large begins anew when no old ones are kept") {
  const Folder folder;
  {
    const Logger log(
        open({.format = LogFormat::text, .file = folder.file(), .max_size = 400, .keep = 0}),
        kUnlimited);
    const std::string filler(80, 'x');
    for (int i = 0; i < 20; ++i) log.info("line", {{"number", i}, {"filler", filler}});
  }
  CHECK(fs::file_size(folder.file()) <= 400);
  CHECK_FALSE(fs::exists(folder.file("node.log.1")));
  CHECK(lines_of(folder.file()).back().find("number=19") != std::string::npos);
}

TEST_CASE("a pipe that nobody reads holds up nobody, and its reader is told what was lost") {
  const Folder folder;
  REQUIRE(::mkfifo(folder.file().c_str(), 0600) == 0);
  const int reader = ::open(folder.file().c_str(), O_RDONLY | O_NONBLOCK);
  REQUIRE(reader >= 0);
  auto output = open({.file = folder.file(), .queue = 8});
  std::string read;
  {
    const Logger log(output, kUnlimited);
    const std::string filler(1000, 'x');
    while (output->dropped() == 0) log.info("unread", {{"filler", filler}});
    output->reopen();  // neither waits for the reader
    log.flush();
    char bytes[4096];
    for (int i = 0; i < 3000 && read.find("lines of the log are lost") == std::string::npos; ++i) {
      pollfd wanted{reader, POLLIN, 0};
      ::poll(&wanted, 1, 10);
      const ssize_t got = ::read(reader, bytes, sizeof bytes);
      if (got > 0) read.append(bytes, static_cast<std::size_t>(got));
      log.info("read");
    }
    CHECK(read.find("\"msg\":\"lines of the log are lost\",\"dropped\":") != std::string::npos);
    const auto before = output->dropped();
    while (output->dropped() == before) log.info("unread", {{"filler", filler}});
  }
  output.reset();  // comes back, although nobody reads
  ::close(reader);
}

TEST_CASE("lines that the disk does not take are counted") {
  const auto output = open({.file = "/dev/full"});
  const Logger log(output, kUnlimited);
  for (int i = 0; i < 3; ++i) log.info("lost");
  log.flush();
  CHECK(output->failed() == 3);
}

}  // namespace
}  // namespace goakt
