#include "goakt/daemon/flags.h"

#include "goakt/base/text.h"
#include "goakt/config/keys.h"
#include "goakt/daemon/exit_codes.h"
#include "goakt/node/plugin.h"

#include <CLI/CLI.hpp>

#include <cstdio>

namespace goakt::daemon {

namespace {

const char* type_word(const config::Key& key) {
  switch (key.type) {
    case config::KeyType::number:
      return "N";
    case config::KeyType::duration:
      return "DUR";
    case config::KeyType::list:
      return "A,B";
    default:
      return "TEXT";
  }
}

// "unknown flag --admin.lsten" with the nearest one.
void complain_about_extras(const CLI::App& app) {
  std::vector<std::string> known;
  for (const config::Key& key : config::keys()) known.push_back("--" + std::string(key.name));
  for (const std::string& word : app.remaining()) {
    const std::string near = nearest(word.substr(0, word.find('=')), known);
    std::fprintf(stderr, "goaktd: unknown %s %s%s\n", word.starts_with('-') ? "flag" : "argument",
                 word.c_str(), near.empty() ? "" : ("; did you mean " + near + "?").c_str());
  }
}

}  // namespace

CommandLine parse_command_line(int argc, char** argv) {
  CommandLine line;
  CLI::App app{"A node of the GoAkt actor system", "goaktd"};
  app.set_help_flag("-h,--help", "this");
  app.allow_extras();
  bool version = false;
  app.add_flag("--version", version, "version and build id");
  for (const config::Key& key : config::keys()) {
    std::string help(key.doc);
    help += " (" + std::string(key.default_value.empty() ? "none" : key.default_value) + ")";
    app.add_option_function<std::vector<std::string>>(
           "--" + std::string(key.name),
           [&line, name = std::string(key.name)](const std::vector<std::string>& values) {
             for (const std::string& value : values) line.given.emplace_back(name, value);
           },
           help)
        ->type_name(type_word(key))
        ->allow_extra_args(false)
        ->group(std::string(key.name.substr(0, key.name.find('.'))));
  }
  // The demo's and every newcomer's first flag.
  app.add_option_function<std::vector<std::string>>(
         "--plugin",
         [&line](const std::vector<std::string>& values) {
           for (const std::string& value : values) line.given.emplace_back("plugins.load", value);
         },
         "the same as --plugins.load")
      ->type_name("A,B")
      ->allow_extra_args(false)
      ->group("plugins");
  app.footer(
      "Each flag has a variable: --admin.listen is GOAKTD_ADMIN_LISTEN.\n"
      "Examples:\n  goaktd\n  goaktd --plugin ./bank.so --system.name bank");
  try {
    app.parse(argc, argv);
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help().c_str(), stdout);
    line.exit = kOk;
    return line;
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "goaktd: %s\n", error.what());
    line.exit = kUsage;
    return line;
  }
  if (version) {
    std::printf("goaktd %s build %s\n", GOAKT_VERSION, std::string(library_build_id()).c_str());
    line.exit = kOk;
  } else if (!app.remaining().empty()) {
    complain_about_extras(app);
    line.exit = kUsage;
  }
  return line;
}

}  // namespace goakt::daemon
