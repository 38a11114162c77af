#include "goakt/actor/extension.h"

#include "goakt/actor/actor.h"
#include "goakt/actor/internal/system.h"

#include <cstdlib>
#include <cxxabi.h>
#include <typeinfo>

namespace goakt {

Extension::~Extension() = default;
Dependency::~Dependency() = default;

std::string Dependency::type_name() const {
  const char* raw = typeid(*this).name();
  int status = 0;
  char* name = abi::__cxa_demangle(raw, nullptr, nullptr, &status);
  std::string text = status == 0 && name != nullptr ? name : raw;
  std::free(name);
  return text;
}

std::shared_ptr<Extension> Context::extension(std::string_view id) const {
  return system().extension(id);
}

std::shared_ptr<Dependency> Context::dependency(std::string_view id) const {
  return self_.dependency(id);
}

}  // namespace goakt
