#include "goakt/node/plugin.h"

#include <google/protobuf/stubs/common.h>

namespace goakt {

std::string_view library_build_id() {
  return GOAKT_BUILD_ID;
}

std::uint32_t library_protobuf_version() {
  return GOOGLE_PROTOBUF_VERSION;
}

}  // namespace goakt
