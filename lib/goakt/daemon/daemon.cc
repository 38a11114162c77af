#include "goakt/daemon/daemon.h"

#include "goakt/admin/service.h"
#include "goakt/admin/settings_check.h"
#include "goakt/config/settings.h"
#include "goakt/daemon/bundle_file.h"
#include "goakt/daemon/command_line.h"
#include "goakt/daemon/complaint.h"
#include "goakt/daemon/config_commands.h"
#include "goakt/daemon/data_directory.h"
#include "goakt/daemon/event_logger.h"
#include "goakt/daemon/exit_codes.h"
#include "goakt/daemon/node_log.h"
#include "goakt/daemon/registration.h"
#include "goakt/daemon/service_manager.h"
#include "goakt/daemon/signals.h"
#include "goakt/daemon/token_commands.h"
#include "goakt/node/node.h"

#include <google/protobuf/stubs/logging.h>

#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <optional>
#include <string>
#include <thread>
#include <unistd.h>

namespace goakt::daemon {

namespace {

using Clock = std::chrono::steady_clock;

// How often the service manager hears that the node still stops.
constexpr std::chrono::milliseconds kStopStep{1000};

std::string joined(const std::vector<std::string>& names) {
  std::string all;
  for (const std::string& name : names) all.append(all.empty() ? "" : ",").append(name);
  return all;
}

// What the daemon does at a reload, whether SIGHUP or the admin API asked for it.
void follow_reloads(node::NodeOptions& options, const NodeLog& log, const ServiceManager& manager) {
  options.before_reload = [&] {
    manager.reloading();
    log.output->reopen();
  };
  options.after_reload = [&](const config::Settings& before, const config::Settings& now,
                             const Result<node::ReloadReport>& report) {
    if (report) {
      log.set_levels(before, now);
      log.logger.info("configuration reloaded", {{"changed", joined(report->changed)},
                                                 {"needsRestart", joined(report->needs_restart)}});
    } else {
      log.logger.log(LogLevel::error, "configuration not reloaded", report.error());
    }
    manager.ready("running");
  };
}

// A node that runs, and all that the main thread needs to look after it.
struct Running {
  const Signals& signals;
  const NodeLog& log;
  const ServiceManager& manager;
  node::Node& node;
  admin::Service& admin;
};

// Until TERM or INT, which of them it was; or until the actor system stops by itself.
std::optional<int> serve(const Running& running) {
  for (;;) {
    if (running.node.has_failed()) return std::nullopt;
    const int signal = running.signals.wait(running.manager.watchdog_interval());
    switch (signal) {
      case SIGTERM:
      case SIGINT:
        return signal;
      case SIGHUP:
        static_cast<void>(running.node.reload());  // what is wrong is in the log
        break;
      case SIGUSR1:
        running.log.output->reopen();
        running.admin.reopen_files();
        break;
      case SIGUSR2:
        if (const Status started =
                write_bundle(running.node, running.admin.router(),
                             data_directory(running.node.settings()), running.log.logger);
            !started)
          running.log.logger.log(LogLevel::error, "debug bundle not written", started.error());
        break;
      case SIGQUIT:
        running.log.write_stacks();
        break;
      default:
        break;
    }
    if (running.manager.watchdog_interval() && running.node.is_alive()) running.manager.alive();
  }
}

// Nothing when the wait for the actors was cut short by a signal.
std::optional<Status> stop_node(const Running& running) {
  // On a thread of its own, so that signals and the service manager are heard meanwhile.
  std::optional<Status> outcome;
  std::atomic<bool> done = false;
  std::thread stopper([&] {
    outcome.emplace(running.node.stop());
    done.store(true, std::memory_order_release);
    running.signals.wake();
  });
  while (!done.load(std::memory_order_acquire)) {
    const std::size_t left = running.node.system().num_actors();
    running.manager.stopping("stopping, " + std::to_string(left) + " actors left", kStopStep * 30);
    running.manager.alive();
    const int signal = running.signals.wait(kStopStep);
    if (signal == SIGQUIT) running.log.write_stacks();
    if (signal == SIGTERM || signal == SIGINT) {
      stopper.detach();  // the process is about to end
      return std::nullopt;
    }
  }
  stopper.join();
  return outcome;
}

// Ends the process without waiting for threads that actors hold.
[[noreturn]] void leave(int exit, const Running& running, const std::string& why) {
  running.log.logger.error("goaktd stopped, not clean",
                           {{"error", why}, {"actorsLeft", running.node.system().num_actors()}});
  running.log.logger.flush();
  ::_exit(exit);
}

// The actor system goes down and nobody has asked for it. Its actors may come to their ends, but
// the service manager hears no more that the process is well.
[[noreturn]] void fail_with(const Running& running) {
  const Error why = Error(ErrorCode::internal, "the actor system stops by itself")
                        .with_hint("the lines of the logger \"system\" before this one say why");
  running.log.logger.log(LogLevel::error, "goaktd failed", why,
                         {{"actors", running.node.system().num_actors()}});
  while (!running.node.has_ended()) {
    running.manager.stopping("failed: " + why.message(), kStopStep * 30);
    const int signal = running.signals.wait(kStopStep);
    if (signal == SIGQUIT) running.log.write_stacks();
    if (signal == SIGTERM || signal == SIGINT) break;
  }
  leave(kFailed, running, why.message());
}

// What to type next, for somebody at a terminal; the same facts as a line of the log elsewhere.
void greet(const node::Node& node, const admin::Service& admin, const std::string& name,
           const Logger& log, Clock::time_point begin) {
  const auto took = std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - begin);
  std::string endpoints;
  for (const std::string& url : admin.urls()) endpoints += (endpoints.empty() ? "" : ", ") + url;
  const std::string data = data_directory(node.settings());
  if (!on_terminal()) {
    log.info("goaktd ready", {{"version", GOAKT_VERSION},
                              {"system", name},
                              {"node", node.id()},
                              {"admin", endpoints},
                              {"data", data},
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
  std::fprintf(stderr, "  data    %s\n", data.c_str());
  std::fprintf(stderr, "  ready in %lld ms; now type, in another terminal:\n",
               static_cast<long long>(took.count()));
  if (!kinds.empty())
    std::fprintf(stderr, "    goaktctl%s spawn hello --kind %s\n", with.c_str(),
                 node.kinds().find("demo.echo") ? "demo.echo" : kinds.front().c_str());
  if (node.kinds().find("demo.echo"))
    std::fprintf(stderr, "    goaktctl%s ask hello --string hi\n", with.c_str());
  std::fprintf(stderr, "    goaktctl%s tree\n", with.c_str());
}

int run_node(const CommandLine& line, const config::Settings& settings, Kinds kinds,
             std::shared_ptr<const node::MessageTypes> types, Clock::time_point begin) {
  const Signals signals;
  const auto log = NodeLog::open(settings);
  if (!log) return complain(kIo, log.error(), &settings);
  // libprotobuf would write a line to stderr for each text that is not UTF-8, as often as a peer
  // likes. Whoever parses something tells what is wrong in the node's form and within its limits.
  google::protobuf::SetLogHandler(nullptr);
  if (const Status writable = make_data_directory(settings); !writable)
    return complain(kNoDataDirectory, writable.error(), &settings);
  const ServiceManager manager;
  node::NodeOptions options;
  options.log = log->logger;
  options.logs = log->lines;
  options.types = std::move(types);
  // Flags and environment are what they were; the files that they name may have changed.
  options.load_settings = [line] {
    config::Sources sources = sources_of(line);
    sources.more_checks = [](const config::Settings& fresh) {
      return admin::check_settings(fresh, admin::Occasion::reload);
    };
    return config::Settings::load(sources);
  };
  options.on_failure = [&signals] { signals.wake(); };
  options.give_up = [&signals] {
    const int signal = signals.wait(std::chrono::milliseconds(0));
    return signal == SIGTERM || signal == SIGINT;
  };
  follow_reloads(options, *log, manager);
  auto node = node::Node::create(settings, std::move(kinds), std::move(options));
  if (!node) return complain(start_exit(node.error()), node.error(), &settings);
  (*node)->watch_log("node", log->output);
  if (const Status started = (*node)->start(); !started) {
    if (!started.error().is(ErrorCode::system_shutting_down))
      return complain(start_exit(started.error()), started.error(), &settings);
    log->logger.info("goaktd stopped before it was ready");
    return kOk;
  }
  auto admin = admin::Service::start(settings, **node);
  if (!admin) return complain(start_exit(admin.error()), admin.error(), &settings);
  std::optional<EventLogger> events(std::in_place, (*node)->system(), log->logger);
  greet(**node, **admin, settings.text("system.name"), log->logger, begin);
  manager.ready("running");

  const Running running{signals, *log, manager, **node, **admin};
  const std::optional<int> signal = serve(running);
  if (!signal || (*node)->has_failed()) fail_with(running);
  log->logger.info("goaktd stopping", {{"signal", *signal == SIGINT ? "SIGINT" : "SIGTERM"},
                                       {"actors", (*node)->system().num_actors()}});
  // The system first: its stop ends the asks on which requests may be waiting.
  const auto stopped = stop_node(running);
  signals.end_at_once();
  if (!stopped) leave(kNotClean, running, "told not to wait for actors");
  admin->reset();
  events.reset();
  if (!*stopped) leave(kNotClean, running, stopped->error().message());
  log->logger.info("goaktd stopped");
  return kOk;
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
    return run_config_command(line, registrar, demo);
  if (line.command.starts_with("token ")) return run_token_command(line);
  auto settings = config::Settings::load(sources_of(line));
  if (!settings) return complain(settings_exit(settings.error()), settings.error());
  for (const config::Finding& warning : settings->warnings())
    std::fprintf(stderr, "goaktd: warning: %s: %s\n", warning.place.c_str(), warning.text.c_str());
  auto kinds = register_kinds(*settings, registrar, demo);  // forks: no threads before this
  if (!kinds) return complain(kPlugin, kinds.error(), &*settings);

  if (line.command == "kinds") {
    for (const Kind* kind : kinds->all())
      std::printf("%s  %s\n", kind->name.c_str(), kind->from.c_str());
    return kOk;
  }

  auto types = load_types(*settings);
  if (!types) return complain(kPlugin, types.error(), &*settings);
  return run_node(line, *settings, *std::move(kinds), *std::move(types), begin);
}

}  // namespace goakt::daemon
