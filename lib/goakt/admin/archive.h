#pragma once

#include "goakt/base/result.h"

#include <memory>
#include <string>
#include <string_view>

namespace goakt::admin {

// Files in one tar.zst, made in memory.
class Archive {
 public:
  explicit Archive(std::string_view folder);
  ~Archive();

  [[nodiscard]] Status add(std::string_view name, std::string_view bytes);
  [[nodiscard]] Result<std::string> finish();

 private:
  struct Impl;

  std::string folder_;
  std::string bytes_;
  std::unique_ptr<Impl> impl_;
};

}  // namespace goakt::admin
