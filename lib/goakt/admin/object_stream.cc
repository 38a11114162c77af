#include "goakt/admin/object_stream.h"

#include "goakt/admin/query_values.h"
#include "goakt/base/text.h"

namespace goakt::admin {

void ObjectStream::put(const Json& object, std::string_view id, std::string_view type) {
  const std::string line = object.dump();
  if (as_events_) {
    if (!id.empty()) piece_.append("id: ").append(id).append("\n");
    if (!type.empty()) piece_.append("event: ").append(type).append("\n");
    piece_.append("data: ").append(line).append("\n\n");
  } else {
    piece_.append(line).append("\n");
  }
}

BodyStream::Piece ObjectStream::next() {
  Piece piece;
  const bool goes_on = more();
  const auto now = Clock::now();
  if (!goes_on) {
    piece.end = true;
  } else if (end_ && now >= *end_) {
    Json end;
    end.set("type", "end").set("reason", "max-age");
    put(end, {}, "end");
    piece.end = true;
  } else if (piece_.empty() && now - last_ >= kHeartbeat) {
    piece_ = as_events_ ? ": heartbeat\n\n" : "{\"type\":\"heartbeat\"}\n";
  }
  piece.text.swap(piece_);
  if (!piece.text.empty()) last_ = now;
  return piece;
}

std::string ObjectStream::farewell() {
  Json end;
  end.set("type", "end").set("reason", "node-leaving");
  put(end, {}, "end");
  return std::move(piece_);
}

bool wants_events(const Request& request) {
  return request.header("accept").find(kEventsType) != std::string_view::npos;
}

bool wants_to_follow(const Request& request) {
  return query_switch(request, "follow") || wants_events(request);
}

tl::expected<std::optional<std::chrono::milliseconds>, Refusal> max_age(const Request& request) {
  const std::string text(request.query_value("maxAge"));
  if (text.empty()) return std::nullopt;
  std::chrono::milliseconds age{};
  if (parse_duration(text, age) && age.count() > 0) return age;
  return refuse(Problem::invalid_argument, "maxAge must be a duration such as 10m");
}

}  // namespace goakt::admin
