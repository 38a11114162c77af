#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"

#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace google::protobuf {
class Message;

namespace util {
class TypeResolver;
}
}  // namespace google::protobuf

// Which messages an operator can write as JSON, and what is in them.
namespace goakt::node {

struct MessageField {
  std::string name;  // as in JSON
  std::string type;  // "string", "int64", "orders.v1.Order"
  bool repeated = false;
};

struct MessageShape {
  std::string name;
  std::string from;  // as in MessageTypeName
  std::vector<MessageField> fields;
  std::string skeleton;  // JSON with every field at its default, ready to be filled in
};

struct MessageTypeName {
  std::string name;
  std::string from;  // the file of its descriptor set; empty: compiled in
};

// The protobuf messages that a node knows by name: those compiled into the process, plugins
// included, and those of descriptor sets, as `protoc --include_imports --descriptor_set_out` writes
// them. A type that is compiled in is never taken from a set. Made once, read by any thread.
class GOAKT_API MessageTypes {
 public:
  // Those compiled in, and no more.
  MessageTypes();
  ~MessageTypes();
  MessageTypes(const MessageTypes&) = delete;
  MessageTypes& operator=(const MessageTypes&) = delete;

  // And those of the files *.desc and *.binpb in that folder; none when its name is empty, or when
  // it is not there and need not be. Error: invalid_argument with the file and what is wrong in it.
  [[nodiscard]] static Result<std::shared_ptr<const MessageTypes>> load(const std::string& folder,
                                                                        bool must_exist = true);

  // Those of `known`, and a descriptor set that somebody sends along. Error: invalid_message.
  [[nodiscard]] static Result<std::shared_ptr<const MessageTypes>> with(
      std::shared_ptr<const MessageTypes> known, std::string_view descriptor_set);

  // In order, those that begin with `prefix`.
  std::vector<MessageTypeName> names(std::string_view prefix) const;
  // Nothing when no message of that name is known.
  std::optional<MessageShape> describe(std::string_view name) const;

  // An empty message, null when no message of that name is known. Must not outlive the types.
  std::unique_ptr<google::protobuf::Message> make(std::string_view name) const;
  // Of all these types, for the JSON mapping.
  google::protobuf::util::TypeResolver& resolver() const;

 private:
  struct Impl;

  explicit MessageTypes(std::unique_ptr<Impl> impl);

  std::unique_ptr<Impl> impl_;
};

}  // namespace goakt::node
