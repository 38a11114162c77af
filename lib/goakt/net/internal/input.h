#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>

namespace goakt::net::internal {

// Bytes that have come and were not consumed: usually none, and then no memory either. Grows with
// what really comes, never with what a length field promises.
class Input {
 public:
  std::size_t size() const noexcept { return end_ - begin_; }

  bool empty() const noexcept { return begin_ == end_; }

  std::string_view view() const noexcept { return {data_.get() + begin_, size()}; }

  // Where to read to: at least one byte, unless size() has reached the limit.
  std::span<char> room(std::size_t limit) {
    if (capacity_ - end_ < kStep) make_room(limit);
    return {data_.get() + end_, std::min(capacity_ - end_, limit - std::min(limit, size()))};
  }

  void commit(std::size_t count) noexcept { end_ += count; }

  void append(std::string_view bytes) {
    if (capacity_ - end_ < bytes.size()) grow(size() + bytes.size() + kStep);
    std::memcpy(data_.get() + end_, bytes.data(), bytes.size());
    end_ += bytes.size();
  }

  void consume(std::size_t count) noexcept {
    begin_ += count;
    if (begin_ == end_) begin_ = end_ = 0;
  }

  void release() noexcept {
    data_.reset();
    capacity_ = begin_ = end_ = 0;
  }

 private:
  static constexpr std::size_t kStep = 16 * 1024;

  void make_room(std::size_t limit) {
    const std::size_t wanted = std::min(std::max(size() * 2, size() + 4 * kStep), limit);
    if (wanted > capacity_ || begin_ > 0) grow(std::max(wanted, capacity_));
  }

  void grow(std::size_t capacity) {
    std::unique_ptr<char[]> fresh(new char[capacity]);
    if (!empty()) std::memcpy(fresh.get(), data_.get() + begin_, size());
    end_ = size();
    begin_ = 0;
    data_ = std::move(fresh);
    capacity_ = capacity;
  }

  std::unique_ptr<char[]> data_;
  std::size_t capacity_ = 0;
  std::size_t begin_ = 0;
  std::size_t end_ = 0;
};

}  // namespace goakt::net::internal
