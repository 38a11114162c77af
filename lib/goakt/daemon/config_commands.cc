#include "goakt/daemon/config_commands.h"

#include "goakt/base/text.h"
#include "goakt/config/documents.h"
#include "goakt/daemon/complaint.h"
#include "goakt/daemon/data_directory.h"
#include "goakt/daemon/documents.h"
#include "goakt/daemon/exit_codes.h"
#include "goakt/daemon/node_log.h"
#include "goakt/daemon/registration.h"

#include <cstdio>

namespace goakt::daemon {

namespace {

int print(const std::string& text) {
  return std::fputs(text.c_str(), stdout) >= 0 && std::fflush(stdout) == 0 ? kOk : kIo;
}

int refuse(const Error& error) {
  std::fprintf(stderr, "%s\n", error.message().c_str());
  return error.is(ErrorCode::permission_denied) ? kPermission : kConfiguration;
}

// What a start does with the files that the settings name, without making any of them. All that is
// wrong is told; the exit code is that of a start, which ends at the first.
int try_files(const config::Settings& settings, const Registrar& registrar, const Registrar& demo) {
  int exit = kOk;
  const auto tell = [&](int code, const Error& error) {
    complain(code, error, &settings);
    if (exit == kOk) exit = code;
  };
  if (const auto kinds = register_kinds(settings, registrar, demo); !kinds)
    tell(kPlugin, kinds.error());
  if (const auto types = load_types(settings); !types) tell(kPlugin, types.error());
  if (const Status log = NodeLog::check(settings); !log) tell(kIo, log.error());
  if (const Status data = check_data_directory(settings); !data)
    tell(kNoDataDirectory, data.error());
  return exit;
}

int check(const CommandLine& line, const Registrar& registrar, const Registrar& demo) {
  CommandLine with_file = line;
  if (!line.arguments.empty()) with_file.config_file = line.arguments.front();
  const config::Sources sources = sources_of(with_file);
  const auto settings = config::Settings::load(sources);
  if (!settings) return refuse(settings.error());
  for (const config::Finding& warning : settings->warnings())
    std::fprintf(stderr, "warning: %s: %s\n", warning.place.c_str(), warning.text.c_str());
  if (const int exit = try_files(*settings, registrar, demo); exit != kOk) return exit;
  std::string files;
  for (const std::string& file : sources.files) files += (files.empty() ? "" : ", ") + file;
  return print("good: " + (files.empty() ? "no file, flags and variables" : files) + "\n");
}

int show(const CommandLine& line) {
  const auto settings = config::Settings::load(sources_of(line));
  if (!settings) return refuse(settings.error());
  if (line.json) return print(config::settings_as_json(*settings));
  return print(
      config::settings_as_toml(*settings, {.origin = line.origin, .only_given = line.only_given}));
}

// What the file says and nothing else.
int convert(const CommandLine& line) {
  if (line.arguments.size() != 1) {
    std::fputs("goaktd: config convert needs a file\n", stderr);
    return kUsage;
  }
  config::Sources sources;
  sources.files = line.arguments;
  sources.environment = config::Settings::process_environment;
  sources.permissive = line.permissive;
  sources.check_files = false;
  // Variables stand for themselves in files only.
  sources.environment = [](const std::string& name) -> std::optional<std::string> {
    if (name.starts_with("GOAKTD_")) return std::nullopt;
    return config::Settings::process_environment(name);
  };
  const auto settings = config::Settings::load(sources);
  if (!settings) return refuse(settings.error());
  return print(config::settings_as_toml(*settings, {.only_given = true}));
}

int docs(const CommandLine& line) {
  const std::string what = line.arguments.empty() ? "" : line.arguments.front();
  if (what == "reference") return print(config::reference_as_markdown());
  if (what == "defaults") return print(config::defaults_as_toml());
  if (what == "goaktd.8") return print(man_page());
  if (what == "goaktd.toml.5") return print(file_man_page());
  if (what == "bash") return print(bash_completion());
  if (what == "zsh") return print(zsh_completion());
  if (what == "fish") return print(fish_completion());
  std::fputs(
      "goaktd: docs needs one of reference, defaults, goaktd.8, goaktd.toml.5, bash, zsh, fish\n",
      stderr);
  return kUsage;
}

}  // namespace

int run_config_command(const CommandLine& line, const Registrar& registrar, const Registrar& demo) {
  if (line.command == "config check") return check(line, registrar, demo);
  if (line.command == "config show") return show(line);
  if (line.command == "config defaults") return print(config::defaults_as_toml());
  if (line.command == "config schema") return print(config::json_schema());
  if (line.command == "config convert") return convert(line);
  return docs(line);
}

}  // namespace goakt::daemon
