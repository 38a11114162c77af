#pragma once

#include <atomic>
#include <cstdint>
#include <map>
#include <string>
#include <string_view>
#include <utility>

namespace goakt {

// What travels beside a message without being part of it: trace ids and baggage (GoAkt's propagated
// context values). Immutable after construction and shared by all messages that one message causes;
// most messages carry none, which costs nothing.
struct MessageContext {
  std::map<std::string, std::string, std::less<>> values;

  const std::string* find(std::string_view key) const {
    const auto it = values.find(key);
    return it == values.end() ? nullptr : &it->second;
  }

  void retain() const noexcept { references_.fetch_add(1, std::memory_order_relaxed); }

  void release() const noexcept {
    if (references_.fetch_sub(1, std::memory_order_acq_rel) == 1) delete this;
  }

 private:
  mutable std::atomic<std::uint32_t> references_{1};
};

// A counted reference to a context, or to none. What an outside sender gives its messages:
//
//   auto trace = goakt::make_context({{"traceparent", "00-…"}});
//   pid.tell(Message::of(Credit{5}).with_context(trace));
class ContextRef {
 public:
  ContextRef() = default;

  // Takes over the reference that the caller has.
  explicit ContextRef(const MessageContext* owned) noexcept : context_(owned) {}

  static ContextRef share(const MessageContext* context) noexcept {
    if (context != nullptr) context->retain();
    return ContextRef(context);
  }

  ContextRef(const ContextRef& other) noexcept : ContextRef(share(other.context_)) {}

  ContextRef(ContextRef&& other) noexcept : context_(std::exchange(other.context_, nullptr)) {}

  ContextRef& operator=(ContextRef other) noexcept {
    std::swap(context_, other.context_);
    return *this;
  }

  ~ContextRef() {
    if (context_ != nullptr) context_->release();
  }

  explicit operator bool() const noexcept { return context_ != nullptr; }

  const MessageContext* get() const noexcept { return context_; }

  const MessageContext* operator->() const noexcept { return context_; }

  const MessageContext* release() noexcept { return std::exchange(context_, nullptr); }

 private:
  const MessageContext* context_ = nullptr;
};

inline ContextRef make_context(std::map<std::string, std::string, std::less<>> values) {
  auto* context = new MessageContext;
  context->values = std::move(values);
  return ContextRef(context);
}

}  // namespace goakt
