#include "goakt/remoting/internal/asks.h"

#include "goakt/base/address.h"
#include "goakt/base/errors.h"
#include "goakt/remoting/internal/payloads.h"
#include "goakt/wire/durations.h"

#include <algorithm>
#include <utility>
#include <vector>

namespace goakt::remoting {

namespace {

constexpr std::string_view kTimedOut = "request timed out";
constexpr std::string_view kPastDeadline = "context deadline exceeded\nrequest timed out";

wire::RemoteError send_failure(RemoteCode code, std::string_view text) {
  return {code, "remote send failed\n" + std::string(text)};
}

// One request's questions, under way. Belongs to whoever drives it: the thread that runs step(), or
// an open ask, whose one answer, be it the end of the time, comes to answered().
class Run final : public RemoteAsker {
 public:
  Run(LocalNode& node, Asks asks, Reply reply)
      : kept_(node.shared_from_this()),
        node_(node),
        asks_(std::move(asks)),
        reply_(std::move(reply)) {}

  // Asks the next question, or ends. The object may be gone afterwards.
  void step() {
    if (next_ == asks_.batch.messages.size()) return succeed();
    const wire::RemoteMessage& remote = asks_.batch.messages[next_++];
    auto receiver = find(remote.receiver);
    if (!receiver) return end(receiver.error());
    if (!receiver->is_running())
      return end(send_failure(RemoteCode::internal_error, error_text(ErrorCode::dead)));
    auto message = decode(node_, remote.payload);
    if (!message)
      return end(send_failure(RemoteCode::internal_error,
                              "invalid remote message\n" + message.error().message()));
    if (!remote.sender.empty() && !Address::parse(remote.sender))
      return end(send_failure(
          RemoteCode::internal_error,
          "invalid remote message\n" + Address::parse(remote.sender).error().message()));
    if (asks_.context) message = std::move(*message).with_context(asks_.context);
    limit_ = time_limit();
    node_.runtime.ask(*receiver, *std::move(message), node_.sender(remote.sender), limit_, *this,
                      node_.options.inline_asks);
  }

 private:
  Answer<Pid> find(std::string_view receiver) const {
    if (const Pid pid = node_.find(receiver)) return pid;
    const auto address = Address::parse(receiver);
    if (!address) return refuse(RemoteCode::invalid_argument, address.error());
    if (auto ours = node_.check_host(address->host(), address->port()); !ours)
      return tl::unexpected<wire::RemoteError>(ours.error());
    if (const Pid pid = node_.find(address->text())) return pid;
    return refuse(RemoteCode::not_found, errors::address_not_found(receiver));
  }

  TimePoint time_limit() {
    const TimePoint now = node_.runtime.clock().now();
    const auto timeout = asks_.batch.timeout.value_or(node_.runtime.options().ask_timeout);
    const TimePoint due = wire::deadline_after(now, std::max(timeout, Duration::zero()));
    is_deadline_ = asks_.deadline && *asks_.deadline < due;
    return is_deadline_ ? *asks_.deadline : due;
  }

  void asked(std::uint64_t origin) override { node_.ask_opened(*this, origin); }

  void answered(Result<Message> answer) override {
    node_.ask_closed(*this);
    if (answer) {
      answers_.push_back(*std::move(answer));
      return step();
    }
    const Error& error = answer.error();
    // A failing actor does not answer in GoAkt: the asker waits in vain.
    if (error.code() == ErrorCode::panic && node_.runtime.clock().now() < limit_)
      return node_.runtime.ask({}, Message(), {}, limit_, *this);
    if (error.code() == ErrorCode::panic || error.code() == ErrorCode::request_timeout)
      return time_out();
    end(send_failure(RemoteCode::internal_error, error.message()));
  }

  void time_out() {
    end(send_failure(RemoteCode::deadline_exceeded, is_deadline_ ? kPastDeadline : kTimedOut));
  }

  void succeed() {
    std::vector<wire::OutgoingPayload> payloads;
    payloads.reserve(answers_.size());
    for (const Message& answer : answers_) {
      auto payload = node_.serializers().encode(answer);
      if (!payload) return end({RemoteCode::internal_error, payload.error().message()});
      payloads.push_back(*std::move(payload));
    }
    wire::Buffer frame;
    if (Status written = wire::append_ask_response(frame, payloads); !written)
      return end({RemoteCode::internal_error, written.error().message()});
    reply_.send(net::Bytes::own(std::move(frame)));
    delete this;
  }

  void end(const wire::RemoteError& error) {
    reply_.fail(error);
    delete this;
  }

  const std::shared_ptr<LocalNode> kept_;
  LocalNode& node_;
  const Asks asks_;
  Reply reply_;
  std::size_t next_ = 0;
  std::vector<Message> answers_;
  TimePoint limit_{};
  bool is_deadline_ = false;  // the limit is the request's, not the timeout of each question
};

}  // namespace

void run_asks(LocalNode& node, Asks asks, Reply reply) {
  (new Run(node, std::move(asks), std::move(reply)))->step();
}

}  // namespace goakt::remoting
