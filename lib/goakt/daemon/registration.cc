#include "goakt/daemon/registration.h"

#include "goakt/daemon/plugin_loader.h"
#include "goakt/node/plugin.h"

#include <string>

namespace goakt::daemon {

namespace {

Status register_with(Kinds& kinds, const char* name, const Registrar& registrar) {
  if (!registrar) return {};
  Plugin plugin(kinds, name);
  registrar(plugin);
  if (plugin.status()) return {};
  return unexpected(plugin.status().error().clone());
}

// Whoever has written a configuration has actors of his own.
bool has_demo_kinds(const config::Settings& settings) {
  if (settings.text("demo.kinds") != "auto") return settings.flag("demo.kinds");
  for (const config::Key& key : config::keys())
    if (settings.origin(key.name) == config::Origin::file) return false;
  return true;
}

}  // namespace

Result<Kinds> register_kinds(const config::Settings& settings, const Registrar& registrar,
                             const Registrar& demo) {
  Kinds kinds;
  GOAKT_CHECK(register_with(kinds, "program", registrar));
  if (has_demo_kinds(settings)) GOAKT_CHECK(register_with(kinds, "demo", demo));
  for (const std::string& name : settings.list("plugins.load"))
    GOAKT_CHECK(load_plugin(plugin_path(name, settings.text("plugins.dir")), kinds));
  return kinds;
}

Result<std::shared_ptr<const node::MessageTypes>> load_types(const config::Settings& settings) {
  return node::MessageTypes::load(settings.text("plugins.proto-dir"),
                                  !settings.is_default("plugins.proto-dir"));
}

}  // namespace goakt::daemon
