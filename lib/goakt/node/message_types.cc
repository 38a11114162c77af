#include "goakt/node/message_types.h"

#include "goakt/node/descriptor_sets.h"

#include <google/protobuf/descriptor.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/descriptor_database.h>
#include <google/protobuf/dynamic_message.h>
#include <google/protobuf/util/json_util.h>
#include <google/protobuf/util/type_resolver_util.h>

#include <algorithm>
#include <map>

namespace goakt::node {

namespace {

using google::protobuf::Descriptor;
using google::protobuf::DescriptorPool;
using google::protobuf::FieldDescriptor;
using google::protobuf::FileDescriptor;

template <class Take>
void for_each_message(const Descriptor& type, const Take& take) {
  if (type.options().map_entry()) return;
  take(type);
  for (int i = 0; i < type.nested_type_count(); ++i) for_each_message(*type.nested_type(i), take);
}

template <class Take>
void for_each_message(const FileDescriptor& file, const Take& take) {
  for (int i = 0; i < file.message_type_count(); ++i) for_each_message(*file.message_type(i), take);
}

std::string type_of(const FieldDescriptor& field) {
  if (field.message_type() != nullptr) return field.message_type()->full_name();
  if (field.enum_type() != nullptr) return field.enum_type()->full_name();
  return field.type_name();
}

}  // namespace

struct MessageTypes::Impl {
  explicit Impl(std::shared_ptr<const MessageTypes> below)
      : known(std::move(below)),
        pool(known ? &known->impl_->pool : DescriptorPool::generated_pool()) {
    factory.SetDelegateToGeneratedFactory(true);
  }

  void took(const std::vector<DescriptorSetFile>& files) {
    for (const DescriptorSetFile& file : files) {
      for_each_message(*file.descriptor,
                       [&](const Descriptor& type) { from.emplace(type.full_name(), file.from); });
    }
  }

  const std::shared_ptr<const MessageTypes> known;  // what the pool lies over; null: compiled in
  DescriptorPool pool;
  google::protobuf::DynamicMessageFactory factory{&pool};
  std::unique_ptr<google::protobuf::util::TypeResolver> resolver{
      google::protobuf::util::NewTypeResolverForDescriptorPool("type.googleapis.com", &pool)};
  std::map<std::string, std::string, std::less<>> from;  // types of sets
};

MessageTypes::MessageTypes() : MessageTypes(std::make_unique<Impl>(nullptr)) {}

MessageTypes::MessageTypes(std::unique_ptr<Impl> impl) : impl_(std::move(impl)) {}

MessageTypes::~MessageTypes() = default;

Result<std::shared_ptr<const MessageTypes>> MessageTypes::load(const std::string& folder,
                                                               bool must_exist) {
  auto types = std::make_shared<MessageTypes>();
  if (folder.empty()) return types;
  GOAKT_TRY(const auto files, read_descriptor_sets(folder, must_exist, types->impl_->pool));
  types->impl_->took(files);
  return types;
}

Result<std::shared_ptr<const MessageTypes>> MessageTypes::with(
    std::shared_ptr<const MessageTypes> known, std::string_view descriptor_set) {
  const DescriptorPool& below = known->impl_->pool;
  auto impl = std::make_unique<Impl>(std::move(known));
  GOAKT_TRY(const auto files, add_descriptor_set(descriptor_set, below, impl->pool));
  impl->took(files);
  return std::shared_ptr<const MessageTypes>(new MessageTypes(std::move(impl)));
}

std::vector<MessageTypeName> MessageTypes::names(std::string_view prefix) const {
  std::vector<MessageTypeName> names;
  std::vector<std::string> files;
  // The pool itself can only be asked for names that one knows.
  DescriptorPool::internal_generated_database()->FindAllFileNames(&files);
  for (const std::string& name : files) {
    const auto* file = DescriptorPool::generated_pool()->FindFileByName(name);
    if (file == nullptr) continue;
    for_each_message(*file, [&](const Descriptor& type) {
      if (type.full_name().starts_with(prefix)) names.push_back({type.full_name(), ""});
    });
  }
  for (const auto& [name, from] : impl_->from)
    if (name.starts_with(prefix)) names.push_back({name, from});
  std::sort(names.begin(), names.end(),
            [](const auto& a, const auto& b) { return a.name < b.name; });
  return names;
}

std::optional<MessageShape> MessageTypes::describe(std::string_view name) const {
  const auto prototype = make(name);
  if (!prototype) return std::nullopt;
  const Descriptor& type = *prototype->GetDescriptor();
  MessageShape shape;
  shape.name = type.full_name();
  if (const auto it = impl_->from.find(name); it != impl_->from.end()) shape.from = it->second;
  for (int i = 0; i < type.field_count(); ++i) {
    const FieldDescriptor& field = *type.field(i);
    shape.fields.push_back({field.json_name(), type_of(field), field.is_repeated()});
  }
  google::protobuf::util::JsonPrintOptions options;
  options.always_print_primitive_fields = true;
  if (!google::protobuf::util::MessageToJsonString(*prototype, &shape.skeleton, options).ok())
    shape.skeleton = "{}";
  return shape;
}

std::unique_ptr<google::protobuf::Message> MessageTypes::make(std::string_view name) const {
  const Descriptor* type = impl_->pool.FindMessageTypeByName(std::string(name));
  if (type == nullptr) return nullptr;
  const auto* prototype = impl_->factory.GetPrototype(type);
  return std::unique_ptr<google::protobuf::Message>(prototype == nullptr ? nullptr
                                                                         : prototype->New());
}

google::protobuf::util::TypeResolver& MessageTypes::resolver() const {
  return *impl_->resolver;
}

}  // namespace goakt::node
