#pragma once

#include <memory>
#include <string>
#include <string_view>

namespace goaktctl {

// Writes a .tar.zst, file by file. Errors stay: what failed once, fails in close().
class ArchiveWriter {
 public:
  explicit ArchiveWriter(const std::string& path);
  ~ArchiveWriter();
  ArchiveWriter(const ArchiveWriter&) = delete;
  ArchiveWriter& operator=(const ArchiveWriter&) = delete;

  void add(const std::string& name, std::string_view bytes);
  // Empty when everything was written.
  std::string close();

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace goaktctl
