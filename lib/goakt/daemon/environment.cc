#include "goakt/daemon/environment.h"

#include <cstdlib>

namespace goakt::daemon {

std::string variable(const char* name) {
  const char* const text = std::getenv(name);
  return text == nullptr ? std::string() : std::string(text);
}

}  // namespace goakt::daemon
