#pragma once

#include "goakt/base/result.h"
#include "goakt/node/plugin.h"

#include <optional>
#include <string>
#include <string_view>

namespace goakt::daemon {

// What the file states about itself, found without loading it; nothing when it is no plugin.
std::optional<PluginInfo> find_plugin_info(std::string_view file_content);
// Why a plugin with that info cannot work with this library; nothing when it can.
std::optional<std::string> mismatch(const PluginInfo& info);

// Where a plugin named on the command line is: a path as it is, a bare name in the plugins' folder.
std::string plugin_path(const std::string& name, const std::string& folder);

// Checks the file, tries it in a child process, loads it for good and lets it register its kinds.
//
// To be called before any thread exists: the trial forks. It is needed because a shared object
// whose protobuf types are there already aborts the process that loads it. Errors: invalid_argument
// with what to do about it.
[[nodiscard]] Status load_plugin(const std::string& path, Kinds& kinds);

}  // namespace goakt::daemon
