#pragma once

#include "goakt/actor/system.h"
#include "goakt/base/build_id.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/node/kinds.h"

#include <cstdint>
#include <memory>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

#if __has_include(<google/protobuf/stubs/common.h>)
#include <google/protobuf/stubs/common.h>
#endif

// How users' actors come into a node:
//
//   GOAKT_PLUGIN("bank", plugin) {
//     plugin.actor<Account>("bank.account");
//     plugin.dependency<Ledger>();
//     plugin.messages<bank::Report>();
//   }
namespace goakt {

// What the body of a plugin talks to. A failed registration is remembered and refuses the plugin.
class GOAKT_API Plugin {
 public:
  Plugin(Kinds& kinds, std::string name) : kinds_(kinds), name_(std::move(name)) {}

  // Registers A under that kind. Each spawn makes it from copies of `args`.
  template <class A, class... Args>
  void actor(std::string_view kind, SpawnOptions defaults = {}, Args... args) {
    Kind entry;
    entry.name = kind;
    entry.from = name_;
    const Behaviour& behaviour = internal::behaviour_of<A>();
    if (!behaviour.takes_anything)
      for (const Behaviour::Entry& handled : behaviour.entries)
        entry.accepts.push_back(handled.type);
    entry.defaults = std::move(defaults);
    // The name as the system keeps it must live as long as the kinds do.
    auto name = std::make_shared<const std::string>(kind);
    entry.make = [name, ... args = std::move(args)](const SpawnOptions& options) {
      auto recipe = internal::recipe_of<A>(options, args...);
      recipe.kind = *name;
      return recipe;
    };
    check(kinds_.add(std::move(entry)));
  }

  // Makes a type of dependency known, so that operators and other nodes can spawn actors with one.
  template <class D>
  void dependency() {
    static_assert(std::is_base_of_v<Dependency, D> && std::is_default_constructible_v<D>,
                  "a dependency is made empty and then reads its marshalled form");
    const D example;
    check(
        kinds_.add_dependency({example.type_name(), name_, [] { return std::make_shared<D>(); }}));
  }

  // Makes message types known by name that no actor lists: replies, and what is only forwarded.
  template <class... M>
  void messages() {
    (static_cast<void>(message_type<M>()), ...);
  }

  const std::string& name() const { return name_; }

  // The first registration that failed.
  const Status& status() const { return status_; }

 private:
  void check(Status added) {
    if (!added && status_) status_ = std::move(added);
  }

  Kinds& kinds_;
  std::string name_;
  Status status_;
};

// What a plugin states about itself as plain data. Found in the mapped file by its marker before
// the file is loaded, because loading already runs the constructors of another build.
struct PluginInfo {
  static constexpr std::uint32_t kApi = 1;
  static constexpr std::size_t kText = 64;

  char marker[32];
  std::uint32_t api;
  std::uint32_t protobuf;  // GOOGLE_PROTOBUF_VERSION, 0 without protobuf
  char build_id[kText];
  char name[kText];
};

static_assert(std::is_trivial_v<PluginInfo> && sizeof(PluginInfo) == 168);

namespace internal {

#ifdef GOOGLE_PROTOBUF_VERSION
inline constexpr std::uint32_t kProtobufVersion = GOOGLE_PROTOBUF_VERSION;
#else
inline constexpr std::uint32_t kProtobufVersion = 0;
#endif

// Written backwards, so that only a plugin's info holds the marker as it is searched for.
inline constexpr std::string_view kReversedMarker = "~1v~ofni~nigulp~tkaog~";

constexpr PluginInfo make_plugin_info(std::string_view name, std::string_view build_id) {
  PluginInfo info{};
  for (std::size_t i = 0; i < kReversedMarker.size(); ++i)
    info.marker[i] = kReversedMarker[kReversedMarker.size() - 1 - i];
  info.api = PluginInfo::kApi;
  info.protobuf = kProtobufVersion;
  for (std::size_t i = 0; i < build_id.size() && i + 1 < PluginInfo::kText; ++i)
    info.build_id[i] = build_id[i];
  for (std::size_t i = 0; i < name.size() && i + 1 < PluginInfo::kText; ++i) info.name[i] = name[i];
  return info;
}

}  // namespace internal

// The id of the library that runs, which a plugin's must equal.
GOAKT_API std::string_view library_build_id();
GOAKT_API std::uint32_t library_protobuf_version();

}  // namespace goakt

#define GOAKT_PLUGIN(plugin_name, plugin)                                                         \
  extern "C" {                                                                                    \
  extern __attribute__((visibility("default"))) const ::goakt::PluginInfo goakt_plugin_info;      \
  }                                                                                               \
  constexpr ::goakt::PluginInfo goakt_plugin_info =                                               \
      ::goakt::internal::make_plugin_info(plugin_name, GOAKT_BUILD_ID);                           \
  static void goakt_plugin_body(::goakt::Plugin&);                                                \
  extern "C" __attribute__((visibility("default"))) void goakt_plugin_v1(::goakt::Plugin* host) { \
    goakt_plugin_body(*host);                                                                     \
  }                                                                                               \
  static void goakt_plugin_body([[maybe_unused]] ::goakt::Plugin& plugin)
