#include "goakt/admin/refusal.h"

#include "goakt/base/error_codes.h"

#include <algorithm>
#include <cctype>

namespace goakt::admin {

namespace {

// "actor-not-found" to "Actor not found".
std::string title_of(std::string_view code) {
  std::string title(code);
  std::replace(title.begin(), title.end(), '-', ' ');
  title[0] = static_cast<char>(std::toupper(static_cast<unsigned char>(title[0])));
  return title;
}

}  // namespace

Refusal Refusal::from(const Error& error) {
  Refusal refusal(problem_of(error.code()), error.message());
  refusal.hint_ = error.hint();
  return refusal;
}

Refusal Refusal::invalid(std::vector<FieldError> errors) {
  std::string detail;
  for (const FieldError& error : errors) {
    if (!detail.empty()) detail += "; ";
    if (!error.pointer.empty()) detail.append(error.pointer.substr(1)).append(" ");
    detail += error.detail;
  }
  Refusal refusal(Problem::invalid_argument, std::move(detail));
  refusal.errors_ = std::move(errors);
  return refusal;
}

Refusal Refusal::with_hint(std::string hint) && {
  hint_ = std::move(hint);
  return std::move(*this);
}

Refusal Refusal::with_retry_after(std::string seconds) && {
  retry_after_ = std::move(seconds);
  return std::move(*this);
}

Json Refusal::to_json() const {
  Json json;
  json.set("code", problem_code(problem_)).set("status", http_status(problem_));
  json.set("detail", detail_);
  if (!hint_.empty()) json.set("hint", hint_);
  return json;
}

Json Refusal::to_json(std::string_view instance, std::string_view request_id) const {
  const std::string_view code = problem_code(problem_);
  const int status = http_status(problem_);
  Json json;
  json.set("type", "https://goaktd/problems/" + std::string(code)).set("title", title_of(code));
  json.set("status", status).set("detail", detail_).set("instance", instance);
  json.set("code", code).set("requestId", request_id);
  json.set("retryable", status == 429 || status >= 502);
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

Response Refusal::to_response(const Request& request) const {
  Response response;
  response.status = http_status(problem_);
  response.content_type = kProblemType;
  response.body = to_json(request.path, request.request_id).dump() + "\n";
  if (!retry_after_.empty() || response.status == 429)
    response.set_header("Retry-After", retry_after_.empty() ? "1" : retry_after_);
  return response;
}

}  // namespace goakt::admin
