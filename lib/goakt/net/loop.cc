#include "goakt/net/loop.h"

#include "goakt/net/internal/loop_core.h"
#include "goakt/net/internal/reactor.h"
#include "goakt/net/internal/readiness.h"

#include <boost/asio/post.hpp>

#include <algorithm>
#include <csignal>
#include <pthread.h>
#include <sched.h>

namespace goakt::net {

namespace internal {

LoopCore::LoopCore(const LoopOptions& options)
    : reactor(std::make_unique<Reactor>()), name(options.name), polling(options.polling) {}

LoopCore::~LoopCore() = default;

std::shared_ptr<LoopCore> LoopCore::start(const LoopOptions& options) {
  auto core = std::make_shared<LoopCore>(options);
  core->reactor->work.emplace(core->reactor->context.get_executor());
  // Signals are for the program's threads. SIGPIPE among them: OpenSSL writes without MSG_NOSIGNAL.
  sigset_t all;
  sigset_t before;
  ::sigfillset(&all);
  for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP})
    ::sigdelset(&all, fault);
  ::pthread_sigmask(SIG_SETMASK, &all, &before);
  {
    std::lock_guard lock(core->thread_mutex);
    core->thread = std::thread([core] { core->run(); });
  }
  ::pthread_sigmask(SIG_SETMASK, &before, nullptr);
  return core;
}

bool LoopCore::post(Function<void()> task) {
  std::lock_guard lock(posted_mutex);
  if (is_refusing) return false;
  enqueue(std::move(task));
  return true;
}

bool LoopCore::post_farewell(Function<void()> task) {
  std::lock_guard lock(posted_mutex);
  if (is_finished) return false;
  enqueue(std::move(task));
  return true;
}

void LoopCore::enqueue(Function<void()> task) {
  posted.push_back(std::move(task));
  // One wake-up for all that is posted until the loop comes to it.
  if (posted.size() == 1) boost::asio::post(reactor->context, [this] { run_posted(); });
}

void LoopCore::defer(Function<void()> task) {
  boost::asio::post(reactor->context, std::move(task));
}

bool LoopCore::run_posted() {
  std::vector<Function<void()>> tasks;
  {
    std::lock_guard lock(posted_mutex);
    tasks.swap(posted);
  }
  for (auto& task : tasks) task();
  return !tasks.empty();
}

void LoopCore::run() {
  boost::asio::io_context& context = reactor->context;
  thread_id = std::this_thread::get_id();
  ::pthread_setname_np(::pthread_self(), name.substr(0, 15).c_str());
  for (;;) {
    // At one go, Asio keeps the memory of its handlers; looking for more, it cannot.
    if (polling == Duration::zero()) context.run();
    while (context.run_one() != 0) {
      // Others go first, who may be just the ones that make work.
      while (SystemClock::instance().now() < hot_until && !context.stopped())
        if (context.poll() == 0) ::sched_yield();
    }
    // Nothing is left to wait for: stop() has come. What is posted in this moment still counts.
    context.restart();
    std::lock_guard lock(posted_mutex);
    if (!posted.empty()) {
      boost::asio::post(context, [this] { run_posted(); });
      continue;
    }
    is_finished = true;
    thread_id = std::thread::id();
    break;
  }
}

void LoopCore::begin_stop() {
  is_stopping = true;
  {
    std::lock_guard lock(posted_mutex);
    is_refusing = true;
  }
  while (!residents.empty()) (*residents.begin())->on_loop_stop();
  reactor->work.reset();
}

void LoopCore::stop() {
  std::thread ending;
  {
    std::lock_guard lock(thread_mutex);
    if (!stop_posted) post([this] { begin_stop(); });
    stop_posted = true;
    ending = std::move(thread);
    if (ending.joinable() && is_current()) {
      // Whoever destroys the loop on its own thread cannot wait for it; the thread keeps the core.
      ending.detach();
    }
  }
  if (ending.joinable()) ending.join();
}

}  // namespace internal

Loop::Loop(const LoopOptions& options) : core_(internal::LoopCore::start(options)) {}

Loop::~Loop() {
  stop();
}

bool Loop::post(Task task) const {
  return core_->post(std::move(task));
}

bool Loop::is_current() const noexcept {
  return core_->is_current();
}

void Loop::stop() {
  core_->stop();
}

Loops::Loops(std::size_t count, const LoopOptions& options) {
  for (std::size_t i = 0; i < std::max<std::size_t>(count, 1); ++i)
    loops_.push_back(std::make_unique<Loop>(options));
}

Loop& Loops::next() noexcept {
  return *loops_[turn_.fetch_add(1, std::memory_order_relaxed) % loops_.size()];
}

void Loops::stop() {
  for (auto& loop : loops_) loop->stop();
}

struct Timer::Impl final : internal::Resident, std::enable_shared_from_this<Timer::Impl> {
  explicit Impl(std::shared_ptr<internal::LoopCore> owner) : core(std::move(owner)), alarm(*core) {}

  void start(Duration delay, Function<void()> next) {
    cancel();
    if (core->is_stopping) return;
    core->residents.insert(this);
    task = std::move(next);
    const TimePoint at = SystemClock::instance().now() + delay;
    alarm.set(at, [self = shared_from_this(), mine = ++round] {
      if (mine != self->round) return;
      auto due = std::move(self->task);
      self->cancel();
      due();
    });
  }

  void cancel() {
    if (core->residents.erase(this) == 0) return;
    ++round;
    task = {};
    alarm.cancel();
  }

  void on_loop_stop() override { cancel(); }

  std::shared_ptr<internal::LoopCore> core;
  internal::Alarm alarm;
  Function<void()> task;
  unsigned round = 0;
};

Timer::Timer(const Loop& loop) : impl_(std::make_shared<Impl>(loop.core())) {}

Timer::~Timer() {
  impl_->cancel();
}

void Timer::start(Duration delay, Function<void()> task) {
  impl_->start(delay, std::move(task));
}

void Timer::cancel() {
  impl_->cancel();
}

}  // namespace goakt::net
