#pragma once

#include "goakt/gossip/context.h"
#include "goakt/gossip/membership.h"
#include "goakt/gossip/stream.h"

#include <cstddef>
#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace goakt::gossip {

// All streams of a core: full exchanges of state, pings over TCP, users' messages; ours and those
// that others open. Each has one deadline, after which it is closed whatever happens.
class Exchanges {
 public:
  // The reason why it failed; empty: it went well.
  using Done = std::function<void(const std::string& error)>;

  Exchanges(Context& context, Membership& membership)
      : context_(context), membership_(membership) {}

  void push_pull(const Endpoint& with, bool join, Done done);
  void ping(const Endpoint& target, std::string name, std::uint32_t seq, TimePoint deadline,
            Done done);
  void send_user(const Endpoint& to, std::string bytes, Done done);

  // What happens to streams.
  StreamId accepted(const Endpoint& from);
  void opened(StreamId id);
  void received(StreamId id, std::string_view bytes);
  void closed(StreamId id, const std::string& why);

  // Without telling anybody.
  void close_all();

  std::size_t size() const noexcept { return streams_.size(); }

  std::size_t inbound() const noexcept { return inbound_; }

 private:
  struct Stream {
    explicit Stream(const Sealing& sealing, StreamReader::Side s) : side(s), reader(sealing, s) {}

    StreamId id = 0;
    StreamReader::Side side;
    StreamReader reader;
    Endpoint peer;
    std::string request;
    // What is expected back; none: closed as soon as the request is written.
    std::optional<Kind> answer;
    std::uint32_t seq = 0;
    // Fixed for pings; for the others renewed with every step.
    std::optional<TimePoint> fixed_deadline;
    std::size_t received = 0;
    TimerId timer;
    Done done;
  };

  using Streams = std::map<StreamId, std::unique_ptr<Stream>>;

  Stream& open(const Endpoint& to, std::string request, std::optional<Kind> answer, Done done);
  void arm(Stream& stream);
  void finish(StreamId id, const std::string& error);
  void serve(StreamId id, StreamMessage message);
  std::string take_answer(const Stream& stream, StreamMessage message);
  void write(StreamId id, std::string message);
  PushPull own_state(bool join);
  std::string merge(const PushPull& remote);

  Context& context_;
  Membership& membership_;
  Streams streams_;
  std::size_t inbound_ = 0;
  std::size_t inbound_bytes_ = 0;
};

}  // namespace goakt::gossip
