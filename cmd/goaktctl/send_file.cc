#include "send_file.h"

#include "exit_codes.h"
#include "line_batcher.h"
#include "output/text.h"

#include <nlohmann/json.hpp>

#include <cerrno>
#include <condition_variable>
#include <cstring>
#include <deque>
#include <fcntl.h>
#include <mutex>
#include <poll.h>
#include <thread>
#include <unistd.h>
#include <vector>

namespace goaktctl {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kAhead = 2;
constexpr std::chrono::milliseconds kPatience{100};
constexpr std::size_t kReadSize = 256 * 1024;

// Reads the input on a thread of its own, at most two batches ahead of the one that is on its way.
// One batch is under way at a time, because two connections would not keep the order of the lines.
class Reader {
 public:
  explicit Reader(int input) : input_(input), thread_([this] { run(); }) {}

  ~Reader() {
    {
      std::lock_guard lock(mutex_);
      stopped_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }

  Reader(const Reader&) = delete;
  Reader& operator=(const Reader&) = delete;

  // Waits for the next batch; none at the end of the input.
  std::optional<Batch> next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !ready_.empty() || ended_; });
    if (ready_.empty()) return std::nullopt;
    Batch batch = std::move(ready_.front());
    ready_.pop_front();
    changed_.notify_all();
    return batch;
  }

  // Why the input ended before its end; empty when it did not.
  std::string error() {
    std::lock_guard lock(mutex_);
    return error_;
  }

 private:
  bool push(Batch batch) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ready_.size() < kAhead || stopped_; });
    if (stopped_) return false;
    ready_.push_back(std::move(batch));
    changed_.notify_all();
    return true;
  }

  bool is_stopped() {
    std::lock_guard lock(mutex_);
    return stopped_;
  }

  void end(std::string error) {
    std::lock_guard lock(mutex_);
    ended_ = true;
    error_ = std::move(error);
    changed_.notify_all();
  }

  void run() {
    LineBatcher batcher({});
    std::vector<char> buffer(kReadSize);
    std::optional<Clock::time_point> waiting_since;
    for (;;) {
      pollfd entry{input_, POLLIN, 0};
      const int ready = ::poll(&entry, 1, static_cast<int>(kPatience.count()));
      if (is_stopped()) return;
      if (ready > 0) {
        const auto got = ::read(input_, buffer.data(), buffer.size());
        if (got < 0 && (errno == EINTR || errno == EAGAIN)) continue;
        if (got < 0) return end(std::string("reading the input: ") + std::strerror(errno));
        if (got == 0) break;
        batcher.feed({buffer.data(), static_cast<std::size_t>(got)});
      }
      while (auto batch = batcher.full())
        if (!push(std::move(*batch))) return;
      if (!batcher.has_lines()) {
        waiting_since.reset();
      } else if (!waiting_since) {
        waiting_since = Clock::now();
      }
      if (waiting_since && (ready == 0 || Clock::now() - *waiting_since >= kPatience)) {
        if (auto batch = batcher.rest(); batch && !push(std::move(*batch))) return;
        waiting_since.reset();
      }
    }
    batcher.finish();
    while (auto batch = batcher.rest())
      if (!push(std::move(*batch))) return;
    end("");
  }

  const int input_;
  std::mutex mutex_;  // guards all below
  std::condition_variable changed_;
  std::deque<Batch> ready_;
  std::string error_;
  bool ended_ = false;
  bool stopped_ = false;
  std::thread thread_;
};

// What became of the lines so far, on stderr while it goes on and once at the end.
class Progress {
 public:
  Progress(const Session& session, bool on_terminal) : session_(session), live_(on_terminal) {}

  std::uint64_t accepted = 0;
  std::uint64_t answered = 0;
  std::uint64_t failed = 0;

  void show() {
    const auto now = Clock::now();
    if (!live_ || now - shown_ < std::chrono::milliseconds(200)) return;
    shown_ = now;
    std::fprintf(stderr, "\r\033[K%s lines  %s/s  %s failed", with_thousands(total()).c_str(),
                 with_thousands(rate()).c_str(), with_thousands(failed).c_str());
    std::fflush(stderr);
  }

  void finish() {
    if (live_) std::fputs("\r\033[K", stderr);
    session_.note(with_thousands(total()) + " lines in " + short_duration(seconds()) + " (" +
                  with_thousands(rate()) + "/s): " + with_thousands(accepted) + " accepted, " +
                  with_thousands(answered) + " answered, " + with_thousands(failed) + " failed");
  }

  std::uint64_t total() const { return accepted + answered + failed; }

 private:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - begin_).count(); }

  std::uint64_t rate() const {
    return static_cast<std::uint64_t>(static_cast<double>(total()) / std::max(seconds(), 1e-3));
  }

  const Session& session_;
  const bool live_;
  const Clock::time_point begin_ = Clock::now();
  Clock::time_point shown_;
};

// Counts what the answer lines say. The server writes "line" first and what it is second.
void count(std::string_view answers, Progress& progress) {
  while (!answers.empty()) {
    const auto feed = answers.find('\n');
    const std::string_view line = answers.substr(0, feed);
    answers.remove_prefix(feed == std::string_view::npos ? answers.size() : feed + 1);
    const Document answer = Document::parse(line, nullptr, false);
    if (!answer.is_object()) continue;
    if (answer.contains("problem"))
      ++progress.failed;
    else if (answer.contains("status"))
      ++progress.accepted;
    else
      ++progress.answered;
  }
}

int open_input(const std::string& file) {
  return file == "-" ? ::dup(STDIN_FILENO) : ::open(file.c_str(), O_RDONLY | O_CLOEXEC);
}

}  // namespace

int send_file(Session& session, const std::string& file) {
  const int input = open_input(file);
  if (input < 0) return session.usage(file + ": " + std::strerror(errno));
  // A batch may hold a thousand asks, each with a time of its own.
  session.client().set_timeout(std::max<std::chrono::milliseconds>(
      session.settings().duration("timeout"), std::chrono::minutes(6)));
  Progress progress(session, !session.quiet() && is_terminal(STDERR_FILENO));
  int exit = Exit::ok;
  {
    Reader reader(input);
    while (auto batch = reader.next()) {
      const auto result =
          session.client().post("/v1/messages?firstLine=" + std::to_string(batch->first_line),
                                std::move(batch->text), "application/x-ndjson");
      if (!result) {
        progress.finish();
        exit = session.report(result.error());
        session.note("lines from " + with_thousands(batch->first_line) + " to " +
                     with_thousands(batch->first_line + batch->lines - 1) +
                     (result.error().exit == Exit::timeout || result.error().code == "unreachable"
                          ? " may or may not have been taken"
                          : " were not taken"));
        ::close(input);
        return exit;
      }
      if (const auto planned = session.plan_of(*result)) {
        exit = *planned;
        if (exit == Exit::ok) continue;
        ::close(input);
        return exit;
      }
      session.out().raw(result->body);
      if (!session.out().flush()) {
        ::close(input);
        return Exit::broken_pipe;
      }
      count(result->body, progress);
      progress.show();
    }
    if (const std::string error = reader.error(); !error.empty()) {
      session.note("goaktctl: " + error);
      exit = Exit::failed;
    }
  }
  ::close(input);
  if (session.settings().on("dry-run")) return exit;
  progress.finish();
  if (exit != Exit::ok) return exit;
  return progress.failed == 0 ? Exit::ok : Exit::partial;
}

}  // namespace goaktctl
