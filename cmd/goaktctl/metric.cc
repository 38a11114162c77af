#include "command.h"
#include "exit_codes.h"
#include "metric_text.h"
#include "session.h"
#include "watch.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <map>
#include <memory>
#include <thread>

namespace goaktctl {

namespace {

struct Options {
  std::vector<std::string> names;
  bool rate = false;
  bool raw = false;
  bool watch = false;
  std::chrono::milliseconds interval{2'000};
};

std::optional<std::string> fetch(Session& session, int& exit) {
  auto answer = session.client().get("/metrics");
  if (answer) return std::move(answer->body);
  exit = session.report(answer.error());
  return std::nullopt;
}

bool is_wanted(const Document& sample, const std::vector<std::string>& names) {
  if (names.empty()) return true;
  const std::string name = sample["name"].get<std::string>();
  return std::any_of(names.begin(), names.end(), [&](const std::string& wanted) {
    return name.find(wanted) != std::string::npos;
  });
}

std::optional<std::vector<Document>> samples(Session& session, const Options& o, int& exit) {
  const auto text = fetch(session, exit);
  if (!text) return std::nullopt;
  std::vector<Document> wanted;
  for (Document& sample : read_metrics(*text))
    if (is_wanted(sample, o.names)) wanted.push_back(std::move(sample));
  return wanted;
}

std::string key_of(const Document& sample) {
  return sample["name"].get<std::string>() + "{" + sample.value("labelText", "") + "}";
}

// What counters gained per second; gauges as they are.
std::optional<std::vector<Document>> rates(Session& session, const Options& o, int& exit) {
  const auto begin = std::chrono::steady_clock::now();
  const auto before = samples(session, o, exit);
  if (!before) return std::nullopt;
  std::this_thread::sleep_for(o.interval);
  auto after = samples(session, o, exit);
  if (!after) return std::nullopt;
  const double seconds =
      std::chrono::duration<double>(std::chrono::steady_clock::now() - begin).count();
  std::map<std::string, double> old;
  for (const Document& sample : *before)
    if (sample["value"].is_number()) old[key_of(sample)] = sample["value"].get<double>();
  std::vector<Document> changed;
  for (Document& sample : *after) {
    const auto it = old.find(key_of(sample));
    const bool counts = sample.value("type", "") != "gauge";
    if (!counts || it == old.end() || !sample["value"].is_number()) continue;
    sample["value"] = (sample["value"].get<double>() - it->second) / seconds;
    sample["type"] = "per second";
    changed.push_back(std::move(sample));
  }
  return changed;
}

int print_metrics(Session& session, const Options& o) {
  int exit = Exit::ok;
  if (o.raw) {
    if (const auto text = fetch(session, exit)) session.out().raw(*text);
    return exit;
  }
  const Schema& schema = schema_of("metric");
  if (o.watch) {
    return watch_list(session, schema, o.interval, [&](int& code) {
      return o.rate ? rates(session, o, code) : samples(session, o, code);
    });
  }
  const auto list = o.rate ? rates(session, o, exit) : samples(session, o, exit);
  if (list) session.out().list(schema, *list, {});
  return exit;
}

}  // namespace

std::vector<Command> metric_commands() {
  auto o = std::make_shared<Options>();
  return {{"metrics",
           "",
           {"metric"},
           "shows the node's metrics",
           "GET /metrics",
           {"goaktctl metrics", "goaktctl metrics goakt_actors", "goaktctl metrics messages --rate",
            "goaktctl metrics --raw"},
           {{"NAME", &o->names, "parts of names", false},
            {"--rate", &o->rate, "what counters gain per second, over --interval"},
            {"--raw", &o->raw, "Prometheus' text as it is"},
            {"-w,--watch", &o->watch, "again and again"},
            {"--interval", &o->interval, "of --watch and --rate, 2s"}},
           [o](Session& session) { return print_metrics(session, *o); }}};
}

}  // namespace goaktctl
