#include "goakt/base/memory.h"

#include <doctest/doctest.h>

#include <cstring>
#include <filesystem>
#include <fstream>
#include <memory>
#include <stdlib.h>

namespace goakt {
namespace {

// A made-up /proc/self/cgroup and /sys/fs/cgroup.
class FakeCgroup {
 public:
  FakeCgroup() {
    char name[] = "/tmp/goakt-cgroup-XXXXXX";
    REQUIRE(mkdtemp(name) != nullptr);
    root_ = name;
  }

  FakeCgroup(const FakeCgroup&) = delete;
  FakeCgroup& operator=(const FakeCgroup&) = delete;

  ~FakeCgroup() { std::filesystem::remove_all(root_); }

  FakeCgroup& file(const std::string& path, const std::string& text) {
    const auto full = root_ / path;
    std::filesystem::create_directories(full.parent_path());
    std::ofstream(full) << text << "\n";
    return *this;
  }

  std::optional<memory::Cgroup> read() const {
    return memory::cgroup((root_ / "self").string(), (root_ / "mount").string());
  }

 private:
  std::filesystem::path root_;
};

TEST_CASE("the machine has memory, and less is free than there is [197]") {
  CHECK(memory::size() > 64ULL << 20);
  CHECK(memory::free() > 0);
  CHECK(memory::free() <= memory::size());
  CHECK(memory::limit() > 0);
  CHECK(memory::limit() <= memory::size());
}

TEST_CASE("memory that is touched becomes resident") {
  const auto before = memory::resident();
  CHECK(before > 0);
  constexpr std::size_t kSize = 64 << 20;
  const std::unique_ptr<char[]> block(new char[kSize]);
  std::memset(block.get(), 1, kSize);
  CHECK(memory::resident() >= before + kSize / 2);
}

#if !defined(__SANITIZE_ADDRESS__) && !defined(__SANITIZE_THREAD__)
TEST_CASE("what is allocated is used") {
  const auto before = memory::used();
  const std::unique_ptr<char[]> block(new char[16 << 20]);
  std::memset(block.get(), 1, 1);
  CHECK(memory::used() >= before + (16 << 20));
}
#endif

TEST_CASE("a version 2 cgroup limits, and a parent's tighter limit counts [197]") {
  FakeCgroup fake;
  fake.file("self", "0::/pod/container");
  CHECK_FALSE(fake.read());
  fake.file("mount/pod/container/memory.max", "max");
  CHECK_FALSE(fake.read());
  fake.file("mount/pod/container/memory.max", "2000")
      .file("mount/pod/container/memory.current", "1500");
  CHECK(fake.read()->limit == 2000);
  CHECK(fake.read()->used == 1500);
  fake.file("mount/pod/memory.max", "1800").file("mount/pod/memory.current", "1700");
  CHECK(fake.read()->limit == 1800);
  CHECK(fake.read()->used == 1700);
}

TEST_CASE("in a container only the top of the mount may be there") {
  FakeCgroup fake;
  fake.file("self", "0::/kubepods/x/y").file("mount/memory.max", "4096");
  CHECK(fake.read()->limit == 4096);
  FakeCgroup top;
  top.file("self", "0::/").file("mount/memory.max", "512");
  CHECK(top.read()->limit == 512);
}

TEST_CASE("a version 1 cgroup limits unless its number means none [197]") {
  FakeCgroup fake;
  fake.file("self", "12:cpu,cpuacct:/a\n7:memory:/docker/1\n3:memory_other:/b\n")
      .file("mount/memory/docker/1/memory.limit_in_bytes", "9223372036854771712");
  CHECK_FALSE(fake.read());
  fake.file("mount/memory/docker/1/memory.limit_in_bytes", "1048576")
      .file("mount/memory/docker/1/memory.usage_in_bytes", "4096");
  CHECK(fake.read()->limit == 1048576);
  CHECK(fake.read()->used == 4096);
}

TEST_CASE("unreadable or odd cgroup files mean no limit") {
  FakeCgroup fake;
  CHECK_FALSE(fake.read());
  fake.file("self", "nonsense\n::\n0::relative\n0::/a").file("mount/a/memory.max", "12x");
  CHECK_FALSE(fake.read());
  fake.file("mount/a/memory.max", "");
  CHECK_FALSE(fake.read());
}

}  // namespace
}  // namespace goakt
