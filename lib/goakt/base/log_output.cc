#include "goakt/base/log_output.h"

#include <spdlog/async_logger.h>
#include <spdlog/details/thread_pool.h>
#include <spdlog/sinks/sink.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <condition_variable>
#include <cstdio>
#include <cstring>
#include <functional>
#include <mutex>

namespace goakt {

namespace {

struct CloseFile {
  void operator()(std::FILE* file) const noexcept {
    if (file != stderr) std::fclose(file);
  }
};

using File = std::unique_ptr<std::FILE, CloseFile>;

// The end of the queue. spdlog's own file sinks cannot reopen, and throw where this counts.
class Output final : public spdlog::sinks::sink {
 public:
  explicit Output(const LogOutput::Options& options) : options_(options) {}

  Status open() {
    const std::lock_guard lock(mutex_);
    if (open_file()) return {};
    return fail(ErrorCode::invalid_argument,
                "cannot open log file " + options_.file + ": " + std::strerror(errno));
  }

  void reopen() {
    const std::lock_guard lock(mutex_);
    open_file();
  }

  void log(const spdlog::details::log_msg& message) override {
    const std::lock_guard lock(mutex_);
    const auto size = message.payload.size() + 1;
    if (options_.max_size != 0 && size_ != 0 && size_ + size > options_.max_size) rotate();
    if (!file_ || std::fwrite(message.payload.data(), 1, size - 1, file_.get()) != size - 1 ||
        std::fputc('\n', file_.get()) == EOF)
      ++failed_;
    size_ += size;
    // In one go while more is waiting, at once when not.
    if (waiting_ && waiting_() == 0) flush_file();
  }

  void flush() override {
    {
      const std::lock_guard lock(mutex_);
      flush_file();
      ++flushes_;
    }
    flushed_.notify_all();
  }

  std::uint64_t flushes() const {
    const std::lock_guard lock(mutex_);
    return flushes_;
  }

  void wait_for_flush(std::uint64_t beyond) {
    std::unique_lock lock(mutex_);
    // Bounded: under overload the request itself may have been dropped from the queue.
    flushed_.wait_for(lock, std::chrono::seconds(2), [&] { return flushes_ > beyond; });
  }

  void set_waiting(std::function<std::size_t()> waiting) {
    const std::lock_guard lock(mutex_);
    waiting_ = std::move(waiting);
  }

  std::uint64_t failed() const noexcept { return failed_; }

  // Lines come formatted.
  void set_pattern(const std::string&) override {}

  void set_formatter(std::unique_ptr<spdlog::formatter>) override {}

 private:
  bool open_file() {
    if (options_.file.empty()) {
      file_.reset(stderr);
      return true;
    }
    file_.reset(std::fopen(options_.file.c_str(), "abe"));
    const auto end = file_ ? std::ftell(file_.get()) : 0;
    size_ = end > 0 ? static_cast<std::uint64_t>(end) : 0;
    return file_ != nullptr;
  }

  void rotate() {
    if (options_.file.empty() || options_.keep == 0) return;
    file_.reset();
    const auto name = [this](unsigned n) {
      return n == 0 ? options_.file : options_.file + "." + std::to_string(n);
    };
    for (unsigned n = options_.keep; n > 0; --n)
      // Fails where there are not that many yet.
      static_cast<void>(std::rename(name(n - 1).c_str(), name(n).c_str()));
    open_file();
  }

  void flush_file() {
    if (file_ && std::fflush(file_.get()) != 0) ++failed_;
  }

  const LogOutput::Options options_;
  mutable std::mutex mutex_;  // guards all below
  File file_;
  std::uint64_t size_ = 0;
  std::uint64_t flushes_ = 0;
  std::condition_variable flushed_;
  std::function<std::size_t()> waiting_;
  std::atomic<std::uint64_t> failed_{0};
};

}  // namespace

struct LogOutput::Impl {
  LogFormat format;
  std::shared_ptr<Output> output;
  // Not spdlog's global pool: two nodes may live in one process.
  std::shared_ptr<spdlog::details::thread_pool> pool;
  std::shared_ptr<spdlog::async_logger> logger;
};

Result<std::shared_ptr<LogOutput>> LogOutput::open(Options options) {
  auto output = std::make_shared<Output>(options);
  GOAKT_CHECK(output->open());
  auto impl = std::make_unique<Impl>();
  impl->format = options.format;
  impl->pool =
      std::make_shared<spdlog::details::thread_pool>(std::max<std::size_t>(options.queue, 1), 1);
  // The pool outlives its thread, which is all that calls this.
  output->set_waiting([pool = impl->pool.get()] { return pool->queue_size(); });
  impl->logger = std::make_shared<spdlog::async_logger>(
      "goakt", output, impl->pool, spdlog::async_overflow_policy::overrun_oldest);
  impl->logger->set_level(spdlog::level::trace);
  impl->output = std::move(output);
  return std::shared_ptr<LogOutput>(new LogOutput(std::move(impl)));
}

LogOutput::LogOutput(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

LogOutput::~LogOutput() {
  impl_->logger.reset();
  impl_->pool.reset();  // writes what is queued, ends the thread
  impl_->output->flush();
}

void LogOutput::write(const LogRecord& record) noexcept {
  try {
    thread_local std::string line;
    line.clear();
    format_log(record, impl_->format, line);
    impl_->logger->log(spdlog::level::info, spdlog::string_view_t(line.data(), line.size()));
  } catch (...) {
    // Out of memory at worst; logging must not bring down what it reports on.
  }
}

void LogOutput::flush() noexcept {
  try {
    const auto before = impl_->output->flushes();
    impl_->logger->flush();
    impl_->output->wait_for_flush(before);
  } catch (...) {
    // As above.
  }
}

void LogOutput::reopen() noexcept {
  try {
    impl_->output->reopen();
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
