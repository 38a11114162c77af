#include "goakt/daemon/command_line.h"

#include "goakt/admin/listener.h"
#include "goakt/admin/settings_check.h"
#include "goakt/base/text.h"
#include "goakt/config/file.h"
#include "goakt/config/keys.h"
#include "goakt/daemon/exit_codes.h"

#include <CLI/CLI.hpp>

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <unistd.h>

namespace goakt::daemon {

namespace {

constexpr const char* kFolder = "/etc/goaktd";
constexpr int kAdminPort = 4258;
constexpr int kDevMembers = 3;

const char* type_word(const config::Key& key) {
  switch (key.type) {
    case config::KeyType::number:
    case config::KeyType::real:
      return "N";
    case config::KeyType::duration:
      return "DUR";
    case config::KeyType::size:
      return "SIZE";
    case config::KeyType::list:
      return "A,B";
    case config::KeyType::map:
      return "A=1,B=2";
    case config::KeyType::flag:
      return "true|false";
    default:
      return "TEXT";
  }
}

int shifted(std::string_view key, int number) {
  return std::stoi(std::string(config::find_key(key)->default_value)) + 100 * number;
}

// The members of a cluster on one machine: each has ports of its own, and knows the first ones.
void add_dev_ports(int number, config::Settings::Given& own, const config::Settings::Given& said) {
  for (const char* port : {"remoting.port", "cluster.discovery-port", "cluster.peers-port"})
    own.emplace_back(port, std::to_string(shifted(port, number)));
  const auto names_others = [](const auto& one) { return one.first == "discovery.static.hosts"; };
  if (std::any_of(said.begin(), said.end(), names_others)) return;
  for (int member = 1; member <= kDevMembers; ++member)
    own.emplace_back("discovery.static.hosts",
                     "127.0.0.1:" + std::to_string(shifted("cluster.discovery-port", member)));
}

// Several nodes on one machine.
void add_dev_node(int number, CommandLine& line) {
  const std::string name = "dev-" + std::to_string(number);
  const auto folder = std::filesystem::path(admin::default_socket_path()).parent_path();
  config::Settings::Given own = {
      {"admin.listen", "127.0.0.1:" + std::to_string(kAdminPort + 100 * number)},
      {"admin.socket", folder / ("admin-" + name + ".sock")},
      {"data.dir", std::filesystem::temp_directory_path() /
                       ("goaktd-" + std::to_string(::geteuid()) + "-" + name)},
  };
  const config::Settings::Given::value_type clustered{"cluster.enabled", "true"};
  if (std::find(line.given.begin(), line.given.end(), clustered) != line.given.end())
    add_dev_ports(number, own, line.given);
  // First, so that flags that say otherwise win.
  line.given.insert(line.given.begin(), own.begin(), own.end());
}

// "unknown flag --admin.lsten" with the nearest one.
void complain_about_extras(const std::vector<std::string>& words) {
  std::vector<std::string> flags;
  std::vector<std::string> commands;
  for (const config::Key& key : config::keys()) flags.push_back("--" + std::string(key.name));
  for (const auto& [flag, doc] : grammar().flags) flags.push_back(flag);
  for (const auto& [command, doc] : grammar().commands) {
    commands.push_back(command);
    commands.push_back(command.substr(command.rfind(' ') + 1));
  }
  for (const std::string& word : words) {
    const bool is_flag = word.starts_with('-');
    const std::string near = nearest(word.substr(0, word.find('=')), is_flag ? flags : commands);
    std::fprintf(stderr, "goaktd: unknown %s %s%s\n", is_flag ? "flag" : "command", word.c_str(),
                 near.empty() ? "" : ("; did you mean " + near + "?").c_str());
  }
}

void add_key_flags(CLI::App& app, CommandLine& line) {
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
        ->group(std::string(config::section_of(key.name)));
  }
  app.add_flag_callback(
         "--cluster", [&line] { line.given.emplace_back("cluster.enabled", "true"); },
         "the same as --cluster.enabled true")
      ->group("cluster");
  app.add_option_function<std::vector<std::string>>(
         "--peer",
         [&line](const std::vector<std::string>& values) {
           for (const std::string& value : values)
             line.given.emplace_back("discovery.static.hosts", value);
         },
         "the same as --discovery.static.hosts")
      ->type_name("IP:PORT")
      ->allow_extra_args(false)
      ->group("discovery");
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
}

// The parents are made with their first word; the words take their arguments as they come.
void add_commands(CLI::App& app, CommandLine& line) {
  for (const auto& [command, doc] : grammar().commands) {
    CLI::App* at = &app;
    for (std::size_t begin = 0; begin < command.size();) {
      const auto end = std::min(command.find(' ', begin), command.size());
      const std::string word = command.substr(begin, end - begin);
      CLI::App* next = nullptr;
      for (CLI::App* known :
           at->get_subcommands([&](CLI::App* sub) { return sub->get_name() == word; }))
        next = known;
      if (next == nullptr) next = at->add_subcommand(word, end == command.size() ? doc : "");
      at = next;
      begin = end + 1;
    }
    at->callback([&line, command = command] { line.command = command; });
    if (command == "config show") {
      at->add_flag("--origin", line.origin, "with who said it");
      at->add_flag("--given", line.only_given, "without defaults");
      at->add_flag("--json", line.json, "as JSON");
    }
    if (command == "config check" || command == "config convert" || command == "docs")
      at->add_option("WHAT", line.arguments, "file or document");
    if (command == "token new") {
      at->add_option("--role", line.role, "viewer, operator or admin")->type_name("ROLE");
      at->add_option("--name", line.name, "who uses it")->type_name("NAME");
    }
    if (command == "token revoke") at->add_option("NAME", line.arguments, "of the token");
    if (command == "docs") at->group("");
  }
  app.get_subcommand("config")->description("look at the configuration");
  app.get_subcommand("token")->description("who may use the admin port");
}

// "--admin.listen=" as the two words "--admin.listen" and "": CLI11 would take the word behind an
// empty value for it. In the order that CLI11 wants, the last one first.
std::vector<std::string> reversed_words(int argc, char** argv) {
  std::vector<std::string> words;
  bool flags = true;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    flags = flags && word != "--";
    const auto equals = word.find('=');
    if (flags && word.starts_with("--") && equals == word.size() - 1) {
      words.push_back(word.substr(0, equals));
      words.emplace_back();
    } else {
      words.push_back(word);
    }
  }
  std::reverse(words.begin(), words.end());
  return words;
}

}  // namespace

const Grammar& grammar() {
  static const Grammar kGrammar = {
      {
          {"config check", "what is wrong with the configuration, all at once"},
          {"config show", "what is in force"},
          {"config defaults", "a file with every setting"},
          {"config schema", "JSON Schema of the file"},
          {"config convert", "a TOML or JSON file as TOML"},
          {"token new", "makes a token for the admin port: --role ROLE --name NAME"},
          {"token list", "the tokens of admin.token-file, without their secrets"},
          {"token revoke", "takes a token out of admin.token-file"},
          {"kinds", "kinds of actors that the node would have"},
          {"version", "version and build id"},
          {"docs", "reference, defaults, man pages and completion"},
      },
      {
          {"--config", "configuration file"},
          {"--config-permissive", "unknown settings in files are warnings"},
          {"--cluster", "the same as --cluster.enabled true"},
          {"--dev", "the Nth of several nodes on one machine"},
          {"--peer", "the same as --discovery.static.hosts"},
          {"--plugin", "the same as --plugins.load"},
          {"--version", "version and build id"},
          {"--help", "help"},
      },
  };
  return kGrammar;
}

CommandLine parse_command_line(int argc, char** argv) {
  CommandLine line;
  CLI::App app{"A node of the GoAkt actor system", "goaktd"};
  app.set_help_flag("-h,--help", "this");
  app.allow_extras();
  app.fallthrough();
  bool version = false;
  int dev = 0;
  app.add_flag("--version", version, "version and build id");
  app.add_option("-c,--config", line.config_file,
                 "configuration file ($GOAKTD_CONFIG, /etc/goaktd/goaktd.toml)")
      ->type_name("FILE");
  app.add_flag("--config-permissive", line.permissive, "unknown settings in files are warnings");
  app.add_option("--dev", dev, "the Nth of several nodes on one machine: ports shifted by 100 N")
      ->type_name("N")
      ->check(CLI::Range(1, 99));
  add_key_flags(app, line);
  add_commands(app, line);
  app.footer(
      "Each flag has a variable: --admin.listen is GOAKTD_ADMIN_LISTEN; and a key in the file:\n"
      "listen below [admin].\n"
      "Examples:\n  goaktd\n  goaktd --plugin ./bank.so --system.name bank\n"
      "  goaktd --dev 1 --cluster\n"
      "  goaktd config defaults > goaktd.toml\n  goaktd -c goaktd.toml config check");
  try {
    app.parse(reversed_words(argc, argv));
  } catch (const CLI::CallForHelp&) {
    std::fputs(app.help().c_str(), stdout);
    line.exit = kOk;
    return line;
  } catch (const CLI::ParseError& error) {
    std::fprintf(stderr, "goaktd: %s\n", error.what());
    line.exit = kUsage;
    return line;
  }
  if (version) line.command = "version";
  if (dev != 0) add_dev_node(dev, line);
  const auto extras = app.remaining(true);
  if (!extras.empty()) {
    complain_about_extras(extras);
    line.exit = kUsage;
  } else if (line.command.empty() && !app.get_subcommands().empty()) {
    std::fprintf(stderr, "goaktd: %s needs a word more: goaktd %s --help\n",
                 app.get_subcommands().front()->get_name().c_str(),
                 app.get_subcommands().front()->get_name().c_str());
    line.exit = kUsage;
  }
  return line;
}

config::Sources sources_of(const CommandLine& line) {
  config::Sources sources;
  sources.flags = line.given;
  sources.environment = config::Settings::process_environment;
  for (char** variable = environ; variable != nullptr && *variable != nullptr; ++variable) {
    const std::string text = *variable;
    sources.variables.push_back(text.substr(0, text.find('=')));
  }
  sources.files = config::find_files(line.config_file, sources.environment, kFolder);
  sources.permissive = line.permissive;
  sources.more_checks = [](const config::Settings& settings) {
    return admin::check_settings(settings);
  };
  return sources;
}

}  // namespace goakt::daemon
