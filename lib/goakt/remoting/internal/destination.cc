#include "goakt/remoting/internal/destination.h"

#include "goakt/actor/messages.h"
#include "goakt/actor/system_options.h"
#include "goakt/base/errors.h"
#include "goakt/remoting/internal/answers.h"
#include "goakt/wire/batch.h"
#include "goakt/wire/durations.h"
#include "goakt/wire/metadata.h"
#include "goakt/wire/sentinel.h"

#include <algorithm>
#include <chrono>
#include <internal/remoting.pb.h>
#include <thread>
#include <utility>
#include <vector>

namespace goakt::remoting {

namespace {

constexpr auto kGrace = std::chrono::seconds(1);  // for the peer's own word that time is over
constexpr auto kLongestQuestion = std::chrono::hours(1);  // of a request that waits for ever

// A frame that is sent and kept.
struct Shared {
  std::shared_ptr<const TellFrame> frame;

  const char* data() const { return frame->bytes.data(); }

  std::size_t size() const { return frame->bytes.size(); }
};

Outbox::Limits limits_of(const ClientOptions& options) {
  Outbox::Limits limits;
  limits.max_frame_size = options.max_frame_size;
  limits.messages_per_frame = options.messages_per_frame;
  return limits;
}

Result<wire::OutgoingPayload> encode(const wire::Serializers& serializers, const Message& message) {
  if (message.is<PoisonPill>()) return wire::encode(wire::PoisonPill());
  if (const auto* ended = message.as<Terminated>()) {
    GOAKT_TRY(Address actor, Address::parse(ended->path));
    return wire::encode(wire::Terminated{std::move(actor), ended->terminated_at});
  }
  return serializers.encode(message);
}

// That the answer has come and is of that type.
Status check_answer(Result<std::string_view> answer, std::string_view type) {
  GOAKT_TRY(const std::string_view bytes, std::move(answer));
  GOAKT_CHECK(read_answer(bytes, type));
  return {};
}

Result<Message> first_answer(const wire::Serializers& serializers, std::string_view bytes) {
  GOAKT_TRY(const wire::Frame frame, read_answer(bytes, wire::kAskResponseType));
  std::vector<std::string_view> payloads;
  GOAKT_CHECK(wire::parse_ask_response(frame.body, payloads));
  if (payloads.empty()) return fail(ErrorCode::invalid_response);
  GOAKT_TRY(wire::Incoming incoming,
            serializers.decode(payloads.front(), wire::UnknownTypes::keep));
  if (auto* message = std::get_if<Message>(&incoming)) return std::move(*message);
  return fail(ErrorCode::invalid_response);
}

// For a mutex that is held for a fraction of a microsecond: sleeping until it is free would take a
// hundred times as long.
std::unique_lock<std::mutex> lock_soon(std::mutex& mutex) {
  std::unique_lock lock(mutex, std::try_to_lock);
  for (int i = 0; !lock && i < 20; ++i) {
    std::this_thread::yield();
    static_cast<void>(lock.try_lock());
  }
  if (!lock) lock.lock();
  return lock;
}

std::string peer_name(const Address& actor) {
  return (actor.has_parent() ? std::string(actor.parent_name()) + '/' : std::string()) +
         std::string(actor.name());
}

}  // namespace

Destination::Destination(const RemoteAccess& runtime, std::shared_ptr<Dialer> dialer,
                         ClientOptions options, std::string host, std::uint16_t port)
    : runtime_(runtime),
      dialer_(std::move(dialer)),
      options_(std::move(options)),
      host_(std::move(host)),
      port_(port),
      calls_(std::make_shared<CallPool>(runtime_, dialer_, options_, host_, port_)),
      outbox_(limits_of(options_)) {}

Status Destination::deliver(const Address& to, Envelope* envelope) {
  Message message(envelope);
  return RemoteAccess::is_ask(*envelope) ? ask(to, std::move(message)) : tell(to, message);
}

// -- told messages

Status Destination::tell(const Address& to, const Message& message) {
  GOAKT_TRY(const wire::OutgoingPayload payload, encode(*options_.serializers, message));
  const Envelope& envelope = *message.get();
  const Pid sender = runtime_.sender_of(envelope);
  std::vector<wire::Header> headers;
  if (envelope.context != nullptr) headers = wire::headers_of(envelope.context);
  std::shared_ptr<Exchange> idle_link;
  {
    const auto lock = lock_soon(mutex_);
    if (is_closed_) return fail(ErrorCode::remoting_disabled);
    if (sender != last_sender_) {
      last_sender_ = sender;
      last_sender_path_ = sender.path();
    }
    GOAKT_CHECK(outbox_.add(last_sender_path_, to.text(), payload, headers));
    if (link_ == Link::down) {
      link_ = Link::dialing;
    } else {
      if (!is_due()) return {};
      is_pumping_ = true;
      idle_link = exchange_;
    }
  }
  if (!idle_link)
    dial();
  else if (!idle_link->post([self = shared_from_this()] { self->pump(); }))
    lose_queued(Error(ErrorCode::system_shutting_down));
  return {};
}

// A frame that could take more waits while others are under way: the peer would not come to it
// earlier, and one with more in it costs both sides less.
bool Destination::is_due() const {
  if (link_ != Link::up || is_pumping_) return false;
  if (under_way_ == 0) return !outbox_.is_empty();
  return under_way_ < options_.frames_under_way && outbox_.whole_frames() != 0;
}

void Destination::dial() {
  dialer_->dial(host_, port_, [self = shared_from_this()](Result<std::unique_ptr<Line>> line) {
    self->connected(std::move(line));
  });
}

void Destination::connected(Result<std::unique_ptr<Line>> line) {
  if (!line) return lose_queued(line.error());
  auto exchange = Exchange::start(runtime_, *std::move(line));
  exchange->on_end([self = shared_from_this()] { self->disconnected(); });
  {
    std::lock_guard lock(mutex_);
    link_ = Link::up;
    exchange_ = std::move(exchange);
    is_pumping_ = true;
  }
  pump();
}

void Destination::disconnected() {
  {
    std::lock_guard lock(mutex_);
    exchange_.reset();
    is_pumping_ = false;
    link_ = outbox_.is_empty() ? Link::down : Link::dialing;
    if (link_ == Link::down) return;
  }
  dial();
}

void Destination::pump() {
  for (;;) {
    std::shared_ptr<Exchange> exchange;
    std::shared_ptr<TellFrame> frame;
    {
      std::lock_guard lock(mutex_);
      is_pumping_ = false;
      if (!is_due()) return;
      frame = outbox_.take();
      is_pumping_ = true;
      ++under_way_;
      exchange = exchange_;
    }
    exchange->send(net::Bytes::own(Shared{frame}), runtime_.clock().now() + options_.tell_timeout,
                   [self = shared_from_this(), frame](Result<std::string_view> answer) mutable {
                     self->told(std::move(frame), std::move(answer));
                   });
  }
}

void Destination::told(std::shared_ptr<TellFrame> frame, Result<std::string_view> answer) {
  const Status accepted = check_answer(std::move(answer), "internalpb.RemoteTellResponse");
  if (!accepted) lose(*frame, accepted.error());
  bool goes_on;
  {
    std::lock_guard lock(mutex_);
    outbox_.give_back(std::move(frame));
    --under_way_;
    goes_on = is_due();
    if (goes_on) is_pumping_ = true;
  }
  all_sent_.notify_all();
  if (goes_on) pump();
}

void Destination::lose_queued(const Error& why) {
  std::vector<std::shared_ptr<TellFrame>> lost;
  {
    std::lock_guard lock(mutex_);
    if (link_ == Link::dialing) link_ = Link::down;
    is_pumping_ = false;
    while (auto frame = outbox_.take()) lost.push_back(std::move(frame));
  }
  for (const auto& frame : lost) lose(*frame, why);
  all_sent_.notify_all();
}

void Destination::lose(const TellFrame& frame, const Error& why) const {
  const std::string reason = errors::remote_send_failure(why.clone()).message();
  const auto parsed = wire::parse_frame(frame.bytes.view(), wire::FrameKind::request);
  wire::Batch batch;
  if (!parsed || !wire::parse_tell(parsed->body, batch)) return;
  for (const wire::RemoteMessage& message : batch.messages)
    if (const auto named = wire::read_named(message.payload))  // the runtime's own are no loss
      runtime_.lose(message.sender, message.receiver, named->type_name, reason);
}

// -- requests with an answer of their own

Status Destination::ask(const Address& to, Message message) {
  GOAKT_TRY(const wire::OutgoingPayload payload, encode(*options_.serializers, message));
  const TimePoint now = runtime_.clock().now();
  const TimePoint limit = runtime_.ask_limit(*message.get()).value_or(now + kLongestQuestion);
  wire::Metadata metadata;
  metadata.headers = wire::headers_of(message.get()->context);
  metadata.remaining = limit - now;
  wire::Buffer frame;
  GOAKT_TRY(wire::OpenFrame open, wire::OpenFrame::with_metadata(frame, wire::kAskType, metadata));
  wire::BatchWriter writer(frame, open, options_.max_frame_size);
  GOAKT_CHECK(writer.add(runtime_.sender_of(*message.get()).path(), to.text(), payload));
  GOAKT_CHECK(writer.finish(limit - now));
  const std::uint64_t origin = message.get()->origin;
  call(net::Bytes::own(std::move(frame)), limit + kGrace,
       [origin, serializers = options_.serializers](Result<std::string_view> answer) {
         if (answer)
           RemoteAccess::answer(origin, first_answer(*serializers, *answer));
         else
           RemoteAccess::answer(origin,
                                unexpected(errors::remote_send_failure(std::move(answer).error())));
       });
  return {};
}

void Destination::call(net::Bytes frame, TimePoint limit, Exchange::Answered answered) {
  calls_->call(std::move(frame), limit, std::move(answered));
}

// -- about one actor there

namespace {

template <class Request>
Request about(const Address& actor, const std::string& host, std::uint16_t port) {
  Request request;
  request.set_host(host);
  request.set_port(port);
  request.set_name(peer_name(actor));
  return request;
}

}  // namespace

void Destination::request(const google::protobuf::MessageLite& request,
                          const wire::Metadata* metadata, TimePoint limit,
                          std::string_view answer_type, std::function<void(Status)> done) {
  wire::Buffer frame;
  if (Status written = wire::append_frame(frame, request, metadata); !written)
    return done(std::move(written));
  call(net::Bytes::own(std::move(frame)), limit,
       [answer_type, done = std::move(done)](Result<std::string_view> answer) {
         done(check_answer(std::move(answer), answer_type));
       });
}

void Destination::watch(const Address& actor, const Pid& watcher) {
  auto query = about<internalpb::RemoteWatchRequest>(actor, host_, port_);
  query.set_watcher_address(watcher.path());
  request(query, nullptr, runtime_.clock().now() + options_.watch_timeout,
          "internalpb.RemoteWatchResponse",
          [runtime = runtime_, path = actor.text()](const Status& watched) {
            if (!watched)
              runtime.options().logger.warn(
                  "an actor on another node cannot be watched",
                  {{"actor", path}, {"reason", watched.error().message()}});
          });
}

void Destination::unwatch(const Address& actor, const Pid& watcher) {
  auto query = about<internalpb::RemoteUnWatchRequest>(actor, host_, port_);
  query.set_watcher_address(watcher.path());
  request(query, nullptr, runtime_.clock().now() + options_.watch_timeout,
          "internalpb.RemoteUnWatchResponse", [](const Status&) {});
}

void Destination::order(const Address& actor, RemoteOrder order, Duration timeout,
                        std::function<void(Status)> done) {
  wire::Metadata metadata;
  metadata.remaining = timeout;
  const TimePoint limit = wire::deadline_after(runtime_.clock().now(), timeout + kGrace);
  const auto ended = [runtime = runtime_, path = actor.text(), done = std::move(done)](Status did) {
    // Who is not there needs no stop: so it is with GoAkt.
    if (!did && did.error().is(ErrorCode::address_not_found)) did = {};
    if (done) return done(std::move(did));
    if (!did)
      runtime.options().logger.warn("an actor on another node did not do what it was told",
                                    {{"actor", path}, {"reason", did.error().message()}});
  };
  switch (order) {
    case RemoteOrder::stop:
      return request(about<internalpb::RemoteStopRequest>(actor, host_, port_), &metadata, limit,
                     "internalpb.RemoteStopResponse", ended);
    case RemoteOrder::restart:
      return request(about<internalpb::RemoteReSpawnRequest>(actor, host_, port_), &metadata, limit,
                     "internalpb.RemoteReSpawnResponse", ended);
    case RemoteOrder::reinstate:
      return request(about<internalpb::RemoteReinstateRequest>(actor, host_, port_), nullptr, limit,
                     "internalpb.RemoteReinstateResponse", ended);
  }
}

void Destination::close(TimePoint limit) {
  calls_->close();
  std::shared_ptr<Exchange> link;
  {
    std::unique_lock lock(mutex_);
    is_closed_ = true;
    const auto left = std::max(limit - runtime_.clock().now(), Duration::zero());
    all_sent_.wait_for(lock, left, [this] { return outbox_.is_empty() && under_way_ == 0; });
    link = exchange_;
  }
  lose_queued(Error(ErrorCode::system_shutting_down));
  if (link) link->post([link] { link->close(); });
}

}  // namespace goakt::remoting
