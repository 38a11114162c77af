#include "goakt/daemon/daemon.h"

#include "goakt/admin/service.h"
#include "goakt/base/log.h"
#include "goakt/base/log_output.h"
#include "goakt/config/settings.h"
#include "goakt/daemon/event_logger.h"
#include "goakt/daemon/exit_codes.h"
#include "goakt/daemon/flags.h"
#include "goakt/daemon/plugin_loader.h"
#include "goakt/node/node.h"
#include "goakt/observe/log_ring.h"

#include <chrono>
#include <csignal>
#include <cstdio>
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

// TERM and INT arrive at the main thread alone, at the place where it waits for them.
class Signals {
 public:
  Signals() {
    std::signal(SIGPIPE, SIG_IGN);
    sigemptyset(&set_);
    sigaddset(&set_, SIGTERM);
    sigaddset(&set_, SIGINT);
    ::pthread_sigmask(SIG_BLOCK, &set_, nullptr);
  }

  int wait() const {
    int signal = 0;
    while (::sigwait(&set_, &signal) != 0) {
    }
    return signal;
  }

  // From now on the next one ends the process. _exit, because the stop that it cuts short may hold
  // anything.
  void second_ends_at_once() const {
    std::signal(SIGTERM, [](int) { ::_exit(kTerminated); });
    std::signal(SIGINT, [](int) { ::_exit(kInterrupted); });
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

Result<Kinds> register_kinds(const config::Settings& settings, const Registrar& registrar,
                             const Registrar& demo) {
  Kinds kinds;
  GOAKT_CHECK(register_with(kinds, "program", registrar));
  if (settings.text("demo.kinds") != "false") GOAKT_CHECK(register_with(kinds, "demo", demo));
  for (const std::string& name : settings.list("plugins.load"))
    GOAKT_CHECK(load_plugin(plugin_path(name, settings.text("plugins.dir")), kinds));
  return kinds;
}

bool on_terminal() {
  return ::isatty(STDERR_FILENO) == 1;
}

// Where the node logs, and the last lines of it in memory.
struct NodeLog {
  std::shared_ptr<observe::LogRing> lines;
  Logger logger;
};

Result<NodeLog> open_log(const config::Settings& settings) {
  const std::string& format = settings.text("log.format");
  LogOutput::Options options;
  options.format =
      format == "text" || (format == "auto" && on_terminal()) ? LogFormat::text : LogFormat::json;
  GOAKT_TRY(auto output, LogOutput::open(std::move(options)));
  LogOptions levels;
  levels.level = parse_log_level(settings.text("log.level")).value_or(LogLevel::info);
  auto lines = std::make_shared<observe::LogRing>(std::move(output));
  Logger logger(lines, levels);
  return NodeLog{std::move(lines), std::move(logger)};
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
  auto settings = config::Settings::load(line.given, config::Settings::process_environment);
  if (!settings) return complain(kConfiguration, settings.error());
  auto kinds = register_kinds(*settings, registrar, demo);  // forks: no threads before this
  if (!kinds) return complain(kPlugin, kinds.error());

  const Signals signals;
  const auto opened = open_log(*settings);
  if (!opened) return complain(exit_of(opened.error()), opened.error());
  const Logger* const log = &opened->logger;
  node::NodeOptions node_options;
  node_options.log = opened->logger;
  node_options.logs = opened->lines;
  // Flags and environment are what they were; the files that they name may have changed.
  node_options.load_settings = [given = line.given] {
    return config::Settings::load(given, config::Settings::process_environment);
  };
  auto node = node::Node::create(*settings, *std::move(kinds), std::move(node_options));
  if (!node) return complain(exit_of(node.error()), node.error());
  if (const Status started = (*node)->start(); !started)
    return complain(exit_of(started.error()), started.error());
  auto admin = admin::Service::start(*settings, **node);
  if (!admin) return complain(exit_of(admin.error()), admin.error());
  std::optional<EventLogger> event_logger(std::in_place, (*node)->system(), *log);
  greet(**node, **admin, settings->text("system.name"), *log, begin);

  const int signal = signals.wait();
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
