#include <google/protobuf/descriptor.h>

// Made before there are threads: what libprotobuf does at its first use looks to ThreadSanitizer,
// which does not see into it, like a race.
[[maybe_unused]] static const auto* const kPool =
    google::protobuf::DescriptorPool::generated_pool();
