#include "goakt/admin/client/problem.h"

#include "goakt/base/problem.h"

#include <nlohmann/json.hpp>

namespace goakt::admin {

namespace {

using Document = nlohmann::ordered_json;

std::string text(const Document& document, const char* key) {
  const auto it = document.find(key);
  return it != document.end() && it->is_string() ? it->get<std::string>() : std::string();
}

std::string dump(const Document& document) {
  return document.dump(-1, ' ', false, Document::error_handler_t::replace);
}

// What a status means when the code is unknown: a newer server, or a proxy in between.
int exit_of_status(int status) {
  switch (status) {
    case 401:
    case 403:
      return 5;
    case 404:
    case 410:
      return 3;
    case 409:
    case 412:
    case 422:
      return 4;
    case 424:
      return 12;
    case 429:
    case 502:
    case 503:
      return 6;
    case 501:
      return 13;
    case 504:
      return 7;
    default:
      return status >= 400 && status < 500 ? 2 : 1;
  }
}

}  // namespace

int exit_of_problem_code(std::string_view code, int status) {
#define GOAKT_X(name, text, status_of, exit_of) \
  if (code == text) return exit_of;
  GOAKT_PROBLEMS(GOAKT_X)
#undef GOAKT_X
  return exit_of_status(status);
}

CallFailure CallFailure::from_answer(int status, std::string_view body) {
  CallFailure failure;
  failure.status = status;
  Document document = Document::parse(body, nullptr, false);
  if (document.is_object() && document.contains("code")) {
    failure.code = text(document, "code");
    failure.title = text(document, "title");
    failure.detail = text(document, "detail");
    failure.hint = text(document, "hint");
    failure.request_id = text(document, "requestId");
  } else {
    failure.code = "unexpected-answer";
    failure.title = "Unexpected answer";
    failure.detail = "status " + std::to_string(status);
    if (!body.empty()) failure.detail.append(": ").append(body.substr(0, 200));
    document = {{"title", failure.title}, {"status", status}, {"code", failure.code}};
    document["detail"] = failure.detail;
  }
  failure.exit = exit_of_problem_code(failure.code, status);
  failure.document = dump(document);
  return failure;
}

CallFailure CallFailure::from_error(const Error& error, std::string_view request_id) {
  CallFailure failure;
  failure.request_id = request_id;
  failure.detail = error.message();
  failure.hint = error.hint();
  switch (error.code()) {
    case ErrorCode::unreachable:
    case ErrorCode::connection_lost:
      failure.code = "unreachable";
      failure.title = "Unreachable";
      failure.exit = 6;
      break;
    case ErrorCode::request_timeout:
      failure.code = "timeout";
      failure.title = "No answer in time";
      failure.exit = 7;
      break;
    case ErrorCode::permission_denied:
      failure.code = "unauthenticated";
      failure.title = "Unauthenticated";
      failure.exit = 5;
      break;
    case ErrorCode::invalid_argument:
      failure.code = "invalid-argument";
      failure.title = "Invalid argument";
      failure.exit = 2;
      break;
    default:
      failure.code = "failed";
      failure.title = "Failed";
      failure.exit = 1;
  }
  Document document = {{"title", failure.title}, {"code", failure.code}};
  document["detail"] = failure.detail;
  if (!failure.hint.empty()) document["hint"] = failure.hint;
  if (!failure.request_id.empty()) document["requestId"] = failure.request_id;
  failure.document = dump(document);
  return failure;
}

}  // namespace goakt::admin
