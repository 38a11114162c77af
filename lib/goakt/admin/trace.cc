#include "goakt/actor/tap.h"
#include "goakt/admin/actor_json.h"
#include "goakt/admin/object_stream.h"
#include "goakt/admin/routes.h"
#include "goakt/node/message_json.h"
#include "goakt/node/node.h"

namespace goakt::admin {

namespace {

class TraceFollower final : public ObjectStream {
 public:
  TraceFollower(const node::Node& node, std::unique_ptr<Tap> tap, Pid pid,
                std::chrono::milliseconds time, std::uint64_t most, bool bodies)
      : node_(node),
        tap_(std::move(tap)),
        pid_(pid),
        until_(std::chrono::steady_clock::now() + time),
        left_(most),
        bodies_(bodies) {}

 protected:
  bool more() override {
    const auto now = std::chrono::steady_clock::now();
    const auto wait =
        std::min<std::chrono::steady_clock::duration>(until_ - now, std::chrono::milliseconds(500));
    const bool over = now >= until_;
    for (TappedMessage& message :
         tap_->take(over ? std::chrono::milliseconds(0)
                         : std::chrono::ceil<std::chrono::milliseconds>(wait))) {
      if (left_ == 0) break;
      --left_;
      put(to_json(message), {}, "message");
    }
    if (const std::uint64_t dropped = tap_->dropped(); dropped != dropped_) {
      Json gap;
      gap.set("type", "gap").set("missed", dropped - std::exchange(dropped_, dropped));
      put(gap, {}, "gap");
    }
    if (!over && left_ > 0 && pid_.is_running()) return true;
    Json end;
    end.set("type", "end").set("reason", left_ == 0 ? "max" : over ? "time" : "actor-stopped");
    put(end, {}, "end");
    return false;
  }

 private:
  Json to_json(const TappedMessage& message) const {
    Json json;
    json.set("type", "message").set("time", time_text(message.time)).set("direction", "in");
    json.set("messageType", message.type);
    if (!message.sender.empty()) json.set("from", message.sender);
    json.set("nanos", message.took.count()).set("failed", message.threw);
    if (bodies_ && message.body) {
      if (const auto body = node::json_from_message(*node_.types(), message.body))
        json.set_raw("message", *body);
    }
    return json;
  }

  const node::Node& node_;
  const std::unique_ptr<Tap> tap_;
  const Pid pid_;
  const std::chrono::steady_clock::time_point until_;
  std::uint64_t left_;
  std::uint64_t dropped_ = 0;
  const bool bodies_;
};

// {"actor", "forMs", "max", "bodies"}
Prepared trace(const Request& request, node::Node& node, Traffic& traffic) {
  const auto body = Json::parse(request.body);
  if (!body) return refuse(body.error());
  Fields fields(*body);
  const std::string actor = fields.required_text("actor");
  const auto time = fields.integer("forMs", 1, 3'600'000).value_or(10'000);
  const auto most = fields.integer("max", 1, 1'000'000).value_or(1'000);
  const bool bodies = fields.flag("bodies").value_or(false);
  if (auto errors = fields.finish(); !errors.empty())
    return refuse(Refusal::invalid(std::move(errors)));
  const auto pid = node.find(actor);
  if (!pid) return refuse(pid.error());
  // The request outlives what is done for it.
  return Change{"trace", actor,
                "would show up to " + std::to_string(most) + " messages of " + actor,
                [=, pid = *pid, &request, &node, &traffic]() -> Reply {
                  auto tap = Tap::open(pid, {.bodies = bodies});
                  if (!tap && tap.error().is(ErrorCode::invalid_instance))
                    return refuse(Problem::feature_disabled, tap.error().message());
                  if (!tap) return refuse(tap.error());
                  return open_stream<TraceFollower>(request, traffic, node, *std::move(tap), pid,
                                                    std::chrono::milliseconds(time),
                                                    static_cast<std::uint64_t>(most), bodies);
                }};
}

}  // namespace

void add_trace_routes(Router& router, node::Node& node, Traffic& traffic) {
  router.change("POST", "/v1/trace", Role::operate, [&node, &traffic](const Request& request) {
    return trace(request, node, traffic);
  });
}

}  // namespace goakt::admin
