#include "goakt/admin/actor_json.h"
#include "goakt/admin/cursor.h"
#include "goakt/admin/object_stream.h"
#include "goakt/admin/operation_json.h"
#include "goakt/admin/query_values.h"
#include "goakt/admin/routes.h"
#include "goakt/node/node.h"

#include <thread>

namespace goakt::admin {

using node::OperationPtr;
using node::OperationStatus;

namespace {

Json progress_json(const OperationStatus& status) {
  Json json;
  json.set("total", status.total).set("done", status.done);
  json.set("failed", status.failed).set("skipped", status.skipped);
  if (!status.started) return json;
  const WallTime end = status.finished.value_or(SystemClock::instance().wall());
  const double seconds = std::chrono::duration<double>(end - *status.started).count();
  if (seconds <= 0 || status.done == 0) return json;
  const double rate = static_cast<double>(status.done) / seconds;
  json.set("ratePerSecond", rate);
  const std::uint64_t over = status.done + status.failed + status.skipped;
  if (!status.finished && status.total > over)
    json.set("etaSeconds", static_cast<double>(status.total - over) / rate);
  return json;
}

}  // namespace

Json failure_json(const node::OperationFailure& failure) {
  Json json;
  json.set("id", failure.id).set("kind", failure.kind);
  json.set("code", problem_code(failure.code)).set("detail", failure.detail);
  return json;
}

Json operation_json(const OperationStatus& status) {
  Json json;
  json.set("kind", "Operation").set("id", status.id).set("type", status.type);
  json.set("target", status.target).set("state", to_string(status.state));
  if (!status.phase.empty()) json.set("phase", status.phase);
  json.set("by", status.by).set("requestId", status.request_id);
  json.set("createdAt", time_text(status.created));
  if (status.started) json.set("startedAt", time_text(*status.started));
  if (status.finished) json.set("finishedAt", time_text(*status.finished));
  if (status.deadline) json.set("deadline", time_text(*status.deadline));
  json.set("cancellable", !is_over(status.state)).set("progress", progress_json(status));
  Json failures = Json::array();
  for (const auto& failure : status.failures) failures.add(failure_json(failure));
  json.set("failures", std::move(failures));
  json.set("failuresTruncated", status.failure_count - status.failures.size());
  if (status.problem) json.set("problem", Refusal::from(*status.problem).to_json());
  if (!status.result.empty()) json.set_raw("result", status.result);
  return json;
}

Response accepted(const node::Operation& operation) {
  Response response = answer(operation_json(operation.status()), 202);
  response.set_header("Location", "/v1/operations/" + operation.id());
  response.set_header("Retry-After", "1");
  return response;
}

namespace {

// The document at each change, at most five a second, the last one always.
class OperationFollower final : public ObjectStream {
 public:
  explicit OperationFollower(OperationPtr operation) : operation_(std::move(operation)) {}

 protected:
  bool more() override {
    if (sent_) std::this_thread::sleep_for(std::chrono::milliseconds(200));
    const auto status = operation_->changed_since(version_, std::chrono::milliseconds(800));
    if (sent_ && status.version == version_) return true;
    version_ = status.version;
    sent_ = true;
    put(operation_json(status), {}, "operation");
    return !is_over(status.state);
  }

 private:
  const OperationPtr operation_;
  std::uint64_t version_ = UINT64_MAX;
  bool sent_ = false;
};

Reply list(const Request& request, node::Node& node) {
  const auto limit = query_number(request, "limit", 100, 1, 1'000);
  if (!limit) return refuse(limit.error());
  const bool running = query_switch(request, "running");
  const std::string_view state = request.query_value("state");
  const std::string_view type = request.query_value("type");
  Json items = Json::array();
  for (const OperationPtr& operation : node.operations().all()) {
    if (items.size() == static_cast<std::size_t>(*limit)) break;
    const OperationStatus status = operation->status();
    if ((running && is_over(status.state)) ||
        (!state.empty() && to_string(status.state) != state) ||
        (!type.empty() && status.type != type))
      continue;
    items.add(operation_json(status));
  }
  return answer(list_of(std::move(items)));
}

Reply failures(const Request& request, const OperationPtr& operation) {
  const auto limit = query_number(request, "limit", 100, 1, 1'000);
  if (!limit) return refuse(limit.error());
  const WallTime now = SystemClock::instance().wall();
  auto cursor = Cursor::parse(request.query_value("page"), operation->id(), now);
  if (!cursor) return refuse(cursor.error());
  const auto page = operation->failures(cursor->position, static_cast<std::size_t>(*limit) + 1);
  Json items = Json::array();
  for (std::size_t i = 0; i < page.size() && i < static_cast<std::size_t>(*limit); ++i)
    items.add(failure_json(page[i]));
  cursor->position += items.size();
  const bool more = page.size() > static_cast<std::size_t>(*limit);
  return answer(
      list_of(std::move(items), more ? cursor->to_text(operation->id(), now) : std::string()));
}

Prepared cancel(node::Node& node, const OperationPtr& operation) {
  const auto over = [] { return refuse(Problem::wrong_state, "the operation is over"); };
  if (is_over(operation->status().state)) return over();
  return Change{"operation.cancel", operation->id(), "would cancel " + operation->id(),
                [operation, over, &node]() -> Reply {
                  if (!node.operations().cancel(*operation)) return over();
                  return accepted(*operation);
                }};
}

// What an operation has made: a file.
Reply result(const OperationPtr& operation) {
  const auto attachment = operation->attachment();
  if (!attachment) {
    return is_over(operation->status().state)
               ? refuse(Problem::not_found, "this operation has made no file")
               : refuse(Problem::wrong_state, "the operation still runs");
  }
  Response response;
  response.content_type = attachment->content_type;
  response.body = attachment->bytes;
  return response;
}

}  // namespace

void add_operation_routes(Router& router, node::Node& node, Traffic& traffic) {
  const auto not_found = [](const Request& request) {
    return refuse(Problem::operation_not_found,
                  "no operation \"" + std::string(request.param("id")) + "\" is kept here");
  };
  const auto on = [&node, not_found](auto act) -> Handler {
    return [&node, not_found, act](const Request& request) -> Reply {
      const OperationPtr operation = node.operations().find(request.param("id"));
      if (!operation) return not_found(request);
      return act(request, operation);
    };
  };
  router.add("GET", "/v1/operations", Role::viewer,
             [&node](const Request& request) { return list(request, node); });
  router.add("GET", "/v1/operations/{id}", Role::viewer,
             on([](const Request&, const OperationPtr& operation) -> Reply {
               return answer(operation_json(operation->status()));
             }));
  router.change("POST", "/v1/operations/{id}/cancel", Role::operate,
                [&node, not_found](const Request& request) -> Prepared {
                  const OperationPtr operation = node.operations().find(request.param("id"));
                  if (!operation) return not_found(request);
                  return cancel(node, operation);
                });
  router.add("GET", "/v1/operations/{id}/stream", Role::viewer,
             on([&traffic](const Request& request, const OperationPtr& operation) {
               return open_stream<OperationFollower>(request, traffic, operation);
             }));
  router.add("GET", "/v1/operations/{id}/failures", Role::viewer, on(failures));
  router.add("GET", "/v1/operations/{id}/result", Role::admin,
             on([](const Request&, const OperationPtr& operation) { return result(operation); }));
}

}  // namespace goakt::admin
