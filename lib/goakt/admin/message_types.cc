#include "goakt/admin/message_types.h"

#include "goakt/actor/messages.h"
#include "goakt/node/message_json.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/io/tokenizer.h>
#include <google/protobuf/text_format.h>
#include <google/protobuf/util/json_util.h>

namespace goakt::admin {

namespace {

namespace protobuf = google::protobuf;

std::string text_of(protobuf::StringPiece text) {
  return {text.data(), text.size()};
}

class FirstFileError final : public protobuf::DescriptorPool::ErrorCollector {
 public:
  void AddError(const std::string& file, const std::string& element, const protobuf::Message*,
                ErrorLocation, const std::string& what) override {
    if (text.empty()) text = file + ": " + element + ": " + what;
  }

  std::string text;
};

class FirstTextError final : public protobuf::io::ErrorCollector {
 public:
  void AddError(int line, protobuf::io::ColumnNumber column, const std::string& what) override {
    if (text.empty())
      text = "line " + std::to_string(line + 1) + ", column " + std::to_string(column + 1) + ": " +
             what;
  }

  std::string text;
};

}  // namespace

struct MessageTypes::Extra {
  protobuf::DescriptorPool pool{protobuf::DescriptorPool::generated_pool()};
  protobuf::DynamicMessageFactory factory{&pool};
};

MessageTypes::MessageTypes() = default;
MessageTypes::MessageTypes(MessageTypes&&) noexcept = default;
MessageTypes& MessageTypes::operator=(MessageTypes&&) noexcept = default;
MessageTypes::~MessageTypes() = default;

Result<MessageTypes> MessageTypes::with(std::string_view descriptor_set) {
  protobuf::FileDescriptorSet set;
  if (!set.ParseFromArray(descriptor_set.data(), static_cast<int>(descriptor_set.size())))
    return unexpected(Error(ErrorCode::invalid_message, "that is no descriptor set")
                          .with_hint("protoc --include_imports --descriptor_set_out=FILE"));
  MessageTypes types;
  types.extra_ = std::make_unique<Extra>();
  FirstFileError errors;
  for (const protobuf::FileDescriptorProto& file : set.file()) {
    // protobuf's own files are part of every program that uses it.
    if (file.name().starts_with("google/protobuf/") &&
        protobuf::DescriptorPool::generated_pool()->FindFileByName(file.name()) != nullptr)
      continue;
    if (types.extra_->pool.BuildFileCollectingErrors(file, &errors) == nullptr)
      return fail(ErrorCode::invalid_message, "the descriptor set does not hold: " + errors.text);
  }
  return types;
}

namespace {

// An empty message of that type; null when neither pool has it. What the caller brought goes first.
std::unique_ptr<protobuf::Message> make(const std::string& type,
                                        const protobuf::DescriptorPool* pool,
                                        protobuf::DynamicMessageFactory* factory) {
  const protobuf::DescriptorPool* compiled_in = protobuf::DescriptorPool::generated_pool();
  const auto* descriptor = (pool == nullptr ? compiled_in : pool)->FindMessageTypeByName(type);
  if (descriptor == nullptr) return nullptr;
  const protobuf::Message* prototype =
      descriptor->file()->pool() == compiled_in
          ? protobuf::MessageFactory::generated_factory()->GetPrototype(descriptor)
          : factory->GetPrototype(descriptor);
  return prototype == nullptr ? nullptr : std::unique_ptr<protobuf::Message>(prototype->New());
}

bool is_compiled_in(const protobuf::Message& message) {
  return message.GetDescriptor()->file()->pool() == protobuf::DescriptorPool::generated_pool();
}

}  // namespace

Result<Message> MessageTypes::from_json(std::string_view type, std::string_view json) const {
  const auto message = extra_ ? make(std::string(type), &extra_->pool, &extra_->factory) : nullptr;
  if (!message || is_compiled_in(*message)) return node::message_from_json(type, json);
  const auto status = protobuf::util::JsonStringToMessage(
      protobuf::StringPiece(json.data(), json.size()), message.get(), {});
  if (!status.ok())
    return fail(ErrorCode::invalid_message,
                "this is no " + std::string(type) + ": " + text_of(status.message()));
  return Message::parse(type, message->SerializeAsString());
}

Result<Message> MessageTypes::from_text(std::string_view type, std::string_view text) const {
  const auto message = extra_ ? make(std::string(type), &extra_->pool, &extra_->factory)
                              : make(std::string(type), nullptr, nullptr);
  if (!message) return node::message_from_json(type, "{}");  // which says that nobody knows it
  protobuf::TextFormat::Parser parser;
  FirstTextError error;
  parser.RecordErrorsTo(&error);
  parser.SetRecursionLimit(100);
  if (!parser.ParseFromString(std::string(text), message.get()))
    return fail(ErrorCode::invalid_message, "this is no " + std::string(type) + ": " + error.text);
  return Message::parse(type, message->SerializeAsString());
}

Result<std::string> MessageTypes::to_json(const Message& message) const {
  const auto* unknown = message ? message.as<UnknownMessage>() : nullptr;
  if (!extra_ || unknown == nullptr) return node::json_from_message(message);
  const auto known = make(unknown->type_name, &extra_->pool, &extra_->factory);
  if (!known || !known->ParseFromString(unknown->bytes)) return node::json_from_message(message);
  std::string json;
  const auto status = protobuf::util::MessageToJsonString(*known, &json, {});
  if (!status.ok()) return fail(ErrorCode::invalid_message, text_of(status.message()));
  return json;
}

}  // namespace goakt::admin
