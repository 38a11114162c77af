#pragma once

#include "goakt/base/export.h"
#include "goakt/base/result.h"

#include <memory>
#include <string>
#include <string_view>

namespace goakt {

// A service that all actors of a system share, given to it when it is made and found by id from
// every context. Used by many threads at once.
class GOAKT_API Extension {
 public:
  Extension() = default;
  Extension(const Extension&) = delete;
  Extension& operator=(const Extension&) = delete;
  virtual ~Extension();

  virtual std::string id() const = 0;
};

// Something that one actor was spawned with. It travels with the actor: to a node where it is
// spawned remotely or that takes it over, as bytes under its type's name.
class GOAKT_API Dependency {
 public:
  Dependency() = default;
  Dependency(const Dependency&) = delete;
  Dependency& operator=(const Dependency&) = delete;
  virtual ~Dependency();

  virtual std::string id() const = 0;
  // By which other nodes know the type; the C++ class' name unless overridden.
  virtual std::string type_name() const;
  virtual Result<std::string> marshal() const = 0;
  virtual Status unmarshal(std::string_view bytes) = 0;
};

}  // namespace goakt
