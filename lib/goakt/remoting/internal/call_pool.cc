#include "goakt/remoting/internal/call_pool.h"

#include <algorithm>
#include <iterator>
#include <utility>

namespace goakt::remoting {

namespace {

struct Call {
  net::Bytes frame;
  TimePoint limit;
  Exchange::Answered answered;
};

}  // namespace

CallPool::CallPool(const RemoteAccess& runtime, std::shared_ptr<Dialer> dialer,
                   const ClientOptions& options, std::string host, std::uint16_t port)
    : runtime_(runtime),
      dialer_(std::move(dialer)),
      max_idle_(options.max_idle_connections),
      idle_timeout_(options.idle_timeout),
      host_(std::move(host)),
      port_(port) {}

void CallPool::call(net::Bytes frame, TimePoint limit, Exchange::Answered answered) {
  const auto self = shared_from_this();
  bool is_closed;
  {
    std::lock_guard lock(mutex_);
    is_closed = is_closed_;
  }
  if (is_closed) return answered(fail(ErrorCode::remoting_disabled));
  const auto pending = std::make_shared<Call>(Call{std::move(frame), limit, std::move(answered)});
  const auto run = [self, pending](const std::shared_ptr<Exchange>& exchange) {
    exchange->send(std::move(pending->frame), pending->limit,
                   [self, pending, exchange](Result<std::string_view> answer) {
                     // Before the caller goes on, whose next request may then take it.
                     if (answer) self->keep_idle(exchange);
                     pending->answered(std::move(answer));
                   });
  };
  const auto dial_and_run = [self, pending, run] {
    self->dialer_->dial(self->host_, self->port_, [=](Result<std::unique_ptr<Line>> line) {
      if (!line) return pending->answered(unexpected(std::move(line).error()));
      run(Exchange::start(self->runtime_, *std::move(line)));
    });
  };
  const auto idle = take_idle();
  const bool is_posted = idle && idle->post([idle, run, dial_and_run] {
    if (idle->is_open())
      run(idle);
    else
      dial_and_run();
  });
  if (!is_posted) dial_and_run();
}

std::shared_ptr<Exchange> CallPool::take_idle() {
  std::vector<Idle> old;
  std::shared_ptr<Exchange> taken;
  {
    std::lock_guard lock(mutex_);
    const TimePoint now = runtime_.clock().now();
    // The peer closes idle connections after the same time, so ours go a little before.
    const auto is_old = [&](const Idle& idle) { return now - idle.since > idle_timeout_ / 10 * 9; };
    const auto young = std::find_if_not(idle_.begin(), idle_.end(), is_old);
    std::move(idle_.begin(), young, std::back_inserter(old));
    idle_.erase(idle_.begin(), young);
    if (!idle_.empty()) {
      taken = std::move(idle_.back().exchange);
      idle_.pop_back();
    }
  }
  for (const Idle& idle : old)
    idle.exchange->post([exchange = idle.exchange] { exchange->close(); });
  return taken;
}

// On the exchange's thread.
void CallPool::keep_idle(std::shared_ptr<Exchange> exchange) {
  if (!exchange->is_open()) return;
  {
    std::lock_guard lock(mutex_);
    if (!is_closed_ && idle_.size() < max_idle_) {
      exchange->on_end([weak = weak_from_this(), ended = exchange.get()] {
        const auto self = weak.lock();
        if (!self) return;
        std::lock_guard again(self->mutex_);
        std::erase_if(self->idle_,
                      [ended](const Idle& idle) { return idle.exchange.get() == ended; });
      });
      idle_.push_back({std::move(exchange), runtime_.clock().now()});
      return;
    }
  }
  exchange->close();
}

void CallPool::close() {
  std::vector<Idle> idle;
  {
    std::lock_guard lock(mutex_);
    is_closed_ = true;
    idle = std::exchange(idle_, {});
  }
  for (const Idle& kept : idle)
    kept.exchange->post([exchange = kept.exchange] { exchange->close(); });
}

}  // namespace goakt::remoting
