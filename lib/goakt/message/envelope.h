#pragma once

#include "goakt/base/export.h"
#include "goakt/message/pool.h"
#include "goakt/message/type.h"

#include <cstddef>
#include <cstdint>
#include <new>
#include <utility>

namespace goakt {

class ContextRef;
struct MessageContext;

// One message under way: a queue node with the message inside. 64 bytes, one cache line, and the
// only allocation that a message of up to 32 bytes costs. Built once, moved through queues by
// pointer, freed by whoever handled it into that thread's pool.
//
// `origin` says whom to answer; only the runtime reads it (actor/internal/origin.h): nothing, an
// actor, or the reply slot of an ask.
struct alignas(64) Envelope {
  Envelope* next = nullptr;  // owned by the queue that holds the envelope
  const MessageType* type = nullptr;
  std::uint64_t origin = 0;
  const MessageContext* context = nullptr;
  alignas(kInlineMessageAlign) std::byte payload[kInlineMessageSize];

  void* value() {
    return type->is_inline ? static_cast<void*>(payload) : *reinterpret_cast<void**>(payload);
  }

  const void* value() const { return const_cast<Envelope*>(this)->value(); }

  template <class M>
  const M* as() const {
    return type == &message_type<M>() ? static_cast<const M*>(value()) : nullptr;
  }
};

static_assert(sizeof(Envelope) == 64);

namespace internal {

// Keeps it, and its value as good as new, for the next message of that type. False: it is to be
// destroyed.
GOAKT_API bool keep_envelope(Envelope& envelope) noexcept;
void destroy_kept(void* envelope);

GOAKT_API void copy_context(const Envelope& from, Envelope& to);
GOAKT_API void release_context(const MessageContext* context) noexcept;

// Reserves room for a value of that type in a fresh envelope; the caller constructs it there.
inline void* reserve_value(Envelope& envelope, const MessageType& type) {
  envelope.type = &type;
  if (type.is_inline) return envelope.payload;
  void* block = pool::allocate_block(type.size);
  *reinterpret_cast<void**>(envelope.payload) = block;
  return block;
}

// Ends the value's life and returns its block; the envelope itself stays.
inline void destroy_value(Envelope& envelope) noexcept {
  const MessageType& type = *envelope.type;
  void* value = envelope.value();
  if (type.destroy != nullptr) type.destroy(value);
  if (!type.is_inline) pool::free_block(value, type.size);
}

inline void init_envelope(Envelope& e) {
  e.next = nullptr;
  e.type = nullptr;
  e.origin = 0;
  e.context = nullptr;
}

template <class M, class... Args>
void construct_value(Envelope& envelope, Args&&... args) {
  const MessageType& type = message_type<M>();
  envelope.type = &type;
  if constexpr (kFitsInline<M>) {
    if constexpr (requires { M(std::forward<Args>(args)...); })
      ::new (static_cast<void*>(envelope.payload)) M(std::forward<Args>(args)...);
    else
      ::new (static_cast<void*>(envelope.payload)) M{std::forward<Args>(args)...};
  } else {
    void* block = pool::allocate_block(sizeof(M));
    try {
      if constexpr (requires { M(std::forward<Args>(args)...); })
        ::new (block) M(std::forward<Args>(args)...);
      else
        ::new (block) M{std::forward<Args>(args)...};
    } catch (...) {
      pool::free_block(block, sizeof(M));
      throw;
    }
    *reinterpret_cast<void**>(envelope.payload) = block;
  }
}

inline Envelope* new_envelope() {
  auto* envelope = static_cast<Envelope*>(pool::allocate_envelope_memory());
  init_envelope(*envelope);
  return envelope;
}

// One with a default value of the type in it, if one was kept; else null.
inline Envelope* take_kept(const MessageType& type) {
  if (type.kept == MessageType::kNotKept) return nullptr;
  return static_cast<Envelope*>(pool::take_kept(type.kept));
}

inline void delete_envelope(Envelope* envelope) noexcept {
  if (GOAKT_UNLIKELY(envelope->context != nullptr)) release_context(envelope->context);
  if (envelope->type->kept != MessageType::kNotKept && keep_envelope(*envelope)) return;
  destroy_value(*envelope);
  pool::free_envelope_memory(envelope);
}

}  // namespace internal

// A message of any type, owned. Move-only. What is sent, answered, stashed, or kept as a dead
// letter.
class Message {
 public:
  Message() = default;

  explicit Message(Envelope* envelope) noexcept : envelope_(envelope) {}

  Message(Message&& other) noexcept : envelope_(std::exchange(other.envelope_, nullptr)) {}

  Message& operator=(Message&& other) noexcept {
    if (this != &other) {
      reset();
      envelope_ = std::exchange(other.envelope_, nullptr);
    }
    return *this;
  }

  Message(const Message&) = delete;
  Message& operator=(const Message&) = delete;

  ~Message() { reset(); }

  // Builds an M in its envelope.
  template <MessageValue M, class... Args>
  static Message make(Args&&... args) {
    if constexpr (internal::kMayBeKept<M> && sizeof...(Args) == 0)
      if (Envelope* kept = internal::take_kept(message_type<M>())) return Message(kept);
    Envelope* envelope = internal::new_envelope();
    try {
      internal::construct_value<M>(*envelope, std::forward<Args>(args)...);
    } catch (...) {
      pool::free_envelope_memory(envelope);
      throw;
    }
    return Message(envelope);
  }
  template <class M>

  requires(!std::same_as<std::remove_cvref_t<M>, Message> &&
           MessageValue<std::remove_cvref_t<M>>) static Message of(M&& value) {
    return make<std::remove_cvref_t<M>>(std::forward<M>(value));
  }

  // Decodes into an envelope of the registered type of that name; a name that is not registered
  // gives an UnknownMessage that keeps the bytes. Error: invalid_message when the bytes do not
  // parse.
  GOAKT_API static Result<Message> parse(std::string_view type_name, std::string_view bytes);
  // A default-constructed value of a registered type. Error: invalid_message.
  GOAKT_API static Result<Message> of_type(const MessageType& type);

  explicit operator bool() const noexcept { return envelope_ != nullptr; }

  const MessageType& type() const { return *envelope_->type; }

  GOAKT_API std::string_view type_name() const;

  const void* value() const { return envelope_->value(); }

  void* mutable_value() { return envelope_->value(); }

  template <class M>
  bool is() const {
    return envelope_ != nullptr && envelope_->type == &message_type<M>();
  }

  template <class M>
  const M* as() const {
    return is<M>() ? static_cast<const M*>(envelope_->value()) : nullptr;
  }

  template <class M>
  M* as() {
    return is<M>() ? static_cast<M*>(envelope_->value()) : nullptr;
  }

  // The same message with that context in place of its own.
  GOAKT_API Message with_context(ContextRef context) &&;
  // Error: invalid_message for a type that is not copyable.
  GOAKT_API Result<Message> copy() const;
  // The wire form. Error: invalid_message for a type that has none.
  GOAKT_API Result<std::string> serialize() const;

  Envelope* release() noexcept { return std::exchange(envelope_, nullptr); }

  Envelope* get() const noexcept { return envelope_; }

 private:
  void reset() noexcept {
    if (envelope_ != nullptr) internal::delete_envelope(std::exchange(envelope_, nullptr));
  }

  Envelope* envelope_ = nullptr;
};

// Builds a message by a function that fills it where it will travel; for protobuf classes, which
// have no field constructors.
template <MessageValue M, class Fill>
M make(Fill&& fill) {
  M message;
  std::forward<Fill>(fill)(message);
  return message;
}

}  // namespace goakt
