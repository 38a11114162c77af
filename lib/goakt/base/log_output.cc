#include "goakt/base/log_output.h"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/sink.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <chrono>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <fcntl.h>
#include <functional>
#include <initializer_list>
#include <mutex>
#include <poll.h>
#include <string_view>
#include <sys/stat.h>
#include <unistd.h>

namespace goakt {

namespace {

using Clock = std::chrono::steady_clock;

constexpr std::size_t kMostBuffered = 64 << 10;
// What a pipe takes in one go, once it says that it takes anything (PIPE_BUF).
constexpr std::size_t kPipeStep = 4096;
constexpr std::chrono::milliseconds kPoll{50};
// At the end, for a reader that takes nothing.
constexpr std::chrono::seconds kPatience{2};
constexpr std::chrono::seconds kBetweenNotices{1};

Status cannot_open(const std::string& file) {
  return fail(ErrorCode::invalid_argument,
              "cannot open log file " + file + ": " + std::strerror(errno));
}

// The end of the queue. Only the thread of the queue works with the file, so that nobody else can
// be held up by it. spdlog's own file sinks cannot reopen, and throw where this counts.
class Output final : public spdlog::sinks::sink {
 public:
  explicit Output(const LogOutput::Options& options) : options_(options) {}

  ~Output() override { close_file(); }

  Status open() {
    if (open_file()) return {};
    return cannot_open(options_.file);
  }

  // Any thread.
  void ask_to_reopen() noexcept { reopen_ = true; }

  void log(const spdlog::details::log_msg& message) override {
    ++taken_;
    reopen_if_asked();
    const auto size = message.payload.size() + 1;
    if (options_.max_size != 0 && size_ != 0 && size_ + size > options_.max_size) rotate();
    add({message.payload.data(), message.payload.size()});
    // In one go while more is waiting, at once when not.
    if (buffer_.size() >= kMostBuffered || !waiting_ || waiting_() == 0) write_out();
  }

  void flush() override {
    reopen_if_asked();
    write_out();
  }

  // Any thread: that many lines are out, or lost. Bounded, for those whom nobody reads.
  void wait_for(std::uint64_t lines) {
    std::unique_lock lock(mutex_);
    written_.wait_for(lock, kPatience, [&] { return done_ >= lines; });
  }

  // Before any line.
  void set_queue(std::function<std::size_t()> waiting, std::function<std::uint64_t()> dropped) {
    waiting_ = std::move(waiting);
    dropped_ = std::move(dropped);
  }

  // Any thread: what waits for a reader waits no longer than kPatience.
  void end() noexcept { ends_ = (Clock::now() + kPatience).time_since_epoch().count(); }

  std::uint64_t failed() const noexcept { return failed_; }

  // Lines come formatted.
  void set_pattern(const std::string&) override {}

  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

 private:
  void close_file() {
    if (file_ >= 0 && file_ != STDERR_FILENO) ::close(file_);
    file_ = -1;
  }

  // On failure the old file stays.
  bool open_file() {
    int fresh = STDERR_FILENO;
    if (!options_.file.empty()) {
      fresh = ::open(options_.file.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0666);
      if (fresh < 0) return false;
    }
    close_file();
    file_ = fresh;

    struct stat facts {};

    is_regular_ = ::fstat(file_, &facts) == 0 && S_ISREG(facts.st_mode);
    size_ = is_regular_ ? static_cast<std::uint64_t>(facts.st_size) : 0;
    torn_ = false;
    return true;
  }

  void reopen_if_asked() {
    if (!reopen_.exchange(false)) return;
    write_out();
    if (open_file()) return;
    const std::string why = std::strerror(errno);
    notice("log file not opened again", {{"file", options_.file}, {"error", why}});
  }

  void rotate() {
    if (options_.file.empty() || !is_regular_) return;
    write_out();
    if (options_.keep == 0) {
      if (::ftruncate(file_, 0) == 0) size_ = 0;
      return;
    }
    const auto name = [this](unsigned n) {
      return n == 0 ? options_.file : options_.file + "." + std::to_string(n);
    };
    bool moved = false;
    for (unsigned n = options_.keep; n > 0; --n)
      // Fails where there are not that many yet.
      moved = std::rename(name(n - 1).c_str(), name(n).c_str()) == 0;
    open_file();
    if (!moved) size_ = 0;  // not to be tried again at each line
  }

  void add(std::string_view line) {
    if (torn_) buffer_ += '\n';
    torn_ = false;
    buffer_.append(line) += '\n';
    size_ += line.size() + 1;
  }

  void notice(std::string_view message, std::initializer_list<LogField> fields) {
    LogRecord record;
    record.time = SystemClock::instance().wall();
    record.level = LogLevel::warn;
    record.logger = "log";
    record.message = message;
    record.fields = {fields.begin(), fields.size()};
    std::string line;
    format_log(record, options_.format, line);
    add(line);
  }

  void write_out() {
    const bool all = write_buffer();
    const std::uint64_t dropped = dropped_ ? dropped_() : 0;
    {
      const std::lock_guard lock(mutex_);
      done_ = taken_ + dropped;
    }
    written_.notify_all();
    if (all) tell_losses(dropped, failed_);
  }

  void tell_losses(std::uint64_t dropped, std::uint64_t failed) {
    if (dropped == told_dropped_ && failed == told_failed_) return;
    const auto now = Clock::now();
    if (now < next_notice_) return;
    next_notice_ = now + kBetweenNotices;
    notice("lines of the log are lost",
           {{"dropped", dropped - told_dropped_}, {"failed", failed - told_failed_}});
    if (!write_buffer()) return;
    told_dropped_ = dropped;
    told_failed_ = failed;
  }

  // False: some of it is lost, and counted. The buffer is empty afterwards.
  bool write_buffer() {
    std::string_view left = buffer_;
    while (!left.empty() && can_write()) {
      const auto step = is_regular_ ? left.size() : std::min(left.size(), kPipeStep);
      const ssize_t wrote = file_ < 0 ? -1 : ::write(file_, left.data(), step);
      if (wrote > 0)
        left.remove_prefix(static_cast<std::size_t>(wrote));
      else if (wrote == 0 || (errno != EINTR && errno != EAGAIN))
        break;
    }
    const auto wrote = buffer_.size() - left.size();
    torn_ = wrote != 0 && buffer_[wrote - 1] != '\n';
    failed_ += static_cast<std::uint64_t>(std::count(left.begin(), left.end(), '\n'));
    const bool all = left.empty();
    if (!all) size_ -= std::min<std::uint64_t>(size_, left.size());
    buffer_.clear();
    return all;
  }

  // Waits for whoever reads a pipe; false: for no longer.
  bool can_write() {
    if (is_regular_ || file_ < 0) return true;
    for (;;) {
      pollfd wanted{file_, POLLOUT, 0};
      if (::poll(&wanted, 1, static_cast<int>(kPoll.count())) > 0) return true;
      const auto ends = ends_.load();
      if (ends != 0 && Clock::now().time_since_epoch().count() > ends) return false;
    }
  }

  const LogOutput::Options options_;
  std::atomic<bool> reopen_{false};
  std::atomic<Clock::rep> ends_{0};  // no time, or when
  std::atomic<std::uint64_t> failed_{0};

  std::mutex mutex_;  // guards done_
  std::condition_variable written_;
  std::uint64_t done_ = 0;

  // Of the queue's thread.
  int file_ = -1;
  bool is_regular_ = false;
  bool torn_ = false;  // the last line in the file lacks its end
  std::uint64_t size_ = 0;
  std::uint64_t taken_ = 0;  // lines
  std::string buffer_;
  std::function<std::size_t()> waiting_;
  std::function<std::uint64_t()> dropped_;
  std::uint64_t told_dropped_ = 0;
  std::uint64_t told_failed_ = 0;
  Clock::time_point next_notice_{};
};

}  // namespace

struct LogOutput::Impl {
  LogFormat format;
  std::shared_ptr<Output> output;
  // Not spdlog's global pool: two nodes may live in one process.
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::async_logger> logger;
  std::atomic<std::uint64_t> given{0};  // lines
};

Result<std::shared_ptr<LogOutput>> LogOutput::open(Options options) {
  auto output = std::make_shared<Output>(options);
  GOAKT_CHECK(output->open());
  auto impl = std::make_unique<Impl>();
  impl->format = options.format;
  impl->pool =
      std::make_shared<spdlog::details::thread_pool>(std::max<std::size_t>(options.queue, 1), 1);
  // The pool outlives its thread, which is all that calls these.
  output->set_queue([pool = impl->pool.get()] { return pool->queue_size(); },
                    [pool = impl->pool.get()] { return pool->overrun_counter(); });
  impl->logger = std::make_shared<spdlog::async_logger>(
      "goakt", output, impl->pool, spdlog::async_overflow_policy::overrun_oldest);
  impl->logger->set_level(spdlog::level::trace);
  impl->output = std::move(output);
  return std::shared_ptr<LogOutput>(new LogOutput(std::move(impl)));
}

LogOutput::LogOutput(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

LogOutput::~LogOutput() {
  impl_->output->end();
  impl_->logger.reset();
  impl_->pool.reset();  // writes what is queued, ends the thread
  impl_->output->set_queue({}, {});
  impl_->output->flush();
}

void LogOutput::write(const LogRecord& record) noexcept {
  try {
    thread_local std::string line;
    line.clear();
    format_log(record, impl_->format, line);
    impl_->logger->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
    impl_->given.fetch_add(1, std::memory_order_relaxed);
  } catch (...) {
    // Out of memory at worst; logging must not bring down what it reports on.
  }
}

void LogOutput::flush() noexcept {
  try {
    const auto given = impl_->given.load(std::memory_order_relaxed);
    impl_->logger->flush();
    impl_->output->wait_for(given);
  } catch (...) {
    // As above.
  }
}

Status LogOutput::check(const std::string& file) {
  if (file.empty()) return {};
  // Not held up by a pipe that nobody reads yet.
  const int opened = ::open(file.c_str(), O_WRONLY | O_APPEND | O_NONBLOCK | O_CLOEXEC);
  if (opened >= 0) {
    ::close(opened);
    return {};
  }
  if (errno == ENXIO) return {};  // such a pipe
  if (errno != ENOENT) return cannot_open(file);
  const auto slash = file.rfind('/');
  const std::string folder = slash == std::string::npos ? "." : file.substr(0, slash + 1);
  return ::access(folder.c_str(), W_OK | X_OK) == 0 ? Status() : cannot_open(file);
}

void LogOutput::reopen() noexcept {
  try {
    impl_->output->ask_to_reopen();
    impl_->logger->flush();  // has it done also when nobody logs
  } catch (...) {
    // As above.
  }
}

std::uint64_t LogOutput::dropped() const noexcept {
  return impl_->pool->overrun_counter();
}

std::uint64_t LogOutput::failed() const noexcept {
  return impl_->output->failed();
}

}  // namespace goakt
