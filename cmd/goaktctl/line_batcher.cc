#include "line_batcher.h"

namespace goaktctl {

void LineBatcher::finish() {
  if (!pending_.empty() && pending_.back() != '\n') pending_.push_back('\n');
}

std::optional<Batch> LineBatcher::take(bool partial) {
  bool is_full = false;
  while (!is_full) {
    const auto feed = pending_.find('\n', scanned_);
    if (feed == std::string::npos) break;
    if (feed + 1 > limits_.bytes && lines_ != 0) {
      is_full = true;  // this line begins the next batch
      break;
    }
    scanned_ = feed + 1;
    ++lines_;
    is_full = lines_ >= limits_.lines || scanned_ >= limits_.bytes;
  }
  if (lines_ == 0 || !(is_full || partial)) return std::nullopt;
  Batch batch{pending_.substr(0, scanned_), next_line_, lines_};
  next_line_ += lines_;
  pending_.erase(0, scanned_);
  scanned_ = 0;
  lines_ = 0;
  return batch;
}

}  // namespace goaktctl
