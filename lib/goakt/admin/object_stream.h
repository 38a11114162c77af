#pragma once

#include "goakt/admin/json.h"
#include "goakt/admin/router.h"
#include "goakt/admin/traffic.h"

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>

namespace goakt::admin {

// A body of JSON objects that come as they happen: one per line, or as server-sent events for
// whoever asks for those. Says every 15 seconds that it is still there, ends when the caller's
// `maxAge` is over, and says good-bye when the node stops.
class ObjectStream : public BodyStream {
 public:
  static constexpr std::chrono::seconds kHeartbeat{15};

  Piece next() final;
  std::string farewell() final;

 protected:
  // Adds what has come to the piece with put(); waits for it, at most a second. False: the end.
  virtual bool more() = 0;

  void put(const Json& object, std::string_view id = {}, std::string_view type = {});

 private:
  template <class S, class... Args>
  friend Reply open_stream(const Request& request, Traffic& traffic, Args&&... args);

  using Clock = std::chrono::steady_clock;

  bool as_events_ = false;
  std::string piece_;
  Clock::time_point last_ = Clock::now();
  std::optional<Clock::time_point> end_;
  Traffic::Slot slot_;
};

// The caller wants to stay and see what comes: `follow`, or an Accept of server-sent events.
bool wants_to_follow(const Request& request);

// "maxAge" of a stream; a refusal when it is no duration.
tl::expected<std::optional<std::chrono::milliseconds>, Refusal> max_age(const Request& request);
bool wants_events(const Request& request);

// Answers with a stream of class S, made of `args`; 429 when there are too many.
template <class S, class... Args>
Reply open_stream(const Request& request, Traffic& traffic, Args&&... args) {
  const auto age = max_age(request);
  if (!age) return refuse(age.error());
  auto slot = traffic.open_stream();
  if (!slot) {
    return refuse(Refusal(Problem::too_many_streams,
                          "all " + std::to_string(traffic.most_streams()) + " streams are in use")
                      .with_hint("admin.max-streams allows more"));
  }
  auto stream = std::make_shared<S>(std::forward<Args>(args)...);
  stream->slot_ = std::move(slot);
  stream->as_events_ = wants_events(request);
  if (*age) stream->end_ = std::chrono::steady_clock::now() + **age;
  Response response;
  response.content_type = stream->as_events_ ? kEventsType : kLinesType;
  response.stream = std::move(stream);
  return response;
}

}  // namespace goakt::admin
