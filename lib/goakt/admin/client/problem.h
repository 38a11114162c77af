#pragma once

#include "goakt/base/error.h"

#include <string>
#include <string_view>

namespace goakt::admin {

// Why a call to the admin API did not succeed: the server's problem document (RFC 9457), or what
// went wrong on the way to it, told in the same form so that tools have one thing to print.
struct CallFailure {
  std::string code;  // of base/problem.h, or what a newer server says
  std::string title;
  std::string detail;
  std::string hint;
  std::string request_id;
  int status = 0;        // 0: no server answered
  int exit = 1;          // exit code for command-line tools
  std::string document;  // the whole problem as one line of JSON

  // An answer with status 400 or more. Bodies that are no problem document (a proxy's page) are
  // quoted in the detail.
  static CallFailure from_answer(int status, std::string_view body);
  // A transport failure: unreachable, connection lost, timed out.
  static CallFailure from_error(const Error& error, std::string_view request_id);
};

// The exit code that a problem's code stands for; by status when the code is newer than this tool.
int exit_of_problem_code(std::string_view code, int status);

}  // namespace goakt::admin
