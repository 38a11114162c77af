#include "goakt/base/error_codes.h"

namespace goakt {

namespace {

struct ErrorRow {
  std::string_view name;
  std::string_view text;
  Problem problem;
};

constexpr ErrorRow kErrors[] = {
#define GOAKT_X(name, text, problem) {#name, text, Problem::problem},
    GOAKT_ERROR_CODES(GOAKT_X)
#undef GOAKT_X
};

struct ProblemRow {
  std::string_view code;
  int status;
  int exit;
};

constexpr ProblemRow kProblems[] = {
#define GOAKT_X(name, code, status, exit) {code, status, exit},
    GOAKT_PROBLEMS(GOAKT_X)
#undef GOAKT_X
};

const ErrorRow& row(ErrorCode code) noexcept {
  return kErrors[static_cast<std::size_t>(code)];
}

const ProblemRow& row(Problem problem) noexcept {
  return kProblems[static_cast<std::size_t>(problem)];
}

}  // namespace

std::string_view error_text(ErrorCode code) noexcept {
  return row(code).text;
}

std::string_view error_name(ErrorCode code) noexcept {
  return row(code).name;
}

Problem problem_of(ErrorCode code) noexcept {
  return row(code).problem;
}

std::string_view problem_code(Problem problem) noexcept {
  return row(problem).code;
}

int http_status(Problem problem) noexcept {
  return row(problem).status;
}

int exit_code(Problem problem) noexcept {
  return row(problem).exit;
}

}  // namespace goakt
