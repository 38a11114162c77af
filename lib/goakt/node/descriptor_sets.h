#pragma once

#include "goakt/base/result.h"

#include <string>
#include <string_view>
#include <vector>

namespace google::protobuf {
class DescriptorPool;
class FileDescriptor;
}  // namespace google::protobuf

namespace goakt::node {

// A .proto file that came with a descriptor set.
struct DescriptorSetFile {
  const google::protobuf::FileDescriptor* descriptor;
  std::string from;  // "orders.desc"
};

// Adds the .proto files of all descriptor sets in a folder (*.desc, *.binpb) to `pool`, which must
// lie over the pool of what is compiled in. Files compiled in are left out; a file that several
// sets carry must be the same in all. Error: invalid_argument with the set and what is wrong in it.
[[nodiscard]] Result<std::vector<DescriptorSetFile>> read_descriptor_sets(
    const std::string& folder, bool must_exist, google::protobuf::DescriptorPool& pool);

// The same for one set that came with a request; `pool` lies over `below`. Error: invalid_message.
[[nodiscard]] Result<std::vector<DescriptorSetFile>> add_descriptor_set(
    std::string_view bytes, const google::protobuf::DescriptorPool& below,
    google::protobuf::DescriptorPool& pool);

}  // namespace goakt::node
