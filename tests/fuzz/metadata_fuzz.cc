// Whatever parses as a metadata block is written to a block that says the same.

#include "goakt/message/context.h"
#include "goakt/wire/metadata.h"

#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

using goakt::wire::Metadata;

namespace {

void require(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const std::string_view block(reinterpret_cast<const char*>(data), size);
  const auto metadata = Metadata::parse(block);
  if (!metadata) {
    require(!metadata.error().message().empty());
    return 0;
  }
  const auto length = metadata->size();
  require(length.has_value() && *length <= block.size());
  std::string again(*length, '\0');
  require(metadata->write(again.data()) == again.data() + again.size());
  require(again == block.substr(0, again.size()));
  const auto context = goakt::wire::context_of(metadata->headers);
  require(static_cast<bool>(context) == !metadata->headers.empty());
  for (const auto& header : metadata->headers)
    require(goakt::wire::find_header(metadata->headers, header.key) != nullptr);
  return 0;
}
