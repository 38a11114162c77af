#include "goakt/node/message_types.h"

#include "goakt/node/message_json.h"

#include <doctest/doctest.h>
#include <google/protobuf/any.pb.h>
#include <google/protobuf/descriptor.pb.h>
#include <google/protobuf/wrappers.pb.h>

#include <filesystem>
#include <fstream>
#include <functional>
#include <stdlib.h>

using namespace goakt;
using namespace goakt::node;
using google::protobuf::FieldDescriptorProto;
using google::protobuf::FileDescriptorProto;
using google::protobuf::FileDescriptorSet;

namespace {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "goakt-types-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }

  ~Folder() { std::filesystem::remove_all(path_); }

  void write(const std::string& name, const FileDescriptorSet& set) const {
    write(name, set.SerializeAsString());
  }

  void write(const std::string& name, const std::string& bytes) const {
    std::ofstream(path_ / name, std::ios::binary) << bytes;
  }

  std::string path() const { return path_.string(); }

  std::string problem() const {
    const auto types = MessageTypes::load(path());
    return types ? "none" : types.error().message();
  }

 private:
  std::filesystem::path path_;
};

void add_field(google::protobuf::DescriptorProto& type, const std::string& name, int number,
               FieldDescriptorProto::Type kind, const std::string& type_name = "") {
  auto* field = type.add_field();
  field->set_name(name);
  field->set_number(number);
  field->set_label(FieldDescriptorProto::LABEL_OPTIONAL);
  field->set_type(kind);
  if (!type_name.empty()) field->set_type_name(type_name);
}

FileDescriptorProto file(const std::string& name, const std::string& package) {
  FileDescriptorProto proto;
  proto.set_name(name);
  proto.set_package(package);
  proto.set_syntax("proto3");
  return proto;
}

// message Item {string name; int64 count}
FileDescriptorProto item_file() {
  FileDescriptorProto proto = file("shop/item.proto", "shop");
  auto& item = *proto.add_message_type();
  item.set_name("Item");
  add_field(item, "name", 1, FieldDescriptorProto::TYPE_STRING);
  add_field(item, "count", 2, FieldDescriptorProto::TYPE_INT64);
  return proto;
}

// message Order {Item first_item; Any extra; StringValue note}, which imports the other one.
FileDescriptorProto order_file() {
  FileDescriptorProto proto = file("shop/order.proto", "shop");
  for (const char* import :
       {"shop/item.proto", "google/protobuf/any.proto", "google/protobuf/wrappers.proto"})
    proto.add_dependency(import);
  auto& order = *proto.add_message_type();
  order.set_name("Order");
  add_field(order, "first_item", 1, FieldDescriptorProto::TYPE_MESSAGE, ".shop.Item");
  add_field(order, "extra", 2, FieldDescriptorProto::TYPE_MESSAGE, ".google.protobuf.Any");
  add_field(order, "note", 3, FieldDescriptorProto::TYPE_MESSAGE, ".google.protobuf.StringValue");
  return proto;
}

FileDescriptorSet set_of(const std::vector<FileDescriptorProto>& files) {
  FileDescriptorSet set;
  for (const auto& proto : files) *set.add_file() = proto;
  return set;
}

bool has(const std::string& text, const std::string& part) {
  CAPTURE(text);
  CAPTURE(part);
  const bool found = text.find(part) != std::string::npos;
  CHECK(found);
  return found;
}

}  // namespace

TEST_CASE("types of descriptor sets are listed, described and mapped to JSON and back") {
  const Folder folder;
  // Each set misses what the other one has; the order of their names must not matter.
  folder.write("a.desc", set_of({order_file()}));
  folder.write("b.binpb", set_of({item_file()}));
  folder.write("notes.txt", std::string("no set"));
  const auto loaded = MessageTypes::load(folder.path());
  REQUIRE_MESSAGE(loaded, folder.problem());
  const MessageTypes& types = **loaded;
  const auto names = types.names("shop.");
  REQUIRE(names.size() == 2);
  CHECK(names[0].name == "shop.Item");
  CHECK(names[0].from == "b.binpb");
  CHECK(names[1].from == "a.desc");
  const auto shape = types.describe("shop.Order");
  REQUIRE(shape);
  CHECK(shape->from == "a.desc");
  REQUIRE(shape->fields.size() == 3);
  CHECK(shape->fields[0].name == "firstItem");
  CHECK(shape->fields[0].type == "shop.Item");
  CHECK(types.describe("shop.Item")->skeleton == "{\"name\":\"\",\"count\":\"0\"}");

  const std::string json =
      "{\"firstItem\":{\"name\":\"tea\",\"count\":\"3\"},\"extra\":{\"@type\":"
      "\"type.googleapis.com/shop.Item\",\"name\":\"cup\"},\"note\":\"n\"}";
  const auto message = message_from_json(types, "shop.Order", json);
  REQUIRE(message);
  CHECK(message->is<UnknownMessage>());
  CHECK(json_from_message(types, *message) == json);
  // Who does not know the type shows its bytes.
  const auto raw = json_from_message(MessageTypes(), *message);
  REQUIRE(raw);
  CHECK(raw->starts_with("{\"@type\":\"shop.Order\",\"@raw\":"));
  const auto wrong = message_from_json(types, "shop.Order", "{\"firstItem\":{\"nmae\":1}}");
  REQUIRE(!wrong);
  has(wrong.error().message(), "nmae");
  const auto broken = message_from_bytes("shop.Order", "\x0a\xff");
  REQUIRE(broken);
  CHECK(json_from_message(types, *broken) ==
        std::string("{\"@type\":\"shop.Order\",\"@raw\":\"Cv8=\"}"));
}

TEST_CASE("an Any in a message that is compiled in may hold a type of a set") {
  const Folder folder;
  folder.write("shop.desc", set_of({item_file()}));
  const auto types = MessageTypes::load(folder.path());
  REQUIRE(types);
  static_cast<void>(message_type<google::protobuf::Any>());
  const std::string json = "{\"@type\":\"type.googleapis.com/shop.Item\",\"name\":\"tea\"}";
  const auto message = message_from_json(**types, "google.protobuf.Any", json);
  REQUIRE(message);
  CHECK(message->is<google::protobuf::Any>());
  CHECK(json_from_message(**types, *message) == json);
}

TEST_CASE("no folder is no error unless it was named, and compiled-in types are always there") {
  const auto none = MessageTypes::load("/no/such/folder", false);
  REQUIRE(none);
  CHECK((*none)->describe("google.protobuf.StringValue"));
  CHECK((*none)->names("google.protobuf.StringV").size() == 1);
  CHECK(!(*none)->describe("shop.Item"));
  CHECK(MessageTypes::load(""));
  const auto named = MessageTypes::load("/no/such/folder");
  REQUIRE(!named);
  has(named.error().message(), "plugins.proto-dir: /no/such/folder: cannot read this directory");
}

TEST_CASE("a descriptor set that is broken is refused with its name and the reason") {
  const Folder folder;
  const auto refused = [&](const FileDescriptorSet& set, const std::string& why) {
    folder.write("x.desc", set);
    has(folder.problem(), "x.desc: ");
    has(folder.problem(), why);
  };
  folder.write("x.desc", std::string("\xff\xff\xff"));
  has(folder.problem(), "x.desc: it is no descriptor set");
  refused({}, "there is no .proto file in it");
  refused(set_of({order_file()}), "imports shop/item.proto, which is in no set");
  FileDescriptorProto circle = item_file();
  circle.add_dependency(circle.name());
  refused(set_of({circle}), "imports it in turn");
  FileDescriptorProto twice = item_file();
  *twice.add_message_type() = twice.message_type(0);
  refused(set_of({twice}), "is broken: shop.Item");
  FileDescriptorProto hides = file("mine.proto", "google.protobuf");
  hides.add_message_type()->set_name("StringValue");
  refused(set_of({hides}), "google.protobuf.StringValue is known already");
  FileDescriptorProto other = file("google/protobuf/wrappers.proto", "mine");
  other.add_message_type()->set_name("Mine");
  refused(set_of({other}), "without mine.Mine, is known already");
}

TEST_CASE("sets may share files when these are the same, and repeat what is compiled in") {
  const Folder folder;
  FileDescriptorProto wrappers;
  google::protobuf::StringValue::descriptor()->file()->CopyTo(&wrappers);
  folder.write("a.desc", set_of({item_file()}));
  folder.write("b.desc", set_of({wrappers, item_file(), order_file()}));
  CHECK(folder.problem() == "none");
  FileDescriptorProto changed = item_file();
  changed.mutable_message_type(0)->mutable_field(0)->set_number(7);
  folder.write("c.desc", set_of({changed}));
  has(folder.problem(), "c.desc: its shop/item.proto is not the one of");
}

TEST_CASE("a set that comes with a request adds to what the node knows, for that request alone") {
  const Folder folder;
  folder.write("shop.desc", set_of({item_file()}));
  const auto known = MessageTypes::load(folder.path());
  REQUIRE(known);
  {
    const auto types = MessageTypes::with(*known, set_of({order_file()}).SerializeAsString());
    REQUIRE(types);
    CHECK((*types)->make("shop.Order"));
    CHECK((*types)->make("shop.Item"));
    CHECK((*types)->make("google.protobuf.StringValue"));
    const auto message = message_from_text(**types, "shop.Order", "first_item { name: 'tea' }");
    REQUIRE(message);
    CHECK(json_from_message(**types, *message) ==
          std::string("{\"firstItem\":{\"name\":\"tea\"}}"));
    const auto wrong = message_from_text(**types, "shop.Order", "first_item { nmae: 'tea' }");
    REQUIRE(!wrong);
    has(wrong.error().message(), "line 1, column");
  }
  CHECK(!(*known)->make("shop.Order"));
  FileDescriptorProto hides = file("mine.proto", "shop");
  hides.add_message_type()->set_name("Item");
  for (const auto& bytes : {std::string("\xff"), set_of({hides}).SerializeAsString()}) {
    const auto refused = MessageTypes::with(*known, bytes);
    REQUIRE(!refused);
    CHECK(refused.error().is(ErrorCode::invalid_message));
    has(refused.error().message(), "the descriptor set of the request: ");
  }
}
