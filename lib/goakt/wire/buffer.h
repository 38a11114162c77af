#pragma once

#include <algorithm>
#include <cstddef>
#include <cstring>
#include <memory>
#include <span>
#include <string_view>
#include <utility>

namespace goakt::wire {

// Bytes on their way out or in: a growing block whose new room is not filled with zeros first, as
// a std::string's would be. Whoever writes frames reuses one, so that it soon stops allocating.
// Move-only, not thread-safe. Growth invalidates views and pointers.
class Buffer {
 public:
  Buffer() = default;

  Buffer(Buffer&& other) noexcept
      : data_(std::move(other.data_)),
        size_(std::exchange(other.size_, 0)),
        capacity_(std::exchange(other.capacity_, 0)) {}

  Buffer& operator=(Buffer&& other) noexcept {
    data_ = std::move(other.data_);
    size_ = std::exchange(other.size_, 0);
    capacity_ = std::exchange(other.capacity_, 0);
    return *this;
  }

  char* data() noexcept { return data_.get(); }

  const char* data() const noexcept { return data_.get(); }

  std::size_t size() const noexcept { return size_; }

  std::size_t capacity() const noexcept { return capacity_; }

  bool empty() const noexcept { return size_ == 0; }

  std::string_view view() const noexcept { return {data_.get(), size_}; }

  void reserve(std::size_t capacity) {
    if (capacity <= capacity_) return;
    // Half as much again, so that appending stays linear and a large frame does not cost its
    // double.
    const std::size_t grown = std::max({capacity, capacity_ + capacity_ / 2, std::size_t{256}});
    auto data = std::make_unique_for_overwrite<char[]>(grown);
    if (size_ != 0) std::memcpy(data.get(), data_.get(), size_);
    data_ = std::move(data);
    capacity_ = grown;
  }

  // Counts `count` more bytes as written and returns where: the caller fills all of them.
  char* extend(std::size_t count) {
    reserve(size_ + count);
    return data_.get() + std::exchange(size_, size_ + count);
  }

  void append(std::string_view bytes) {
    char* to = extend(bytes.size());
    if (!bytes.empty()) std::memcpy(to, bytes.data(), bytes.size());
  }

  // The room behind the bytes; commit() counts what was written there.
  std::span<char> room() noexcept { return {data_.get() + size_, capacity_ - size_}; }

  void commit(std::size_t count) noexcept { size_ += count; }

  void truncate(std::size_t size) noexcept { size_ = std::min(size, size_); }

  // Forgets the first bytes and moves the others to the front.
  void drop_front(std::size_t count) noexcept {
    size_ -= count;
    if (size_ != 0) std::memmove(data_.get(), data_.get() + count, size_);
  }

  void clear() noexcept { size_ = 0; }

 private:
  std::unique_ptr<char[]> data_;
  std::size_t size_ = 0;
  std::size_t capacity_ = 0;
};

}  // namespace goakt::wire
