#include "goakt/node/message_types.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/descriptor_database.h>
#include <google/protobuf/message.h>
#include <google/protobuf/util/json_util.h>

#include <algorithm>
#include <memory>

namespace goakt::node {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;

void collect(const Descriptor& type, std::string_view prefix, std::vector<std::string>& names) {
  if (type.options().map_entry()) return;
  if (type.full_name().starts_with(prefix)) names.push_back(type.full_name());
  for (int i = 0; i < type.nested_type_count(); ++i) collect(*type.nested_type(i), prefix, names);
}

std::string type_of(const FieldDescriptor& field) {
  if (field.message_type() != nullptr) return field.message_type()->full_name();
  if (field.enum_type() != nullptr) return field.enum_type()->full_name();
  return field.type_name();
}

}  // namespace

std::vector<std::string> message_type_names(std::string_view prefix) {
  std::vector<std::string> files;
  std::vector<std::string> names;
  // The pool itself can only be asked for names that one knows.
  DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
  for (const std::string& name : files) {
    const auto* file = DescriptorPool::generated_pool()->FindFileByName(name);
    if (file == nullptr) continue;
    for (int i = 0; i < file->message_type_count(); ++i)
      collect(*file->message_type(i), prefix, names);
  }
  std::sort(names.begin(), names.end());
  return names;
}

std::optional<MessageShape> describe_message_type(std::string_view name) {
  const Descriptor* type =
      DescriptorPool::generated_pool()->FindMessageTypeByName(std::string(name));
  if (type == nullptr) return std::nullopt;
  MessageShape shape;
  shape.name = type->full_name();
  for (int i = 0; i < type->field_count(); ++i) {
    const FieldDescriptor& field = *type->field(i);
    shape.fields.push_back({field.json_name(), type_of(field), field.is_repeated()});
  }
  const auto* prototype = google::protobuf::MessageFactory::generated_factory()->GetPrototype(type);
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  if (prototype == nullptr ||
      !google::protobuf::util::MessageToJsonString(*prototype, &shape.skeleton, options).ok())
    shape.skeleton = "{}";
  return shape;
}

}  // namespace goakt::node
