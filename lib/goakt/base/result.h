#pragma once

#include "goakt/base/error.h"

#include <utility>

// Declared before the package's header: an attribute given later is ignored, and the package has
// none.
namespace tl {
template <class T, class E>
class [[nodiscard]] expected;
}

#include <tl/expected.hpp>

namespace goakt {

// A value or the reason why there is none. Same names as std::expected; `map_error`, not
// `transform_error`. Check before `*`; `value()` does not compile (Error is move-only).
template <class T>
using Result = tl::expected<T, Error>;
using Status = Result<void>;

inline tl::unexpected<Error> unexpected(Error error) {
  return tl::unexpected<Error>(std::move(error));
}

inline tl::unexpected<Error> fail(ErrorCode code) {
  return unexpected(Error(code));
}

inline tl::unexpected<Error> fail(ErrorCode code, std::string message) {
  return unexpected(Error(code, std::move(message)));
}

// A refusal named by user code: the asker gets it, supervision does not.
inline tl::unexpected<Error> fail(std::string type_name, std::string message) {
  return unexpected(Error::user(std::move(type_name), std::move(message)));
}

[[noreturn]] GOAKT_API void must_failed(const Error& error, const char* file, int line);

}  // namespace goakt

#define GOAKT_CONCAT_(a, b) a##b
#define GOAKT_CONCAT(a, b) GOAKT_CONCAT_(a, b)
#define GOAKT_TRY_(tmp, decl, ...)                                   \
  auto tmp = (__VA_ARGS__);                                          \
  if (!tmp) [[unlikely]]                                             \
    return ::tl::unexpected<::goakt::Error>(std::move(tmp).error()); \
  decl = *std::move(tmp)
#define GOAKT_CO_TRY_(tmp, decl, ...)                                   \
  auto tmp = (__VA_ARGS__);                                             \
  if (!tmp) [[unlikely]]                                                \
    co_return ::tl::unexpected<::goakt::Error>(std::move(tmp).error()); \
  decl = *std::move(tmp)
// GOAKT_TRY(auto x, expression): two statements; returns the error, else declares x.
#define GOAKT_TRY(decl, ...) GOAKT_TRY_(GOAKT_CONCAT(goakt_try_, __COUNTER__), decl, __VA_ARGS__)
#define GOAKT_CO_TRY(decl, ...) \
  GOAKT_CO_TRY_(GOAKT_CONCAT(goakt_try_, __COUNTER__), decl, __VA_ARGS__)
// GOAKT_CHECK(expression): the same for Status.
#define GOAKT_CHECK(...)                                                         \
  do {                                                                           \
    if (auto goakt_status_ = (__VA_ARGS__); !goakt_status_) [[unlikely]]         \
      return ::tl::unexpected<::goakt::Error>(std::move(goakt_status_).error()); \
  } while (false)
