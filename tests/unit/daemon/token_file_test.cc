#include "goakt/daemon/token_file.h"

#include "goakt/daemon/replace_file.h"

#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <sstream>
#include <stdlib.h>
#include <sys/stat.h>
#include <thread>

using namespace goakt;
using namespace goakt::daemon;

namespace {

class Folder {
 public:
  Folder() {
    std::string name = (std::filesystem::temp_directory_path() / "goakt-daemon-XXXXXX").string();
    path_ = ::mkdtemp(name.data());
  }

  ~Folder() { std::filesystem::remove_all(path_); }

  std::string at(const std::string& name) const { return (path_ / name).string(); }

  std::size_t files() const {
    std::size_t count = 0;
    for ([[maybe_unused]] const auto& entry : std::filesystem::directory_iterator(path_)) ++count;
    return count;
  }

 private:
  std::filesystem::path path_;
};

std::string content(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream out;
  out << in.rdbuf();
  return out.str();
}

unsigned mode_of(const std::string& path) {
  struct stat info {};

  return ::stat(path.c_str(), &info) == 0 ? info.st_mode & 0777 : 0;
}

}  // namespace

TEST_CASE("a new token is kept as its digest, in a file for its owner alone") {
  const Folder folder;
  TokenFile file(folder.at("tokens"));
  REQUIRE(file.list());
  CHECK(file.list()->empty());
  const auto secret = file.add(admin::Role::operate, "ci");
  REQUIRE(secret);
  CHECK(secret->starts_with("goakt_"));
  CHECK(secret->size() == 49);
  CHECK(mode_of(folder.at("tokens")) == 0600);
  CHECK(content(folder.at("tokens")).find(*secret) == std::string::npos);
  const auto tokens = file.list();
  REQUIRE(tokens);
  REQUIRE(tokens->size() == 1);
  CHECK(tokens->front().role == admin::Role::operate);
  CHECK(tokens->front().name == "ci");
  CHECK(tokens->front().sha256 == admin::sha256(*secret));
  const auto other = file.add(admin::Role::viewer, "eyes");
  REQUIRE(other);
  CHECK(*other != *secret);
  CHECK(folder.files() == 1);
}

TEST_CASE("a name that is taken or bad is refused, and so is a file with a bad line") {
  const Folder folder;
  TokenFile file(folder.at("tokens"));
  REQUIRE(file.add(admin::Role::viewer, "ci"));
  for (const std::string name : {"ci", "", "a:b", "a b", "line\nfeed"}) {
    CAPTURE(name);
    const auto added = file.add(admin::Role::viewer, name);
    REQUIRE(!added);
    CHECK(added.error().is(ErrorCode::invalid_id));
  }
  CHECK(!file.add(admin::Role::viewer, std::string(65, 'x')));
  std::ofstream(folder.at("tokens")) << "nonsense\n";
  const auto added = file.add(admin::Role::viewer, "other");
  REQUIRE(!added);
  CHECK(added.error().message().find("tokens:1 is no token") != std::string::npos);
}

TEST_CASE("a revoked token goes, comments and the others stay") {
  const Folder folder;
  TokenFile file(folder.at("tokens"));
  REQUIRE(file.add(admin::Role::viewer, "a"));
  const std::string first = content(folder.at("tokens"));
  std::ofstream(folder.at("tokens"), std::ios::app) << "\n# for the shop";
  REQUIRE(file.add(admin::Role::admin, "b"));
  REQUIRE(file.revoke("b"));
  CHECK(content(folder.at("tokens")) == first + "\n# for the shop\n");
  const Status again = file.revoke("b");
  REQUIRE(!again);
  CHECK(again.error().is(ErrorCode::invalid_id));
  REQUIRE(file.revoke("a"));
  CHECK(content(folder.at("tokens")) == "\n# for the shop\n");
  CHECK(!TokenFile(folder.at("none")).revoke("a"));
}

TEST_CASE("tokens made at the same time are all kept") {
  const Folder folder;
  const auto add = [&](const std::string& prefix) {
    TokenFile file(folder.at("tokens"));
    for (int i = 0; i < 20; ++i)
      CHECK(file.add(admin::Role::viewer, prefix + std::to_string(i)).has_value());
  };
  std::thread other(add, "x");
  add("y");
  other.join();
  const auto tokens = TokenFile(folder.at("tokens")).list();
  REQUIRE(tokens);
  CHECK(tokens->size() == 40);
}

TEST_CASE("a replaced file keeps its mode, and what a link points to is replaced") {
  const Folder folder;
  std::ofstream(folder.at("real")) << "old";
  ::chmod(folder.at("real").c_str(), 0640);
  std::filesystem::create_symlink("real", folder.at("link"));
  REQUIRE(replace_file(folder.at("link"), "new"));
  CHECK(content(folder.at("real")) == "new");
  CHECK(mode_of(folder.at("real")) == 0640);
  CHECK(std::filesystem::is_symlink(folder.at("link")));
  CHECK(folder.files() == 2);
  const Status nowhere = replace_file(folder.at("no/such/file"), "x");
  REQUIRE(!nowhere);
  CHECK(nowhere.error().message().find("No such file") != std::string::npos);
}
