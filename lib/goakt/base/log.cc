#include "goakt/base/log.h"

#include <array>
#include <atomic>
#include <deque>
#include <map>
#include <mutex>
#include <vector>

namespace goakt {

namespace {

constexpr std::array<std::string_view, 7> kLevels = {"info",  "warn",  "error",  "fatal",
                                                     "panic", "debug", "invalid"};

// Counts the lines of each call site in the current second. Two sites that share a slot take it
// from each other and are limited less: harmless, and nothing grows.
class SiteLimiter {
 public:
  // How many lines were left out before this one; none if this one is to be left out too.
  std::optional<std::uint64_t> admit(const std::source_location& where, std::int64_t second,
                                     std::uint32_t limit) noexcept {
    const auto site = reinterpret_cast<std::uintptr_t>(where.file_name()) * 31 + where.line();
    auto& slot = slots_[site % slots_.size()];
    const auto now = static_cast<std::uint64_t>(second) << kCountBits;
    if (slot.site.exchange(site, std::memory_order_relaxed) != site) {
      slot.state.store(now | 1, std::memory_order_relaxed);
      return 0;
    }
    auto state = slot.state.load(std::memory_order_relaxed);
    for (;;) {
      const bool same_second = (state & ~kCountMask) == now;
      const auto count = state & kCountMask;
      if (same_second && count == kCountMask) return std::nullopt;
      const auto next = same_second ? state + 1 : now | 1;
      if (!slot.state.compare_exchange_weak(state, next, std::memory_order_relaxed)) continue;
      if (!same_second) return count > limit ? count - limit : 0;
      if (count >= limit) return std::nullopt;
      return 0;
    }
  }

 private:
  static constexpr unsigned kCountBits = 24;
  static constexpr std::uint64_t kCountMask = (std::uint64_t{1} << kCountBits) - 1;

  struct Slot {
    std::atomic<std::uint64_t> site{0};
    std::atomic<std::uint64_t> state{0};  // the second, then the count in it
  };

  std::array<Slot, 256> slots_;
};

}  // namespace

std::string_view to_string(LogLevel level) noexcept {
  const auto i = static_cast<std::size_t>(level);
  return i < kLevels.size() ? kLevels[i] : "invalid";
}

std::optional<LogLevel> parse_log_level(std::string_view text) noexcept {
  for (std::size_t i = 0; i + 1 < kLevels.size(); ++i)
    if (kLevels[i] == text) return static_cast<LogLevel>(i);
  return std::nullopt;
}

LogSink::~LogSink() = default;

// What the loggers of one origin share.
struct Logger::Core {
  struct Threshold {
    std::atomic<LogLevel> level;
    std::optional<LogLevel> own;  // guarded by mutex
  };

  Core(std::shared_ptr<LogSink> sink_, const LogOptions& options_)
      : sink(std::move(sink_)), options(options_), level(options_.level) {}

  // Stays where it is while the core lives: loggers keep its address.
  Threshold& threshold(std::string_view name) {
    const std::lock_guard lock(mutex);
    return find(name);
  }

  Threshold& find(std::string_view name) {
    auto found = thresholds.find(name);
    if (found == thresholds.end())
      found = thresholds.try_emplace(std::string(name), level, std::nullopt).first;
    return found->second;
  }

  const std::shared_ptr<LogSink> sink;
  const LogOptions options;
  SiteLimiter limiter;

  std::mutex mutex;  // guards level, thresholds and their own levels
  LogLevel level;
  std::map<std::string, Threshold, std::less<>> thresholds;
};

// What one logger has of its own; immutable.
struct Logger::Context {
  std::string name;
  std::deque<std::string> texts;  // what the fields point into: a deque moves nothing
  std::vector<LogField> fields;
  Core::Threshold* threshold = nullptr;

  std::string_view keep(std::string_view text) { return texts.emplace_back(text); }

  void add(std::span<const LogField> more) {
    for (const auto& field : more)
      fields.push_back({keep(field.key), field.value.kind() == LogValue::Kind::text
                                             ? LogValue(keep(field.value.text()))
                                             : field.value});
  }
};

Logger::Logger(std::shared_ptr<LogSink> sink, const LogOptions& options)
    : core_(std::make_shared<Core>(std::move(sink), options)) {
  auto context = std::make_shared<Context>();
  context->threshold = &core_->threshold("");
  context_ = std::move(context);
}

Logger Logger::named(std::string_view name) const {
  if (!core_) return *this;
  auto context = std::make_shared<Context>();
  context->name = name;
  context->threshold = &core_->threshold(name);
  context->add(context_->fields);
  Logger logger = *this;
  logger.context_ = std::move(context);
  return logger;
}

Logger Logger::with(std::initializer_list<LogField> fields) const {
  if (!core_) return *this;
  auto context = std::make_shared<Context>();
  context->name = context_->name;
  context->threshold = context_->threshold;
  context->add(context_->fields);
  context->add(fields);
  Logger logger = *this;
  logger.context_ = std::move(context);
  return logger;
}

bool Logger::enabled(LogLevel level) const noexcept {
  return weight(level) >= weight(this->level()) && level != LogLevel::invalid;
}

LogLevel Logger::level() const noexcept {
  return context_ ? context_->threshold->level.load(std::memory_order_relaxed) : LogLevel::fatal;
}

void Logger::set_level(LogLevel level) const {
  if (!core_) return;
  const std::lock_guard lock(core_->mutex);
  core_->level = level;
  for (auto& [name, threshold] : core_->thresholds)
    if (!threshold.own) threshold.level.store(level, std::memory_order_relaxed);
}

void Logger::set_level(std::string_view name, std::optional<LogLevel> level) const {
  if (!core_) return;
  const std::lock_guard lock(core_->mutex);
  auto& threshold = core_->find(name);
  threshold.own = level;
  threshold.level.store(level.value_or(core_->level), std::memory_order_relaxed);
}

void Logger::log(LogLevel level, std::string_view message, const Error& error, Fields fields,
                 Where where) const {
  if (!enabled(level)) return;
  const auto text = error.message();
  std::vector<LogField> all(fields);
  all.push_back({"error", text});
  if (!error.hint().empty()) all.push_back({"hint", error.hint()});
  emit(level, message, all, where);
}

void Logger::emit(LogLevel level, std::string_view message, std::span<const LogField> fields,
                  const Where& where) const {
  if (!core_) return;
  const auto& options = core_->options;
  LogRecord record{.time = options.clock->wall(),
                   .level = level,
                   .logger = context_->name,
                   .message = message,
                   .bound = context_->fields,
                   .fields = fields,
                   .where = where};
  if (options.lines_per_site_and_second != 0) {
    const auto second = options.clock->coarse_ms() / 1000;
    const auto left_out = core_->limiter.admit(where, second, options.lines_per_site_and_second);
    if (!left_out) return;
    record.suppressed = *left_out;
  }
  core_->sink->write(record);
}

void Logger::flush() const noexcept {
  if (core_) core_->sink->flush();
}

}  // namespace goakt
