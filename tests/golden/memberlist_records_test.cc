// What GoAkt's nodes say of themselves in the metadata of gossip.

#include "goakt/cluster/core/node_meta.h"
#include "goakt/dmap/member_record.h"
#include "tests/golden/golden.h"

using namespace goakt;
using namespace golden;

TEST_CASE("the records of GoAkt's nodes are read, and written as they were") {
  for (const auto& vector : load("memberlist", "olricmeta.jsonl")) {
    INFO(vector.value("id", ""));
    const auto bytes = from_hex(vector["hex"].get<std::string>());
    const auto record = dmap::MemberRecord::decode(bytes);
    REQUIRE(record);
    CHECK(record->name == vector["name"].get<std::string>());
    CHECK(record->meta == vector["memberMeta"].get<std::string>());
    CHECK(std::to_string(record->birthdate) == vector["birthdateNs"].get<std::string>());
    CHECK(record->encode() == bytes);
    CHECK(dmap::MemberRecord::make(record->name, record->birthdate, record->meta) == *record);

    const auto meta = cluster::NodeMeta::parse(record->meta);
    REQUIRE(meta);
    CHECK(meta->peers_address() == record->name);
    // A node without roles writes an empty list; null is what other writers make of it.
    if (record->meta.find("\"Roles\":null") == std::string::npos)
      CHECK(meta->to_json() == record->meta);
  }
}
