#pragma once

#include <cstddef>
#include <string_view>
#include <utility>

namespace goakt::net {

// Bytes to be written, with whatever owns them: a string, a vector, a buffer of another folder,
// anything with data() and size() that can be moved; or bytes that live for ever, without an owner.
// Move-only.
class Bytes {
 public:
  Bytes() = default;

  template <class Buffer>
  static Bytes own(Buffer buffer) {
    auto* const owner = new Buffer(std::move(buffer));
    Bytes bytes;
    bytes.view_ = {reinterpret_cast<const char*>(owner->data()), owner->size()};
    bytes.owner_ = owner;
    bytes.release_ = [](void* what) { delete static_cast<Buffer*>(what); };
    return bytes;
  }

  // An answer that never changes needs neither copy nor owner.
  static Bytes constant(std::string_view forever) noexcept {
    Bytes bytes;
    bytes.view_ = forever;
    return bytes;
  }

  Bytes(Bytes&& other) noexcept
      : view_(std::exchange(other.view_, {})),
        owner_(std::exchange(other.owner_, nullptr)),
        release_(other.release_) {}

  Bytes& operator=(Bytes&& other) noexcept {
    std::swap(view_, other.view_);
    std::swap(owner_, other.owner_);
    std::swap(release_, other.release_);
    return *this;
  }

  ~Bytes() {
    if (owner_ != nullptr) release_(owner_);
  }

  std::string_view view() const noexcept { return view_; }

  std::size_t size() const noexcept { return view_.size(); }

  // Forgets the first bytes, which have been written.
  void remove_prefix(std::size_t count) noexcept { view_.remove_prefix(count); }

 private:
  std::string_view view_;
  void* owner_ = nullptr;
  void (*release_)(void*) = nullptr;
};

}  // namespace goakt::net
