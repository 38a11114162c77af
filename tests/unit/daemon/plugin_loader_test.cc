#include "goakt/daemon/plugin_loader.h"

#include <doctest/doctest.h>

#include <cstring>

using namespace goakt;
using namespace goakt::daemon;

namespace {

std::string bytes_of(const PluginInfo& info) {
  std::string bytes(sizeof info, '\0');
  std::memcpy(bytes.data(), &info, sizeof info);
  return bytes;
}

PluginInfo good_info() {
  return internal::make_plugin_info("sample", library_build_id());
}

}  // namespace

TEST_CASE("the info of a plugin is found anywhere in the file") {
  const std::string content = std::string(777, 'x') + bytes_of(good_info()) + std::string(99, 'y');
  const auto info = find_plugin_info(content);
  REQUIRE(info);
  CHECK(std::string(info->name) == "sample");
  CHECK(!mismatch(*info));
}

TEST_CASE("a file without info, with the marker alone or cut short is no plugin") {
  CHECK(!find_plugin_info(""));
  CHECK(!find_plugin_info(std::string(1000, 'z')));
  const std::string bytes = bytes_of(good_info());
  const std::string marker = bytes.substr(0, bytes.find('\0'));
  CHECK(!find_plugin_info("text with " + marker + " in it" + std::string(1000, 'z')));
  CHECK(!find_plugin_info(bytes.substr(0, bytes.size() - 1)));
  CHECK(find_plugin_info(marker + "#" + bytes));  // the real one behind a false one
}

TEST_CASE("another build, interface or protobuf is a mismatch that names both") {
  PluginInfo info = internal::make_plugin_info("sample", "0123456789abcdef");
  auto why = mismatch(info);
  REQUIRE(why);
  CHECK(why->find("0123456789abcdef") != std::string::npos);
  CHECK(why->find(library_build_id()) != std::string::npos);
  info = good_info();
  info.api = 7;
  CHECK(mismatch(info));
  info = good_info();
  info.protobuf = library_protobuf_version() + 1'000'000;
  CHECK(mismatch(info));
  info.protobuf = library_protobuf_version() / 1000 * 1000 + 999;  // another fix of the same line
  CHECK(!mismatch(info));
}

TEST_CASE("a bare name stands for a file in the plugins' folder") {
  CHECK(plugin_path("bank", "/p") == "/p/bank.so");
  CHECK(plugin_path("./bank.so", "/p") == "./bank.so");
  CHECK(plugin_path("/x/bank.so", "/p") == "/x/bank.so");
}
