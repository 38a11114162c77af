#include "goakt/message/envelope.h"

#include "goakt/message/context.h"

namespace goakt {

namespace internal {

bool keep_envelope(Envelope& envelope) noexcept {
  const MessageType& type = *envelope.type;
  if (!type.reset(envelope.value())) return false;
  envelope.next = nullptr;
  envelope.origin = 0;
  envelope.context = nullptr;
  return pool::keep(type.kept, &envelope);
}

void destroy_kept(void* envelope) {
  auto* kept = static_cast<Envelope*>(envelope);
  destroy_value(*kept);
  pool::free_envelope_memory(kept);
}

void copy_context(const Envelope& from, Envelope& to) {
  if (from.context != nullptr) from.context->retain();
  to.context = from.context;
}

void release_context(const MessageContext* context) noexcept {
  context->release();
}

}  // namespace internal

std::string_view Message::type_name() const {
  if (const auto* unknown = as<UnknownMessage>()) return unknown->type_name;
  return envelope_->type->name;
}

Result<Message> Message::of_type(const MessageType& type) {
  if (type.default_construct == nullptr) return fail(ErrorCode::invalid_message);
  if (Envelope* kept = internal::take_kept(type)) return Message(kept);
  Envelope* envelope = internal::new_envelope();
  type.default_construct(internal::reserve_value(*envelope, type));
  return Message(envelope);
}

Result<Message> Message::parse(std::string_view type_name, std::string_view bytes) {
  const MessageType* type = TypeRegistry::instance().find(type_name);
  if (type == nullptr || type->codec == nullptr)
    return make<UnknownMessage>(std::string(type_name), std::string(bytes));
  GOAKT_TRY(Message message, of_type(*type));
  if (!type->codec->parse(message.mutable_value(), bytes))
    return fail(ErrorCode::invalid_message,
                "invalid message: bytes are not a " + std::string(type_name));
  return message;
}

Message Message::with_context(ContextRef context) && {
  if (envelope_ != nullptr) {
    if (envelope_->context != nullptr) envelope_->context->release();
    envelope_->context = context.release();
  }
  return std::move(*this);
}

Result<Message> Message::copy() const {
  if (envelope_->type->copy_construct == nullptr)
    return fail(ErrorCode::invalid_message,
                "invalid message: " + std::string(type_name()) + " is not copyable");
  Envelope* envelope = internal::new_envelope();
  envelope_->type->copy_construct(internal::reserve_value(*envelope, *envelope_->type),
                                  envelope_->value());
  internal::copy_context(*envelope_, *envelope);
  return Message(envelope);
}

Result<std::string> Message::serialize() const {
  if (const auto* unknown = as<UnknownMessage>()) return unknown->bytes;
  std::string bytes;
  if (envelope_->type->codec == nullptr ||
      !envelope_->type->codec->serialize(envelope_->value(), bytes))
    return fail(ErrorCode::invalid_message,
                "invalid message: " + std::string(type_name()) + " has no wire form");
  return bytes;
}

}  // namespace goakt
