#include "goakt/node/bench.h"

#include "goakt/admin/message_body.h"
#include "goakt/admin/operation_json.h"
#include "goakt/admin/routes.h"
#include "goakt/node/node.h"

namespace goakt::admin {

namespace {

// What is sent: the message of the request, or so many bytes as whoever gets them takes them.
Result<Message> message_of(const std::optional<std::string>& body, const Kind* kind,
                           std::size_t size, const node::Node& node) {
  if (!body) return node::bench_message(kind, size);
  GOAKT_TRY(const Json json, Json::parse(*body));
  Fields fields(json);
  MessageBody parts = MessageBody::read(fields);
  if (const auto errors = fields.finish(); !errors.empty())
    return fail(ErrorCode::invalid_message,
                "message" + errors.front().pointer + " " + errors.front().detail);
  GOAKT_TRY(const MessageBody::Types types, parts.types(node));
  return to_message(std::move(parts), kind, *types);
}

// {"type", "target" | "kind", "messages" | "forMs", "sizeBytes" | "message": {"type", "message" |
// "raw"}, "senders", "inFlight", "force"}
Prepared bench(const Request& request, node::Node& node) {
  const auto body = Json::parse(request.body);
  if (!body) return refuse(body.error());
  Fields fields(*body);
  node::BenchRequest wish;
  const std::string type = fields.word("type", {"tell", "ask", "spawn", "grain"}).value_or("tell");
  wish.target = fields.text("target").value_or("");
  wish.kind = fields.text("kind").value_or("");
  if (const auto n = fields.integer("messages", 1, 1'000'000'000))
    wish.messages = static_cast<std::uint64_t>(*n);
  if (const auto time = fields.integer("forMs", 1, 600'000))
    wish.time = std::chrono::milliseconds(*time);
  if (const auto n = fields.integer("sizeBytes", 0, 1 << 20))
    wish.size = static_cast<std::size_t>(*n);
  if (const auto n = fields.integer("senders", 1, 64)) wish.senders = static_cast<std::size_t>(*n);
  if (const auto n = fields.integer("inFlight", 1, 1'000'000))
    wish.in_flight = static_cast<std::size_t>(*n);
  const auto message = fields.raw("message");
  const bool force = fields.flag("force").value_or(false);
  if (!wish.target.empty() && !wish.kind.empty())
    fields.complain("kind", "stands beside target; one of the two is enough");
  if (auto errors = fields.finish(); !errors.empty())
    return refuse(Refusal::invalid(std::move(errors)));
  if (type == "grain") return refuse(Problem::feature_disabled, "this node has no grains");
  wish.type = type == "ask"     ? node::BenchRequest::Type::ask
              : type == "spawn" ? node::BenchRequest::Type::spawn
                                : node::BenchRequest::Type::tell;
  if (!force && node.system().num_actors() > 0) {
    return refuse(
        Refusal(Problem::wrong_state, std::to_string(node.system().num_actors()) +
                                          " actors live here, which the measurement would hold up")
            .with_hint("\"force\": true measures all the same; goaktctl bench --yes"));
  }
  std::string kind_name = wish.kind;
  if (!wish.target.empty()) {
    const auto pid = node.find(wish.target);
    if (!pid) return refuse(pid.error());
    kind_name = pid->kind();
  }
  const Kind* const kind = node.kinds().find(kind_name);
  if (!wish.kind.empty() && kind == nullptr)
    return refuse(Problem::kind_not_registered, "no kind \"" + wish.kind + "\" is registered here");
  if (wish.type != node::BenchRequest::Type::spawn) {
    auto sent = message_of(message, kind, wish.size, node);
    if (!sent) return refuse(sent.error());
    wish.message = std::make_shared<const Message>(*std::move(sent));
  }
  node::Operations::Spec spec{"bench", wish.target.empty() ? node.id() : wish.target,
                              request.caller, request.request_id};
  return Change{"bench", spec.target, "would measure " + type + " on " + spec.target,
                [spec, wish, &node]() -> Reply {
                  auto operation =
                      node.operations().start(spec, [&node, wish](node::Operation& running) {
                        return node::run_bench(node, wish, running);
                      });
                  if (!operation) return refuse(operation.error());
                  return accepted(**operation);
                }};
}

}  // namespace

void add_bench_routes(Router& router, node::Node& node) {
  router.change("POST", "/v1/bench", Role::admin,
                [&node](const Request& request) { return bench(request, node); });
}

}  // namespace goakt::admin
