#include "goakt/base/error.h"

#include "goakt/base/result.h"

#include <cstdio>
#include <cstdlib>

namespace goakt {

struct Error::Detail {
  std::string message;
  std::string hint;
  std::string type_name;
  std::unique_ptr<Error> cause;
};

void Error::DetailDeleter::operator()(Detail* detail) const noexcept {
  delete detail;
}

Error::Detail& Error::detail() {
  if (!detail_) detail_.reset(new Detail);
  return *detail_;
}

Error::Error(ErrorCode code, std::string message) : code_(code) {
  detail().message = std::move(message);
}

Error Error::join(ErrorCode code, Error cause) {
  Error error(code);
  error.detail().cause = std::make_unique<Error>(std::move(cause));
  return error;
}

Error Error::user(std::string type_name, std::string message) {
  Error error(ErrorCode::user, std::move(message));
  error.detail().type_name = std::move(type_name);
  return error;
}

bool Error::is(ErrorCode code) const noexcept {
  return code_ == code || (detail_ && detail_->cause && detail_->cause->is(code));
}

std::string Error::message() const {
  if (!detail_) return std::string(error_text(code_));
  std::string text = detail_->message.empty() ? std::string(error_text(code_)) : detail_->message;
  if (detail_->cause) text.append("\n").append(detail_->cause->message());
  return text;
}

std::string_view Error::hint() const noexcept {
  return detail_ ? std::string_view(detail_->hint) : std::string_view();
}

std::string_view Error::type_name() const noexcept {
  if (detail_ && !detail_->type_name.empty()) return detail_->type_name;
  switch (code_) {
    case ErrorCode::panic:
      return "errors.PanicError";
    case ErrorCode::internal:
      return "errors.InternalError";
    case ErrorCode::spawn_error:
      return "errors.SpawnError";
    case ErrorCode::rebalancing_error:
      return "errors.RebalancingError";
    default:
      return "errors.errorString";
  }
}

Error Error::with_hint(std::string hint) && {
  detail().hint = std::move(hint);
  return std::move(*this);
}

Error Error::and_also(Error other) && {
  Error* last = this;
  while (last->detail_ && last->detail_->cause) last = last->detail_->cause.get();
  last->detail().cause = std::make_unique<Error>(std::move(other));
  return std::move(*this);
}

Error Error::while_doing(std::string_view what) && {
  std::string text(what);
  text.append(": ").append(detail_ && !detail_->message.empty() ? detail_->message
                                                                : std::string(error_text(code_)));
  detail().message = std::move(text);
  return std::move(*this);
}

Error Error::clone() const {
  Error copy(code_);
  if (detail_) {
    copy.detail().message = detail_->message;
    copy.detail().hint = detail_->hint;
    copy.detail().type_name = detail_->type_name;
    if (detail_->cause) copy.detail().cause = std::make_unique<Error>(detail_->cause->clone());
  }
  return copy;
}

void must_failed(const Error& error, const char* file, int line) {
  std::fprintf(stderr, "%s:%d: unexpected failure: %s\n", file, line, error.message().c_str());
  std::abort();
}

}  // namespace goakt
