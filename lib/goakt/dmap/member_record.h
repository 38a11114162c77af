#pragma once

#include "goakt/base/export.h"

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace goakt::dmap {

// Who a member of the distributed map is, as it travels in the metadata of gossip. The whole record
// must fit into gossip's 512 bytes.
//
// The oldest member is the coordinator, so a record that cannot be read must never count as one:
// Olric takes its birthdate for 0, and with that for the oldest of all.
struct GOAKT_API MemberRecord {
  std::string name;  // HOST:PORT of its map
  std::uint64_t name_hash = 0;
  std::uint64_t id = 0;        // of this life of the process
  std::int64_t birthdate = 0;  // nanoseconds since 1970
  std::string meta;            // of whoever uses the map

  // With the hashes that belong to it.
  static MemberRecord make(std::string name, std::int64_t birthdate, std::string meta);
  // Keys in any order, integers of any width; what else is there is passed over. None when one of
  // the five is missing or of another type.
  static std::optional<MemberRecord> decode(std::string_view bytes);

  std::string encode() const;

  bool operator==(const MemberRecord&) const = default;
};

}  // namespace goakt::dmap
