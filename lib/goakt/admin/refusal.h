#pragma once

#include "goakt/admin/http.h"
#include "goakt/admin/json.h"
#include "goakt/base/error.h"
#include "goakt/base/problem.h"

#include <string>
#include <string_view>
#include <vector>

namespace goakt::admin {

// Why a request was not done: a problem of base/problem.h, which decides code and status, with what
// there is to say about this case. Becomes an RFC 9457 document.
class Refusal {
 public:
  Refusal(Problem problem, std::string detail) : problem_(problem), detail_(std::move(detail)) {}

  // A failure of the runtime as operators know it.
  static Refusal from(const Error& error);
  static Refusal invalid(std::vector<FieldError> errors);

  Refusal with_hint(std::string hint) &&;
  // Seconds; too many of something (429) say one unless told otherwise.
  Refusal with_retry_after(std::string seconds) &&;

  Problem problem() const { return problem_; }

  const std::string& detail() const { return detail_; }

  Json to_json(std::string_view instance, std::string_view request_id) const;
  // Short form for one line of a batch, which has neither instance nor request of its own.
  Json to_json() const;
  Response to_response(const Request& request) const;

 private:
  Problem problem_;
  std::string detail_;
  std::string hint_;
  std::string retry_after_;
  std::vector<FieldError> errors_;
};

}  // namespace goakt::admin
