#include "goakt/dmap/member_record.h"

#include "goakt/base/text.h"
#include "goakt/dmap/hash.h"

#include <doctest/doctest.h>

#include <string>

using namespace goakt;
using namespace goakt::dmap;

namespace {

MemberRecord sample() {
  return MemberRecord::make("127.0.0.1:3320", 1'700'000'000'000'000'000, "{}");
}

}  // namespace

TEST_CASE("a member's hashes are those of its name and of this life") {
  CHECK(xxh64("") == 0xef46db3751d8e999);
  const auto record = sample();
  CHECK(record.name_hash == 3943010967916665205u);
  CHECK(record.id == 4995169161688979856u);
  CHECK(MemberRecord::make(record.name, record.birthdate + 1, "{}").id != record.id);
}

TEST_CASE("a member's record is written with full widths and read as it was") {
  auto record = sample();
  record.meta = "";
  CHECK(hex_encode(record.encode()) ==
        "85a44e616d65ae3132372e302e302e313a33333230a84e616d6548617368cf36b8639598245975a24944cf"
        "455267e313751990a9426972746864617465d317979cfe362a0000a44d657461a0");
  for (const std::size_t size : {0, 1, 31, 32, 255, 256, 400}) {
    record.meta.assign(size, 'm');
    const auto read = MemberRecord::decode(record.encode());
    REQUIRE(read);
    CHECK(*read == record);
  }
}

TEST_CASE("a record is read whatever order and widths its writer chose") {
  // {"Meta": "m", "More": [1], "ID": 7, "Birthdate": -1, "NameHash": 300, "Name": "n"}
  const auto bytes = *hex_decode(
      "86a44d657461a16da44d6f72659101a2494407a9426972746864617465ffa84e616d6548617368cd012ca44e616d"
      "65"
      "a16e");
  const auto record = MemberRecord::decode(bytes);
  REQUIRE(record);
  CHECK(record->name == "n");
  CHECK(record->name_hash == 300);
  CHECK(record->id == 7);
  CHECK(record->birthdate == -1);
  CHECK(record->meta == "m");
}

TEST_CASE("a record that is cut, lacks something or is something else is none") {
  const auto bytes = sample().encode();
  for (std::size_t size = 0; size < bytes.size(); ++size)
    CHECK(!MemberRecord::decode(std::string_view(bytes).substr(0, size)));
  for (const auto* hex : {"", "80", "c0", "90", "81a44e616d6501", "dfffffffff", "81c0c0"})
    CHECK(!MemberRecord::decode(*hex_decode(hex)));
}

TEST_CASE("a record with any one byte changed is read as some record or as none") {
  const auto bytes = sample().encode();
  std::size_t readable = 0;
  for (std::size_t at = 0; at < bytes.size(); ++at) {
    for (int value = 0; value < 256; ++value) {
      auto changed = bytes;
      changed[at] = static_cast<char>(value);
      if (const auto record = MemberRecord::decode(changed)) {
        CHECK(record->meta.size() <= bytes.size());
        ++readable;
      }
    }
  }
  // The unchanged one, at least, once for each byte.
  CHECK(readable >= bytes.size());
}
