#include "goakt/gossip/exchanges.h"

#include <algorithm>
#include <utility>

namespace goakt::gossip {

PushPull Exchanges::own_state(bool join) {
  auto state = membership_.state(join);
  state.user_state = context_.delegate.local_state(join);
  return state;
}

std::string Exchanges::merge(const PushPull& remote) {
  if (auto merged = membership_.merge(remote); !merged) return merged.error().message();
  if (!remote.user_state.empty()) context_.emit(RemoteState{remote.user_state, remote.join});
  return {};
}

void Exchanges::push_pull(const Endpoint& with, bool join, Done done) {
  open(with, encode(own_state(join)), Kind::push_pull, std::move(done));
}

void Exchanges::ping(const Endpoint& target, std::string name, std::uint32_t seq,
                     TimePoint deadline, Done done) {
  Ping message;
  message.seq = seq;
  message.node = std::move(name);
  message.source_ip = context_.config.advertise.ip;
  message.source_port = context_.config.advertise.port;
  message.source_node = context_.config.name;
  auto& stream = open(target, encode(message), Kind::ack, std::move(done));
  stream.seq = seq;
  stream.fixed_deadline = deadline;
  arm(stream);
}

void Exchanges::send_user(const Endpoint& to, std::string bytes, Done done) {
  open(to, encode(UserMessage{std::move(bytes)}), std::nullopt, std::move(done));
}

auto Exchanges::open(const Endpoint& to, std::string request, std::optional<Kind> answer, Done done)
    -> Stream& {
  const auto id = context_.next_id();
  auto& stream = *streams_
                      .emplace(id, std::make_unique<Stream>(context_.config.sealing,
                                                            StreamReader::Side::initiator))
                      .first->second;
  stream.id = id;
  stream.peer = to;
  stream.request = std::move(request);
  stream.answer = answer;
  stream.done = std::move(done);
  arm(stream);
  context_.emit(OpenStream{id, to});
  return stream;
}

StreamId Exchanges::accepted(const Endpoint& from) {
  const auto id = context_.next_id();
  if (inbound_ >= context_.config.max_inbound_streams) {
    ++context_.counters.refused_streams;
    context_.emit(CloseStream{id});
    return id;
  }
  ++inbound_;
  auto& stream = *streams_
                      .emplace(id, std::make_unique<Stream>(context_.config.sealing,
                                                            StreamReader::Side::acceptor))
                      .first->second;
  stream.id = id;
  stream.peer = from;
  arm(stream);
  return id;
}

void Exchanges::arm(Stream& stream) {
  context_.timers.cancel(stream.timer);
  const auto due = stream.fixed_deadline.value_or(context_.now + context_.config.tcp_timeout);
  stream.timer = context_.timers.at(due, [this, id = stream.id] { finish(id, "i/o timeout"); });
}

void Exchanges::write(StreamId id, std::string message) {
  auto bytes = seal_stream(context_.config.sealing, std::move(message), context_.fresh_nonce());
  const auto& stream = *streams_.at(id);
  if (stream.side == StreamReader::Side::initiator)
    bytes.insert(0, label_header(context_.config.sealing.label));
  context_.emit(WriteStream{id, std::move(bytes)});
}

void Exchanges::opened(StreamId id) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  auto& stream = *found->second;
  arm(stream);
  write(id, std::move(stream.request));
  if (!stream.answer) finish(id, {});
}

void Exchanges::received(StreamId id, std::string_view bytes) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  auto& stream = *found->second;
  const bool inbound = stream.side == StreamReader::Side::acceptor;
  stream.received += bytes.size();
  if (inbound) inbound_bytes_ += bytes.size();
  if (inbound_bytes_ > context_.config.max_inbound_bytes) {
    ++context_.counters.refused_streams;
    return finish(id, "too many bytes are being received");
  }

  const auto progress = stream.reader.feed(bytes);
  if (!progress) {
    if (inbound && progress.error().answer) write(id, encode(ErrorMessage{progress.error().text}));
    return finish(id, progress.error().text);
  }
  if (inbound && stream.reader.reads_push_pull()) {
    const auto reading = std::count_if(streams_.begin(), streams_.end(), [](const auto& other) {
      return other.second->side == StreamReader::Side::acceptor &&
             other.second->reader.reads_push_pull();
    });
    if (static_cast<std::size_t>(reading) > context_.config.max_inbound_push_pulls) {
      ++context_.counters.refused_streams;
      return finish(id, "too many push/pulls");
    }
  }
  if (!*progress) return;
  auto message = stream.reader.take();
  if (inbound) {
    serve(id, std::move(message));
    finish(id, {});
  } else {
    const auto error = take_answer(stream, std::move(message));
    finish(id, error);
  }
}

void Exchanges::closed(StreamId id, const std::string& why) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  finish(id, why.empty() ? "EOF" : why);
}

void Exchanges::serve(StreamId id, StreamMessage message) {
  if (const auto* remote = std::get_if<PushPull>(&message)) {
    // Answered first: if the merge is refused, the other side does not hear of it.
    write(id, encode(own_state(remote->join)));
    merge(*remote);
  } else if (auto* user = std::get_if<UserMessage>(&message)) {
    if (!user->bytes.empty()) context_.emit(UserData{std::move(user->bytes)});
  } else if (const auto* ping = std::get_if<Ping>(&message)) {
    if (ping->node.empty() || ping->node == context_.config.name)
      write(id, encode(Ack{ping->seq, {}}));
  }
}

std::string Exchanges::take_answer(const Stream& stream, StreamMessage message) {
  if (const auto* error = std::get_if<ErrorMessage>(&message))
    return "remote error: " + error->text;
  if (stream.answer == Kind::push_pull) {
    const auto* remote = std::get_if<PushPull>(&message);
    return remote == nullptr ? "unexpected answer" : merge(*remote);
  }
  const auto* ack = std::get_if<Ack>(&message);
  return ack != nullptr && ack->seq == stream.seq ? "" : "unexpected answer";
}

void Exchanges::finish(StreamId id, const std::string& error) {
  const auto found = streams_.find(id);
  if (found == streams_.end()) return;
  const auto stream = std::move(found->second);
  streams_.erase(found);
  context_.timers.cancel(stream->timer);
  if (stream->side == StreamReader::Side::acceptor) {
    --inbound_;
    inbound_bytes_ -= stream->received;
  }
  context_.emit(CloseStream{id});
  // Last: it may open the next stream.
  if (stream->done) stream->done(error);
}

void Exchanges::close_all() {
  for (auto& [id, stream] : std::exchange(streams_, {})) {
    context_.timers.cancel(stream->timer);
    context_.emit(CloseStream{id});
  }
  inbound_ = 0;
  inbound_bytes_ = 0;
}

}  // namespace goakt::gossip
