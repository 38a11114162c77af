#include "goakt/daemon/daemon.h"

#include "goakt/admin/service.h"
#include "goakt/base/log.h"
#include "goakt/base/log_output.h"
#include "goakt/config/settings.h"
#include "goakt/daemon/command_line.h"
#include "goakt/daemon/config_commands.h"
#include "goakt/daemon/event_logger.h"
#include "goakt/daemon/exit_codes.h"
#include "goakt/daemon/plugin_loader.h"
#include "goakt/daemon/service_manager.h"
#include "goakt/node/node.h"
#include "goakt/observe/log_ring.h"

#include <cerrno>
#include <chrono>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <filesystem>
#include <memory>
#include <optional>
#include <pthread.h>
#include <string>
#include <thread>
#include <unistd.h>

namespace goakt::daemon {

namespace {

using Clock = std::chrono::steady_clock;

int complain(int exit, const Error& error) {
  std::fprintf(stderr, "goaktd: %s\n", error.message().c_str());
  if (!error.hint().empty())
    std::fprintf(stderr, "  hint: %.*s\n", static_cast<int>(error.hint().size()),
                 error.hint().data());
  return exit;
}

int exit_of(const Error& error) {
  switch (error.code()) {
    case ErrorCode::invalid_argument:
    case ErrorCode::invalid_actor_system_name:
    case ErrorCode::name_required:
    case ErrorCode::invalid_timeout:
    case ErrorCode::invalid_tls_configuration:
      return kConfiguration;
    case ErrorCode::permission_denied:
      return kPermission;
    case ErrorCode::address_in_use:
    case ErrorCode::internal:
      return kOsRefusal;
    default:
      return kFailed;
  }
}

// All that tells the node something arrives at the main thread alone, where it waits for it.
class Signals {
 public:
  Signals() {
    std::signal(SIGPIPE, SIG_IGN);
    sigemptyset(&set_);
    for (const int signal : {SIGTERM, SIGINT, SIGHUP, SIGUSR1}) sigaddset(&set_, signal);
    ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }

  // The next signal; 0 when none came in that time.
  int wait(std::optional<std::chrono::milliseconds> most) const {
    if (!most) {
      int signal = 0;
      while (::sigwait(&set_, &signal) != 0) {
      }
      return signal;
    }
    const timespec time{.tv_sec = static_cast<std::time_t>(most->count() / 1000),
                        .tv_nsec = static_cast<long>(most->count() % 1000) * 1'000'000};
    const int signal = ::sigtimedwait(&set_, nullptr, &time);
    return signal < 0 ? 0 : signal;
  }

  // From now on the next one ends the process. _exit, because the stop that it cuts short may hold
  // anything.
  void second_ends_at_once() const {
    std::signal(SIGTERM, [](int) { ::_exit(kTerminated); });
    std::signal(SIGINT, [](int) { ::_exit(kInterrupted); });
    std::signal(SIGHUP, SIG_IGN);
    std::signal(SIGUSR1, SIG_IGN);
    ::pthread_sigmask(SIG_UNBLOCK, &set_, nullptr);
  }

 private:
  sigset_t set_{};
};

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

Result<Kinds> register_kinds(const config::Settings& settings, const Registrar& registrar,
                             const Registrar& demo) {
  Kinds kinds;
  GOAKT_CHECK(register_with(kinds, "program", registrar));
  if (has_demo_kinds(settings)) GOAKT_CHECK(register_with(kinds, "demo", demo));
  for (const std::string& name : settings.list("plugins.load"))
    GOAKT_CHECK(load_plugin(plugin_path(name, settings.text("plugins.dir")), kinds));
  return kinds;
}

bool on_terminal() {
  return ::isatty(STDERR_FILENO) == 1;
}

// Where the node logs, and the last lines of it in memory.
struct NodeLog {
  std::shared_ptr<LogOutput> output;
  std::shared_ptr<observe::LogRing> lines;
  Logger logger;
};

Result<NodeLog> open_log(const config::Settings& settings) {
  const std::string& format = settings.text("log.format");
  LogOutput::Options options;
  options.format =
      format == "text" || (format == "auto" && on_terminal()) ? LogFormat::text : LogFormat::json;
  options.file = settings.text("log.file");
  options.max_size = static_cast<std::uint64_t>(settings.number("log.max-size"));
  options.keep = static_cast<unsigned>(settings.number("log.keep"));
  GOAKT_TRY(auto output, LogOutput::open(std::move(options)));
  LogOptions levels;
  levels.level = parse_log_level(settings.text("log.level")).value_or(LogLevel::info);
  auto lines = std::make_shared<observe::LogRing>(output);
  NodeLog log{std::move(output), lines, Logger(lines, levels)};
  for (const auto& [name, level] : settings.map("log.levels"))
    log.logger.set_level(name, parse_log_level(level));
  return log;
}

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all.append(all.empty() ? "" : ",").append(name);
  return all;
}

// Takes over what may change while the node runs; a wrong configuration changes nothing.
void reload(node::Node& node, const NodeLog& log) {
  log.output->reopen();
  const config::Settings before = node.settings();
  const auto report = node.reload();
  if (!report) {
    log.logger.log(LogLevel::error, "configuration not reloaded", report.error());
    return;
  }
  for (const auto& [name, level] : before.map("log.levels"))
    log.logger.set_level(name, std::nullopt);
  for (const auto& [name, level] : node.settings().map("log.levels"))
    log.logger.set_level(name, parse_log_level(level));
  log.logger.info("configuration reloaded", {{"changed", joined(report->changed)},
                                             {"needsRestart", joined(report->needs_restart)}});
}

// Only a directory that somebody asked for is made: a node needs none.
Status prepare_data_directory(const config::Settings& settings) {
  const std::string& path = settings.text("data.dir");
  if (path == "auto") return {};
  std::error_code error;
  std::filesystem::create_directories(path, error);
  if (!error && ::access(path.c_str(), W_OK | X_OK) == 0) return {};
  const std::string why = error ? error.message() : std::strerror(errno);
  return fail(ErrorCode::invalid_argument,
              settings.place("data.dir") + ": data.dir \"" + path + "\" cannot be written: " + why);
}

// Until TERM or INT; which of them it was.
int serve(const NodeLog& log, const Signals& signals, node::Node& node, ServiceManager& manager) {
  for (;;) {
    const int signal = signals.wait(manager.watchdog_interval());
    if (signal == SIGTERM || signal == SIGINT) return signal;
    if (signal == SIGHUP) {
      manager.reloading();
      reload(node, log);
      manager.ready("running");
    } else if (signal == SIGUSR1) {
      log.output->reopen();
    } else if (node.system().is_running()) {
      manager.alive();
    }
  }
}

// What to type next, for somebody at a terminal; the same facts as a line of the log elsewhere.
void greet(const node::Node& node, const admin::Service& admin, const std::string& name,
           const Logger& log, Clock::time_point begin) {
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
  std::string endpoints;
  for (const std::string& url : admin.urls()) endpoints += (endpoints.empty() ? "" : ", ") + url;
  if (!on_terminal()) {
    log.info("goaktd ready", {{"version", GOAKT_VERSION},
                              {"system", name},
                              {"node", node.id()},
                              {"admin", endpoints},
                              {"kinds", node.kinds().all().size()},
                              {"startMs", took.count()}});
    return;
  }
  const std::string first = admin.urls().empty() ? std::string() : admin.urls().front();
  const std::string with = admin.moved() ? " --endpoint " + first : std::string();
  const auto kinds = node.kinds().names();
  std::fprintf(stderr,
               "goaktd %s\n"
               "  system  %s at %s\n"
               "  admin   %s\n",
               GOAKT_VERSION, name.c_str(), node.id().c_str(), endpoints.c_str());
  if (admin.moved())
    std::fprintf(stderr, "          the usual address is in use by another node\n");
  std::fprintf(stderr, "  ready in %lld ms; now type, in another terminal:\n",
               static_cast<long long>(took.count()));
  if (!kinds.empty())
    std::fprintf(stderr, "    goaktctl%s spawn hello --kind %s\n", with.c_str(),
                 node.kinds().find("demo.echo") ? "demo.echo" : kinds.front().c_str());
  if (node.kinds().find("demo.echo"))
    std::fprintf(stderr, "    goaktctl%s ask hello --string hi\n", with.c_str());
  std::fprintf(stderr, "    goaktctl%s tree\n", with.c_str());
}

}  // namespace

int run(int argc, char** argv, const Registrar& registrar, const Registrar& demo) {
  const auto begin = Clock::now();
  const CommandLine line = parse_command_line(argc, argv);
  if (line.exit) return *line.exit;
  if (line.command == "version") {
    std::printf("goaktd %s build %s\n", GOAKT_VERSION, std::string(library_build_id()).c_str());
    return kOk;
  }
  if (line.command.starts_with("config ") || line.command == "docs")
    return run_config_command(line);
  auto settings = config::Settings::load(sources_of(line));
  if (!settings) return complain(kConfiguration, settings.error());
  for (const config::Finding& warning : settings->warnings())
    std::fprintf(stderr, "goaktd: warning: %s: %s\n", warning.place.c_str(), warning.text.c_str());
  auto kinds = register_kinds(*settings, registrar, demo);  // forks: no threads before this
  if (!kinds) return complain(kPlugin, kinds.error());

  if (line.command == "kinds") {
    for (const Kind* kind : kinds->all())
      std::printf("%s  %s\n", kind->name.c_str(), kind->from.c_str());
    return kOk;
  }

  const Signals signals;
  const auto opened = open_log(*settings);
  if (!opened) return complain(kIo, opened.error());
  const Logger* const log = &opened->logger;
  if (const Status writable = prepare_data_directory(*settings); !writable)
    return complain(kNoDataDirectory, writable.error());
  ServiceManager manager;
  node::NodeOptions node_options;
  node_options.log = opened->logger;
  node_options.logs = opened->lines;
  // Flags and environment are what they were; the files that they name may have changed.
  node_options.load_settings = [line] { return config::Settings::load(sources_of(line)); };
  auto node = node::Node::create(*settings, *std::move(kinds), std::move(node_options));
  if (!node) return complain(exit_of(node.error()), node.error());
  if (const Status started = (*node)->start(); !started)
    return complain(exit_of(started.error()), started.error());
  auto admin = admin::Service::start(*settings, **node);
  if (!admin) return complain(exit_of(admin.error()), admin.error());
  std::optional<EventLogger> event_logger(std::in_place, (*node)->system(), *log);
  greet(**node, **admin, settings->text("system.name"), *log, begin);

  manager.ready("running");

  const int signal = serve(*opened, signals, **node, manager);
  manager.stopping();
  log->info("goaktd stopping", {{"signal", signal == SIGINT ? "SIGINT" : "SIGTERM"},
                                {"actors", (*node)->system().num_actors()}});
  signals.second_ends_at_once();
  // The system first: its stop ends the asks on which requests may be waiting.
  const Status stopped = (*node)->stop();
  admin->reset();
  event_logger.reset();
  if (!stopped) {
    log->log(LogLevel::error, "goaktd stopped, not clean", stopped.error());
    return kNotClean;
  }
  log->info("goaktd stopped");
  return kOk;
}

}  // namespace goakt::daemon
