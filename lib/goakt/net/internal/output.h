#pragma once

#include "goakt/net/bytes.h"

#include <array>
#include <deque>
#include <span>
#include <string>
#include <sys/uio.h>

namespace goakt::net::internal {

// What waits to be written, in order. Short pieces are gathered into one.
class Output {
 public:
  static constexpr std::size_t kPieces = 64;  // of one system call

  void append(std::string_view copied) {
    if (tail_.size() + copied.size() > kTail) seal();
    tail_.append(copied);
    size_ += copied.size();
  }

  void append(Bytes bytes) {
    if (bytes.size() == 0) return;
    seal();
    size_ += bytes.size();
    pieces_.push_back(std::move(bytes));
  }

  std::size_t size() const noexcept { return size_; }

  bool empty() const noexcept { return size_ == 0; }

  std::string_view front() {
    if (pieces_.empty()) seal();
    return pieces_.front().view();
  }

  std::span<const iovec> gather(std::array<iovec, kPieces>& into) {
    seal();
    std::size_t count = 0;
    for (const Bytes& piece : pieces_) {
      if (count == into.size()) break;
      into[count++] = {const_cast<char*>(piece.view().data()), piece.size()};
    }
    return {into.data(), count};
  }

  void remove(std::size_t count) {
    size_ -= count;
    while (count > 0) {
      Bytes& piece = pieces_.front();
      if (count < piece.size()) {
        piece.remove_prefix(count);
        return;
      }
      count -= piece.size();
      pieces_.pop_front();
    }
  }

  void clear() {
    pieces_.clear();
    tail_.clear();
    size_ = 0;
  }

 private:
  static constexpr std::size_t kTail = 16 * 1024;

  void seal() {
    if (tail_.empty()) return;
    pieces_.push_back(Bytes::own(std::move(tail_)));
    tail_ = {};
  }

  std::deque<Bytes> pieces_;
  std::string tail_;
  std::size_t size_ = 0;
};

}  // namespace goakt::net::internal
