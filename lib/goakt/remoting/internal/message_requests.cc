#include "goakt/base/address.h"
#include "goakt/message/context.h"
#include "goakt/remoting/internal/asks.h"
#include "goakt/remoting/internal/local_node.h"
#include "goakt/remoting/internal/payloads.h"
#include "goakt/wire/batch.h"
#include "goakt/wire/durations.h"

#include <chrono>
#include <memory>
#include <span>
#include <string>
#include <utility>
#include <vector>

// What arrives for actors: tells and asks, each with many messages.

namespace goakt::remoting {

namespace {

// The frame of an empty RemoteTellResponse: all that a tell is ever answered with.
constexpr std::string_view kTold("\0\0\0\x25\0\0\0\x1dinternalpb.RemoteTellResponse", 37);

// Tells the messages of one request, in their order.
class Teller {
 public:
  Teller(LocalNode& node, const ContextRef& context) : node_(node), context_(context) {}

  // From that one on. Returns the first that has to wait for room in a mailbox, or their number.
  std::size_t tell(const wire::Batch& batch, std::size_t from) {
    const auto& messages = batch.messages;
    while (from < messages.size() && tell(messages[from], batch.headers_of(messages[from]))) ++from;
    return from;
  }

 private:
  bool tell(const wire::RemoteMessage& remote, std::span<const wire::Header> headers) {
    auto message = decode(node_, remote.payload);
    if (!message) {
      node_.runtime.options().logger.warn("a message from another node cannot be read",
                                          {{"receiver", remote.receiver},
                                           {"sender", remote.sender},
                                           {"reason", message.error().message()}});
      return true;
    }
    ContextRef context = context_;
    if (!headers.empty()) {
      auto own = node_.context_of(headers);
      if (!own) return lose(remote, *message, own.error().message);
      context = *std::move(own);
    }
    if (context) message = std::move(*message).with_context(std::move(context));
    // Batches often go to one receiver, from one sender.
    if (remote.receiver != receiver_name_) {
      receiver_ = node_.find(remote.receiver);
      receiver_name_ = remote.receiver;
    }
    if (remote.sender != sender_name_) {
      sender_ = node_.sender(remote.sender);
      sender_name_ = remote.sender;
    }
    if (!receiver_ || !receiver_.is_running())
      return lose(remote, *message,
                  error_text(receiver_ ? ErrorCode::dead : ErrorCode::address_not_found));
    const MessageType& type = message->type();
    const auto sent = node_.runtime.tell_if_room(receiver_, *message, sender_);
    if (sent) return *sent;
    node_.runtime.lose(remote.sender, remote.receiver, type.name, sent.error().message());
    return true;
  }

  bool lose(const wire::RemoteMessage& remote, const Message& message, std::string_view reason) {
    if (Address::parse(remote.receiver))
      node_.runtime.lose(remote.sender, remote.receiver, message.type_name(), reason);
    else
      node_.runtime.options().logger.warn(
          "a message from another node names no address",
          {{"receiver", remote.receiver}, {"type", message.type_name()}});
    return true;
  }

  LocalNode& node_;
  const ContextRef& context_;
  std::string_view receiver_name_;
  std::string_view sender_name_;
  Pid receiver_;
  Pid sender_;
};

// The rest of a request whose receiver's mailbox is full and makes senders wait. It is not answered
// until all of it was told, so what its connection brings next waits, too.
struct Rest {
  std::string body;  // what the batch has views into
  wire::Batch batch;
  ContextRef context;
  std::size_t next = 0;
  Reply reply;
};

void tell_later(LocalNode& node, std::shared_ptr<Rest> rest) {
  constexpr auto kPause = std::chrono::milliseconds(1);
  const TimePoint then = node.runtime.clock().now() + kPause;
  node.runtime.at(then, [kept = node.shared_from_this(), &node, rest = std::move(rest)] {
    if (auto enabled = node.check_enabled(); !enabled) return rest->reply.fail(enabled.error());
    rest->next = Teller(node, rest->context).tell(rest->batch, rest->next);
    if (rest->next == rest->batch.messages.size())
      return rest->reply.send(net::Bytes::constant(kTold));
    tell_later(node, rest);
  });
}

void tell(LocalNode& node, const Request& request, Reply reply) {
  // Kept by the thread for its memory.
  static thread_local wire::Batch batch;
  if (!wire::parse_tell(request.body, batch)) return reply.hang_up();
  if (auto enabled = node.check_enabled(); !enabled) return reply.fail(enabled.error());
  auto context = node.context_of(request.metadata.headers);
  if (!context) return reply.fail(context.error());
  const std::size_t told = Teller(node, *context).tell(batch, 0);
  if (told == batch.messages.size()) return reply.send(net::Bytes::constant(kTold));
  auto rest = std::make_shared<Rest>(Rest{.body = std::string(request.body),
                                          .batch = {},
                                          .context = *std::move(context),
                                          .next = told,
                                          .reply = std::move(reply)});
  static_cast<void>(wire::parse_tell(rest->body, rest->batch));  // has been read before
  tell_later(node, std::move(rest));
}

void ask(LocalNode& node, const Request& request, Reply reply) {
  auto body = std::make_unique<std::string>(request.body);
  wire::Batch batch;
  if (!wire::parse_ask(*body, batch)) return reply.hang_up();
  if (auto enabled = node.check_enabled(); !enabled) return reply.fail(enabled.error());
  auto context = node.context_of(request.metadata.headers);
  if (!context) return reply.fail(context.error());
  run_asks(node,
           Asks{.body = std::move(body),
                .batch = std::move(batch),
                .context = *std::move(context),
                .deadline = request.deadline},
           std::move(reply));
}

}  // namespace

void add_message_requests(Handlers& handlers, LocalNode& node) {
  handlers.set(std::string(wire::kTellType), [&node](const Request& request, Reply reply) {
    tell(node, request, std::move(reply));
  });
  handlers.set(std::string(wire::kAskType), [&node](const Request& request, Reply reply) {
    ask(node, request, std::move(reply));
  });
}

}  // namespace goakt::remoting
