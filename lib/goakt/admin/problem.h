#pragma once

#include "goakt/admin/http.h"
#include "goakt/admin/json.h"
#include "goakt/base/error.h"
#include "goakt/base/problem_codes.h"

#include <string>
#include <string_view>
#include <vector>

namespace goakt::admin {

// Why a request was not done, as RFC 9457 has it. Made from a code of base/problem_codes.h; the
// code decides status and title.
class Problem {
 public:
  Problem(std::string_view code, std::string detail);
  // A failure of the runtime under the code that operators know it by.
  static Problem from(const Error& error);
  static Problem invalid(std::vector<FieldError> errors);

  Problem with_hint(std::string hint) &&;

  int status() const { return row_->status; }

  std::string_view code() const { return row_->code; }

  const std::string& detail() const { return detail_; }

  Json to_json(std::string_view instance, std::string_view request_id) const;
  // Short form for one line of a batch, which has neither instance nor request of its own.
  Json to_json() const;
  Response to_response(const Request& request) const;

 private:
  const ProblemCode* row_;
  std::string detail_;
  std::string hint_;
  std::vector<FieldError> errors_;
};

}  // namespace goakt::admin
