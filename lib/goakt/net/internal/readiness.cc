#include "goakt/net/internal/readiness.h"

#include "goakt/net/internal/loop_core.h"
#include "goakt/net/internal/reactor.h"

#include <boost/asio/basic_waitable_timer.hpp>
#include <boost/asio/posix/basic_stream_descriptor.hpp>

namespace goakt::net::internal {

namespace {

// Asio's usual names stand for any executor, which each operation then has to ask.
using Stream = boost::asio::posix::basic_stream_descriptor<Reactor::Executor>;
using Timer =
    boost::asio::basic_waitable_timer<TimePoint::clock, boost::asio::wait_traits<TimePoint::clock>,
                                      Reactor::Executor>;

void wait(Stream& stream, Stream::wait_type what, Function<void()> ready) {
  stream.async_wait(what,
                    [ready = std::move(ready)](const boost::system::error_code& error) mutable {
                      if (!error) ready();
                    });
}

}  // namespace

struct Watched::Impl {
  explicit Impl(LoopCore& loop) : stream(loop.reactor->context.get_executor()) {}

  Stream stream;
};

Watched::Watched(LoopCore& loop) : impl_(std::make_unique<Impl>(loop)) {}

Watched::~Watched() = default;

bool Watched::assign(Descriptor& descriptor) {
  boost::system::error_code error;
  impl_->stream.assign(descriptor.get(), error);
  if (error) return false;
  descriptor.release();
  return true;
}

Descriptor Watched::release() {
  return Descriptor(impl_->stream.release());
}

void Watched::close() {
  boost::system::error_code ignored;
  impl_->stream.close(ignored);
}

int Watched::number() const noexcept {
  return impl_->stream.native_handle();
}

void Watched::wait_readable(Function<void()> ready) {
  wait(impl_->stream, Stream::wait_read, std::move(ready));
}

void Watched::wait_writable(Function<void()> ready) {
  wait(impl_->stream, Stream::wait_write, std::move(ready));
}

struct Alarm::Impl {
  explicit Impl(LoopCore& loop) : timer(loop.reactor->context.get_executor()) {}

  Timer timer;
};

Alarm::Alarm(LoopCore& loop) : impl_(std::make_unique<Impl>(loop)) {}

Alarm::~Alarm() = default;

void Alarm::set(TimePoint at, Function<void()> due) {
  impl_->timer.expires_at(at);
  impl_->timer.async_wait([due = std::move(due)](const boost::system::error_code& error) mutable {
    if (!error) due();
  });
}

void Alarm::cancel() {
  impl_->timer.cancel();
}

}  // namespace goakt::net::internal
