#pragma once

#include "goakt/base/error_codes.h"
#include "goakt/base/export.h"

#include <memory>
#include <string>
#include <string_view>

namespace goakt {

// What went wrong, small enough to sit in every Result: 16 bytes, no allocation for a bare code.
//
// A code names the failure; the optional detail adds the text (which then replaces or extends the
// code's own), a hint for the operator, the type name that supervision rules match, and the error
// that it wraps. Move-only on purpose: copies are spelled `clone()`, and tl::expected's throwing
// `value()` does not compile. Not thread-safe; plain value.
class GOAKT_API Error {
 public:
  explicit Error(ErrorCode code) noexcept : code_(code) {}

  Error(ErrorCode code, std::string message);
  Error(Error&&) noexcept = default;
  Error& operator=(Error&&) noexcept = default;
  ~Error() = default;

  // "code text\ncause text": both identities stay testable with is(), as Go's errors.Join.
  static Error join(ErrorCode code, Error cause);
  // A failure named by a user's actor, e.g. ("bank.Overdrawn", "not enough").
  static Error user(std::string type_name, std::string message);

  ErrorCode code() const noexcept { return code_; }

  // True when this error or one that it wraps has that code.
  bool is(ErrorCode code) const noexcept;
  // The text as it crosses the wire.
  std::string message() const;
  std::string_view hint() const noexcept;
  // What supervision rules are keyed by: "errors.PanicError", a user's type name,
  // "*errors.errorString".
  std::string_view type_name() const noexcept;

  Error with_hint(std::string hint) &&;
  // Both errors, the other one behind this and what it wraps: Go's errors.Join of a list.
  Error and_also(Error other) &&;
  // Prefixes the message: "joining 10.0.0.4: request timed out". The code stays.
  Error while_doing(std::string_view what) &&;
  Error clone() const;

 private:
  struct Detail;

  struct DetailDeleter {
    void operator()(Detail* detail) const noexcept;
  };

  Detail& detail();

  ErrorCode code_;
  std::unique_ptr<Detail, DetailDeleter> detail_;
};

static_assert(sizeof(void*) != 8 || sizeof(Error) == 16);

}  // namespace goakt
