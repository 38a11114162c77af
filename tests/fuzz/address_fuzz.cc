// Whatever parses must survive being written and read again, and what also validates must have all
// its parts.

#include "goakt/base/address.h"

#include <cstdint>
#include <cstdlib>
#include <string_view>

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view text(reinterpret_cast<const char*>(data), size);
  const auto address = goakt::Address::parse(text, goakt::Uuid(1, 2));
  if (!address) {
    require(!address.error().message().empty());
    return 0;
  }
  // The port alone may be written in another way: "+080".
  const auto again = goakt::Address::parse(address->text(), goakt::Uuid(1, 2));
  require(again.has_value());
  require(again->text() == address->text());
  require(again->same_incarnation(*address) && again->same_text(*address));
  require(again->parent_name() == address->parent_name());
  if (address->validate() && !address->is_nobody()) {
    require(!address->system().empty() && !address->host().empty() && !address->name().empty());
    require(address->port() >= 0 && address->port() <= 65535);
    require(address->child("x").parent_name() == address->name());
  }
  return 0;
}
