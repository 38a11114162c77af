#include "goakt/admin/problem.h"

namespace goakt::admin {

namespace {

std::string_view code_of(ErrorCode code) {
  switch (code) {
    case ErrorCode::actor_not_found:
    case ErrorCode::address_not_found:
    case ErrorCode::dead:
    case ErrorCode::undefined_actor:
      return "actor-not-found";
    case ErrorCode::actor_already_exists:
      return "already-exists";
    case ErrorCode::type_not_registered:
      return "kind-not-registered";
    case ErrorCode::invalid_argument:
    case ErrorCode::name_required:
    case ErrorCode::reserved_name:
    case ErrorCode::invalid_actor_system_name:
    case ErrorCode::invalid_timeout:
    case ErrorCode::invalid_passivation_strategy:
      return "invalid-argument";
    case ErrorCode::invalid_message:
      return "invalid-message";
    case ErrorCode::unhandled:
      return "unhandled-message";
    case ErrorCode::user:
    case ErrorCode::panic:
    case ErrorCode::init_failure:
      return "actor-error";
    case ErrorCode::request_timeout:
      return "ask-timeout";
    case ErrorCode::mailbox_full:
    case ErrorCode::mailbox_disposed:
      return "mailbox-full";
    case ErrorCode::shutdown_forbidden:
      return "system-actor";
    case ErrorCode::method_call_not_allowed:
      return "wrong-state";
    case ErrorCode::cluster_disabled:
      return "not-clustered";
    case ErrorCode::remoting_disabled:
      return "feature-disabled";
    case ErrorCode::actor_system_not_started:
      return "starting";
    case ErrorCode::system_shutting_down:
    case ErrorCode::request_canceled:
      return "stopping";
    case ErrorCode::unreachable:
    case ErrorCode::connection_lost:
      return "node-unreachable";
    default:
      return "internal";
  }
}

}  // namespace

Problem::Problem(std::string_view code, std::string detail)
    : row_(&problem_code(code)), detail_(std::move(detail)) {}

Problem Problem::from(const Error& error) {
  Problem problem(code_of(error.code()), error.message());
  problem.hint_ = error.hint();
  return problem;
}

Problem Problem::invalid(std::vector<FieldError> errors) {
  Problem problem("invalid-argument", "");
  for (const FieldError& error : errors) {
    if (!problem.detail_.empty()) problem.detail_ += "; ";
    if (!error.pointer.empty()) problem.detail_.append(error.pointer.substr(1)).append(" ");
    problem.detail_ += error.detail;
  }
  problem.errors_ = std::move(errors);
  return problem;
}

Problem Problem::with_hint(std::string hint) && {
  hint_ = std::move(hint);
  return std::move(*this);
}

Json Problem::to_json() const {
  Json json;
  json.set("code", row_->code).set("status", row_->status).set("detail", detail_);
  if (!hint_.empty()) json.set("hint", hint_);
  return json;
}

Json Problem::to_json(std::string_view instance, std::string_view request_id) const {
  Json json;
  json.set("type", "https://goaktd/problems/" + std::string(row_->code))
      .set("title", row_->title)
      .set("status", row_->status)
      .set("detail", detail_)
      .set("instance", instance)
      .set("code", row_->code)
      .set("requestId", request_id)
      .set("retryable", row_->status == 429 || row_->status >= 502);
  if (!hint_.empty()) json.set("hint", hint_);
  if (!errors_.empty()) {
    Json errors = Json::array();
    for (const FieldError& error : errors_) {
      Json entry;
      entry.set("pointer", error.pointer).set("detail", error.detail);
      errors.add(std::move(entry));
    }
    json.set("errors", std::move(errors));
  }
  return json;
}

Response Problem::to_response(const Request& request) const {
  Response response;
  response.status = row_->status;
  response.content_type = kProblemType;
  response.body = to_json(request.path, request.request_id).dump() + "\n";
  return response;
}

}  // namespace goakt::admin
