#include "goakt/node/operations.h"

#include "goakt/base/ulid.h"

#include <algorithm>
#include <array>
#include <exception>
#include <thread>

namespace goakt::node {

namespace {

constexpr std::array<std::string_view, 7> kStates{"pending", "running", "cancelling", "succeeded",
                                                  "failed",  "partial", "cancelled"};

WallTime now() {
  return SystemClock::instance().wall();
}

}  // namespace

std::string_view to_string(OperationState state) {
  return kStates[static_cast<std::size_t>(state)];
}

bool is_over(OperationState state) {
  return state >= OperationState::succeeded;
}

OperationStatus::OperationStatus(const OperationStatus& other)
    : id(other.id),
      type(other.type),
      target(other.target),
      by(other.by),
      request_id(other.request_id),
      state(other.state),
      phase(other.phase),
      created(other.created),
      started(other.started),
      finished(other.finished),
      deadline(other.deadline),
      total(other.total),
      done(other.done),
      failed(other.failed),
      skipped(other.skipped),
      failures(other.failures),
      failure_count(other.failure_count),
      result(other.result),
      version(other.version) {
  if (other.problem) problem = other.problem->clone();
}

template <class Change>
void Operation::change(Change change) {
  {
    std::lock_guard lock(mutex_);
    change();
    ++status_.version;
  }
  changed_.notify_all();
}

bool Operation::cancelled_within(std::chrono::milliseconds time) const {
  std::unique_lock lock(mutex_);
  return changed_.wait_for(lock, time, [this] { return cancelled(); });
}

void Operation::phase(std::string_view name) {
  change([&] { status_.phase = name; });
}

void Operation::expect(std::uint64_t total) {
  change([&] { status_.total = total; });
}

void Operation::item_done(std::uint64_t count) {
  change([&] { status_.done += count; });
}

void Operation::item_skipped(std::uint64_t count) {
  change([&] { status_.skipped += count; });
}

void Operation::item_failed(OperationFailure failure) {
  change([&] {
    ++status_.failed;
    ++status_.failure_count;
    if (status_.failures.size() < Operations::kFailuresShown) status_.failures.push_back(failure);
    if (all_failures_.size() < Operations::kFailuresKept)
      all_failures_.push_back(std::move(failure));
  });
}

void Operation::result(std::string json) {
  change([&] { status_.result = std::move(json); });
}

void Operation::attach(std::string content_type, std::string bytes) {
  change([&] {
    attachment_ =
        std::make_shared<const Attachment>(Attachment{std::move(content_type), std::move(bytes)});
  });
}

OperationStatus Operation::status() const {
  std::lock_guard lock(mutex_);
  return status_;
}

OperationStatus Operation::changed_since(std::uint64_t version,
                                         std::chrono::milliseconds wait) const {
  std::unique_lock lock(mutex_);
  changed_.wait_for(lock, wait, [&] { return status_.version != version; });
  return status_;
}

std::vector<OperationFailure> Operation::failures(std::size_t from, std::size_t most) const {
  std::lock_guard lock(mutex_);
  const auto begin = std::min(from, all_failures_.size());
  const auto end = begin + std::min(most, all_failures_.size() - begin);
  return {all_failures_.begin() + static_cast<std::ptrdiff_t>(begin),
          all_failures_.begin() + static_cast<std::ptrdiff_t>(end)};
}

std::shared_ptr<const Operation::Attachment> Operation::attachment() const {
  std::lock_guard lock(mutex_);
  return attachment_;
}

Operations::~Operations() {
  {
    std::lock_guard lock(mutex_);
    stopping_ = true;
  }
  drain();
}

void Operations::drain() {
  std::unique_lock lock(mutex_);
  for (const OperationPtr& operation : kept_) {
    // Under its lock, or a work that is just going to wait would miss it.
    operation->change([&] { operation->cancelled_.store(true, std::memory_order_release); });
  }
  ended_.wait(lock, [this] { return threads_ == 0; });
}

Result<OperationPtr> Operations::start(Spec spec, Work work) {
  auto operation = std::make_shared<Operation>();
  operation->id_ = "op-" + owner_tag_ + "-" + make_ulid();
  OperationStatus& status = operation->status_;
  status.id = operation->id_;
  status.type = std::move(spec.type);
  status.target = std::move(spec.target);
  status.by = std::move(spec.by);
  status.request_id = std::move(spec.request_id);
  status.created = now();
  if (spec.deadline) status.deadline = status.created + *spec.deadline;
  {
    std::lock_guard lock(mutex_);
    if (stopping_) return fail(ErrorCode::system_shutting_down);
    if (waiting_.size() >= kMostWaiting)
      return fail(ErrorCode::mailbox_full, "too many operations wait for their turn");
    forget_old();
    kept_.push_back(operation);
    waiting_.push_back({operation, std::move(work)});
    if (threads_ < kAtOnce) {
      ++threads_;
      // Detached, because they end in any order; the destructor waits for the count.
      std::thread([this] { run(); }).detach();
    }
  }
  if (listener_) listener_(operation->status());
  return operation;
}

void Operations::forget_old() {
  const WallTime oldest = now() - kKeptFor;
  std::size_t too_many = kept_.size() >= kKept ? kept_.size() - kKept + 1 : 0;
  std::erase_if(kept_, [&](const OperationPtr& operation) {
    const OperationStatus status = operation->status();
    if (!is_over(status.state)) return false;
    if (too_many > 0) {
      --too_many;
      return true;
    }
    return status.finished && *status.finished < oldest;
  });
}

void Operations::run() {
  std::unique_lock lock(mutex_);
  while (!waiting_.empty()) {
    const Waiting next = std::move(waiting_.front());
    waiting_.pop_front();
    lock.unlock();
    execute(*next.operation, next.work);
    lock.lock();
  }
  if (--threads_ == 0) ended_.notify_all();
}

void Operations::execute(Operation& operation, const Work& work) {
  if (operation.cancelled()) return finish(operation, {});
  operation.change([&] {
    operation.status_.state = OperationState::running;
    operation.status_.started = now();
  });
  if (listener_) listener_(operation.status());
  Status outcome;
  try {
    outcome = work(operation);
  } catch (const std::exception& error) {
    outcome = fail(ErrorCode::internal, error.what());
  }
  finish(operation, outcome);
}

void Operations::finish(Operation& operation, const Status& outcome) {
  operation.change([&] {
    OperationStatus& status = operation.status_;
    status.finished = now();
    if (operation.cancelled()) {
      status.state = OperationState::cancelled;
    } else if (!outcome) {
      status.state = OperationState::failed;
      status.problem = outcome.error().clone();
    } else if (status.failed == 0) {
      status.state = OperationState::succeeded;
    } else {
      status.state = status.done > 0 ? OperationState::partial : OperationState::failed;
    }
  });
  const OperationStatus status = operation.status();
  {
    std::lock_guard lock(mutex_);
    const std::string_view result = to_string(status.state);
    const auto it = std::find_if(counts_.begin(), counts_.end(), [&](const Count& count) {
      return count.type == status.type && count.result == result;
    });
    if (it != counts_.end())
      ++it->count;
    else
      counts_.push_back({status.type, std::string(result), 1});
  }
  if (listener_) listener_(status);
}

OperationPtr Operations::find(std::string_view id) const {
  std::lock_guard lock(mutex_);
  for (const OperationPtr& operation : kept_)
    if (operation->id() == id) return operation;
  return nullptr;
}

std::vector<OperationPtr> Operations::all() const {
  std::lock_guard lock(mutex_);
  return {kept_.rbegin(), kept_.rend()};
}

bool Operations::cancel(Operation& operation) {
  bool took = false;
  operation.change([&] {
    if (is_over(operation.status_.state)) return;
    operation.cancelled_.store(true, std::memory_order_release);
    if (operation.status_.state == OperationState::running)
      operation.status_.state = OperationState::cancelling;
    took = true;
  });
  if (took && listener_) listener_(operation.status());
  return took;
}

std::size_t Operations::running() const {
  std::size_t running = 0;
  for (const OperationPtr& operation : all())
    if (!is_over(operation->status().state)) ++running;
  return running;
}

std::vector<Operations::Count> Operations::counts() const {
  std::lock_guard lock(mutex_);
  return counts_;
}

}  // namespace goakt::node
