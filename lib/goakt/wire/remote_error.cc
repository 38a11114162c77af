#include "goakt/wire/remote_error.h"

#include "goakt/wire/frame.h"

#include <google/protobuf/stubs/common.h>

#include <algorithm>
#include <array>
#include <internal/network.pb.h>
#include <optional>
#include <utility>
#include <vector>

namespace goakt::wire {

namespace {

struct Row {
  ErrorCode code;
  RemoteCode remote;
};

// An error is what the first row says that it is or wraps; all others are internal errors.
constexpr std::array kRows = {
    Row{ErrorCode::remoting_disabled, RemoteCode::failed_precondition},
    Row{ErrorCode::cluster_disabled, RemoteCode::failed_precondition},
    Row{ErrorCode::type_not_registered, RemoteCode::failed_precondition},
    Row{ErrorCode::invalid_kinds, RemoteCode::failed_precondition},
    Row{ErrorCode::reserved_name, RemoteCode::failed_precondition},
    Row{ErrorCode::reliable_cluster_required, RemoteCode::failed_precondition},
    Row{ErrorCode::address_not_found, RemoteCode::not_found},
    Row{ErrorCode::actor_not_found, RemoteCode::not_found},
    Row{ErrorCode::actor_already_exists, RemoteCode::already_exists},
    Row{ErrorCode::singleton_already_exists, RemoteCode::already_exists},
    Row{ErrorCode::request_timeout, RemoteCode::deadline_exceeded},
    Row{ErrorCode::write_quorum, RemoteCode::unavailable},
    Row{ErrorCode::read_quorum, RemoteCode::unavailable},
    Row{ErrorCode::cluster_quorum, RemoteCode::unavailable},
    Row{ErrorCode::leader_not_found, RemoteCode::unavailable},
    Row{ErrorCode::invalid_host, RemoteCode::invalid_argument},
    Row{ErrorCode::invalid_grain_identity, RemoteCode::invalid_argument},
    Row{ErrorCode::invalid_argument, RemoteCode::invalid_argument},
};

// What a client looks for in the text of a failed precondition and of a name that is taken.
constexpr std::array kPreconditions = {ErrorCode::type_not_registered, ErrorCode::remoting_disabled,
                                       ErrorCode::cluster_disabled};
constexpr std::array kTaken = {ErrorCode::actor_already_exists,
                               ErrorCode::singleton_already_exists};

template <std::size_t N>
std::optional<ErrorCode> contained(std::string_view text, const std::array<ErrorCode, N>& codes) {
  for (const ErrorCode code : codes) {
    if (text.find(error_text(code)) != std::string_view::npos) return code;
  }
  return std::nullopt;
}

std::vector<std::string_view> lines_of(std::string_view text) {
  std::vector<std::string_view> lines;
  for (;;) {
    const auto end = text.find('\n');
    lines.push_back(text.substr(0, end));
    if (end == std::string_view::npos) return lines;
    text.remove_prefix(end + 1);
  }
}

std::optional<ErrorCode> code_of_text(std::string_view text) {
  for (std::size_t i = 0; i < kErrorCodes; ++i) {
    const auto code = static_cast<ErrorCode>(i);
    if (!text.empty() && error_text(code) == text) return code;
  }
  return std::nullopt;
}

// An error that reads as the text does. Joined errors are known again line by line, so that
// "remote send failed\nactor is not alive" is both; what says anything else is a stranger's error.
Error from_text(const std::string& text) {
  const auto lines = lines_of(text);
  std::optional<Error> error;
  for (auto line = lines.rbegin(); line != lines.rend(); ++line) {
    const auto code = code_of_text(*line);
    if (code)
      error = error ? Error::join(*code, *std::move(error)) : Error(*code);
    else if (!error)
      error = Error::user("*errors.errorString", std::string(*line));
    else
      return Error::user("*errors.errorString", text);
  }
  return *std::move(error);
}

// Texts quote what peers sent; a text that is not UTF-8 would make this peer close the connection.
std::string as_utf8(std::string text) {
  if (google::protobuf::internal::IsStructurallyValidUTF8(text.data(),
                                                          static_cast<int>(text.size())))
    return text;
  std::replace_if(
      text.begin(), text.end(), [](char c) { return static_cast<unsigned char>(c) >= 0x80; }, '?');
  return text;
}

Error named(ErrorCode code, const RemoteError& error) {
  return Error(code).with_hint("the peer says: " + error.message);
}

}  // namespace

RemoteError to_remote(const Error& error) {
  const auto row = std::find_if(kRows.begin(), kRows.end(), [&error](const Row& candidate) {
    return error.is(candidate.code);
  });
  return to_remote(row == kRows.end() ? RemoteCode::internal_error : row->remote, error);
}

RemoteError to_remote(RemoteCode code, const Error& error) {
  return {code, error.message()};
}

Error from_remote(const RemoteError& error) {
  switch (error.code) {
    case RemoteCode::not_found:
      return named(ErrorCode::address_not_found, error);
    case RemoteCode::deadline_exceeded:
      return named(ErrorCode::request_timeout, error);
    case RemoteCode::unavailable:
      return named(ErrorCode::remote_send_failure, error);
    case RemoteCode::already_exists:
      return named(contained(error.message, kTaken).value_or(ErrorCode::actor_already_exists),
                   error);
    case RemoteCode::failed_precondition:
      if (const auto code = contained(error.message, kPreconditions)) return named(*code, error);
      return from_text(error.message);
    case RemoteCode::invalid_argument:
      return Error(ErrorCode::invalid_argument, "invalid argument: " + error.message);
    default:
      return from_text(error.message);
  }
}

Status append_error(Buffer& out, const RemoteError& error) {
  internalpb::Error message;
  message.set_code(static_cast<internalpb::Code>(error.code));
  message.set_message(as_utf8(error.message));
  return append_frame(out, message);
}

Result<RemoteError> parse_error(std::string_view body) {
  internalpb::Error message;
  if (!message.ParseFromArray(body.data(), static_cast<int>(body.size())))
    return fail(ErrorCode::invalid_response);
  return RemoteError{static_cast<RemoteCode>(message.code()), message.message()};
}

}  // namespace goakt::wire
