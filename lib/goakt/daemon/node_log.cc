#include "goakt/daemon/node_log.h"

#include "goakt/observe/stacks.h"

#include <unistd.h>

namespace goakt::daemon {

bool on_terminal() {
  return ::isatty(STDERR_FILENO) == 1;
}

Result<NodeLog> NodeLog::open(const config::Settings& settings) {
  const std::string& format = settings.text("log.format");
  LogOutput::Options options;
  options.format =
      format == "text" || (format == "auto" && on_terminal()) ? LogFormat::text : LogFormat::json;
  options.file = settings.text("log.file");
  options.max_size = static_cast<std::uint64_t>(settings.number("log.max-size"));
  options.keep = static_cast<unsigned>(settings.number("log.keep"));
  auto output = LogOutput::open(std::move(options));
  if (!output) return unexpected(std::move(output).error().while_doing("log.file"));
  LogOptions levels;
  levels.level = parse_log_level(settings.text("log.level")).value_or(LogLevel::info);
  auto lines = std::make_shared<observe::LogRing>(*output);
  NodeLog log{*std::move(output), lines, Logger(lines, levels)};
  log.set_levels(settings, settings);
  return log;
}

Status NodeLog::check(const config::Settings& settings) {
  Status usable = LogOutput::check(settings.text("log.file"));
  if (usable) return {};
  return unexpected(std::move(usable).error().while_doing("log.file"));
}

void NodeLog::set_levels(const config::Settings& before, const config::Settings& now) const {
  for (const auto& [name, level] : before.map("log.levels")) logger.set_level(name, std::nullopt);
  for (const auto& [name, level] : now.map("log.levels"))
    logger.set_level(name, parse_log_level(level));
}

void NodeLog::write_stacks() const {
  LogOptions options;
  options.lines_per_site_and_second = 0;  // there may be many threads
  const Logger all = Logger(lines, options).named("stacks");
  const std::string text = observe::thread_stacks();
  for (std::size_t begin = 0; begin < text.size();) {
    const auto end = std::min(text.find("\n\n", begin), text.size());
    const std::string_view stack = std::string_view(text).substr(begin, end - begin);
    if (!stack.empty()) all.info("stack of a thread", {{"stack", stack}});
    begin = end + 2;
  }
  all.info("stacks written");
}

}  // namespace goakt::daemon
