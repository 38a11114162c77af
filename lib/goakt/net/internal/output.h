#pragma once

#include "goakt/net/bytes.h"
#include "goakt/net/internal/block_pool.h"

#include <array>
#include <cstring>
#include <deque>
#include <span>
#include <string>
#include <sys/uio.h>

namespace goakt::net::internal {

// What waits to be written, in order. Short pieces are gathered into one.
class Output {
 public:
  static constexpr std::size_t kPieces = 64;  // of one system call

  explicit Output(BlockPool& pool) noexcept : pool_(pool) {}

  void append(std::string_view copied) {
    if (copied.empty()) return;
    if (copied.size() > BlockPool::kBlock) return append(Bytes::own(std::string(copied)));
    if (tail_.size + copied.size() > BlockPool::kBlock) seal();
    if (!tail_.block) tail_.block = pool_.take();
    std::memcpy(tail_.block.get() + tail_.size, copied.data(), copied.size());
    tail_.size += copied.size();
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
    if (pieces_.size() < into.size()) seal();
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
    seal();
    pieces_.clear();
    size_ = 0;
  }

 private:
  struct Tail {
    BlockPool::Block block;
    std::size_t size = 0;
  };

  // A sealed tail, which gives its block back when it has been written.
  class Piece {
   public:
    Piece(Tail tail, BlockPool& pool) noexcept : tail_(std::move(tail)), pool_(&pool) {}

    Piece(Piece&&) noexcept = default;
    Piece& operator=(Piece&&) noexcept = default;

    ~Piece() {
      if (tail_.block) pool_->give_back(std::move(tail_.block));
    }

    const char* data() const noexcept { return tail_.block.get(); }

    std::size_t size() const noexcept { return tail_.size; }

   private:
    Tail tail_;
    BlockPool* pool_;
  };

  void seal() {
    if (!tail_.block) return;
    pieces_.push_back(Bytes::own(Piece(std::exchange(tail_, {}), pool_)));
  }

  BlockPool& pool_;
  std::deque<Bytes> pieces_;
  Tail tail_;
  std::size_t size_ = 0;
};

}  // namespace goakt::net::internal
