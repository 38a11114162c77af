#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace goaktctl {

// Some whole lines, in the order in which they came.
struct Batch {
  std::string text;              // each line with its line feed
  std::uint64_t first_line = 1;  // its number in the whole input
  std::size_t lines = 0;
};

// Cuts a stream of bytes into batches of whole lines: at most so many lines and bytes, unless one
// line alone is longer. Pure; the caller decides when a batch that is not full has waited long
// enough.
class LineBatcher {
 public:
  struct Limits {
    std::size_t lines = 1'000;
    std::size_t bytes = 1 << 20;
  };

  explicit LineBatcher(Limits limits) : limits_(limits) {}

  void feed(std::string_view bytes) { pending_.append(bytes); }

  // The input has ended: a last line without a line feed counts.
  void finish();

  // A full batch. Call until it gives none.
  std::optional<Batch> full() { return take(false); }

  // Whatever whole lines there are.
  std::optional<Batch> rest() { return take(true); }

  bool has_lines() const {
    return pending_.find('\n', scanned_) != std::string::npos || lines_ != 0;
  }

 private:
  std::optional<Batch> take(bool partial);

  Limits limits_;
  std::string pending_;
  std::size_t scanned_ = 0;  // whole lines counted so far end here
  std::size_t lines_ = 0;    // in pending_[0, scanned_)
  std::uint64_t next_line_ = 1;
};

}  // namespace goaktctl
