#include "command.h"
#include "exit_codes.h"
#include "output/screen.h"
#include "output/text.h"
#include "query.h"
#include "session.h"
#include "watch.h"

#include <nlohmann/json.hpp>

#include <memory>
#include <thread>
#include <unistd.h>

namespace goaktctl {

namespace {

struct Options {
  std::string by = "rate";
  std::int64_t rows = 20;
  std::chrono::milliseconds interval{2'000};
  bool once = false;
};

std::string target_of(const Options& o, std::chrono::milliseconds window) {
  Query query("/v1/top");
  query.add("by", o.by).add("rows", o.rows).add("windowMs", window.count());
  return query.target();
}

std::vector<Document> items_of(const Document& answer) {
  std::vector<Document> rows;
  if (const Document* items = at_path(answer, "items"); items && items->is_array())
    for (const Document& item : *items) rows.push_back(item);
  return rows;
}

// What the node says about itself, on the first line of the screen.
std::string summary_of(const Document& answer) {
  std::string text;
  const auto add = [&](const char* word, const char* path) {
    const Document* value = at_path(answer, path);
    if (!value || !value->is_number()) return;
    text +=
        (text.empty() ? "" : "   ") + std::string(word) + " " + short_number(value->get<double>());
  };
  add("actors", "actors");
  add("msg/s", "ratePerSecond");
  add("dead letters/s", "deadLettersPerSecond");
  return text;
}

int run_top(Session& session, const Options& o) {
  // One sample: counters have no rate without two looks, so the node is asked to look for a moment.
  const bool live = session.out().is_table() && is_terminal(STDOUT_FILENO) && !o.once;
  if (!live) {
    int exit = Exit::ok;
    const auto answer =
        session.get(target_of(o, std::min(o.interval, std::chrono::milliseconds(1'000))), exit);
    if (answer) session.out().list(schema_of("top"), items_of(*answer), {});
    return exit;
  }
  // The node measures while it is asked: that is the pause between two pictures.
  const auto window = std::min(o.interval, std::chrono::milliseconds(5'000));
  return watch_picture(session,
                       "top by " + o.by + "   every " +
                           short_duration(std::chrono::duration<double>(o.interval).count()),
                       o.interval - window, [&](int& exit) -> std::optional<std::string> {
                         const auto answer = session.get(target_of(o, window), exit);
                         if (!answer) return std::nullopt;
                         const std::string summary = summary_of(*answer);
                         return summary + (summary.empty() ? "" : "\n\n") +
                                session.out().table(schema_of("top"), items_of(*answer));
                       });
}

}  // namespace

std::vector<Command> top_commands() {
  auto o = std::make_shared<Options>();
  return {{"actor",
           "top",
           {"top"},
           "shows the busiest actors, live on a terminal",
           "GET /v1/top",
           {"goaktctl top", "goaktctl top --by mailbox --rows 5 --once",
            "goaktctl top --by latency --columns NAME,WAIT,MAILBOX", "goaktctl top --once -o json"},
           {{"--by", &o->by,
             "rate, mailbox, latency (how long a message waits), processed, failures, restarts or "
             "deadletters; cpu is refused: it is taken by kind only",
             false, "rate|mailbox|latency|processed|failures|restarts|deadletters|cpu"},
            {"--rows", &o->rows, "how many, 20"},
            {"--interval", &o->interval, "between two pictures, 2s"},
            {"--once", &o->once, "one sample, as in a pipe"}},
           [o](Session& session) { return run_top(session, *o); },
           {Exit::unsupported}}};
}

}  // namespace goaktctl
