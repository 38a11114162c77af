#pragma once

#include <cstddef>
#include <memory>
#include <vector>

namespace goakt::net::internal {

// Memory for what is copied to be written, lent by a loop to its connections for a turn: idle ones
// hold none, busy ones do not allocate. Without it each burst grew a string, and the heap gave its
// pages back to the kernel and got them again. The loop's thread only.
class BlockPool {
 public:
  static constexpr std::size_t kBlock = 16 * 1024;

  using Block = std::unique_ptr<char[]>;

  Block take() {
    if (free_.empty()) return Block(new char[kBlock]);
    Block block = std::move(free_.back());
    free_.pop_back();
    return block;
  }

  void give_back(Block block) {
    if (free_.size() < kKept) free_.push_back(std::move(block));
  }

 private:
  static constexpr std::size_t kKept = 64;

  std::vector<Block> free_;
};

}  // namespace goakt::net::internal
