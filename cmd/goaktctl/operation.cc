#include "operation.h"

#include "command.h"
#include "exit_codes.h"
#include "interrupt.h"
#include "output/screen.h"
#include "output/text.h"
#include "paging.h"
#include "query.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <thread>

namespace goaktctl {

namespace {

using Clock = std::chrono::steady_clock;

std::string text_of(const Document& thing, std::string_view path) {
  const Document* value = at_path(thing, path);
  return value ? plain_text(*value) : std::string();
}

double number_of(const Document& thing, std::string_view path) {
  const Document* value = at_path(thing, path);
  return value && value->is_number() ? value->get<double>() : 0;
}

std::string operation_target(std::string_view id, std::string_view rest = {}) {
  return item_target("/v1/operations", plain_id("op", id), rest);
}

// "moving-actors  ███████░░░  2 710/4 402  61%  1 220/s  eta 2s  failed 0"
std::string progress_line(const Document& operation) {
  std::string line =
      printable(text_of(operation, "type")) + " " + printable(text_of(operation, "state"));
  if (const std::string phase = text_of(operation, "phase"); !phase.empty())
    line += "  " + printable(phase);
  const double total = number_of(operation, "progress.total");
  const double done = number_of(operation, "progress.done");
  if (total > 0) {
    constexpr int kBar = 24;
    const int filled = static_cast<int>(kBar * std::clamp(done / total, 0.0, 1.0));
    line += "  ";
    for (int i = 0; i < kBar; ++i) line += i < filled ? "█" : "░";
    line += "  " + short_number(done) + "/" + short_number(total) + "  " +
            short_number(std::floor(100 * done / total)) + "%";
  }
  if (const double rate = number_of(operation, "progress.ratePerSecond"); rate > 0)
    line += "  " + short_number(rate) + "/s";
  if (const double eta = number_of(operation, "progress.etaSeconds"); eta > 0)
    line += "  eta " + short_duration(eta);
  if (const double failed = number_of(operation, "progress.failed"); failed > 0)
    line += "  failed " + short_number(failed);
  return line;
}

Command list_command() {
  struct Options {
    bool running = false;
    std::string type;
    Paging paging;
  };

  auto o = std::make_shared<Options>();
  return {
      "op",
      "list",
      {},
      "lists operations, the newest first",
      "GET /v1/operations",
      {"goaktctl op list --running"},
      with_list_flags({{"--running", &o->running, "only those that are not over"},
                       {"--type", &o->type, "only of this type: bench, deadletter.replay, ..."}},
                      o->paging),
      [o](Session& session) {
        Query query("/v1/operations");
        query.add_switch("running", o->running).add("type", o->type);
        return print_pages(session, schema_of("op"), query.target(), o->paging);
      }};
}

Command one_command(const char* verb, const char* summary, const char* http,
                    std::function<int(Session&, const std::string&)> run, std::vector<int> exits) {
  auto id = std::make_shared<std::string>();
  return {"op",
          verb,
          {},
          summary,
          http,
          {std::string("goaktctl op ") + verb + " op-3f2a-01J9ZK4T7"},
          {{"ID", id.get(), "as printed when it was started", true, "@op"}},
          [id, run = std::move(run)](Session& session) { return run(session, *id); },
          std::move(exits)};
}

int show(Session& session, const std::string& id) {
  int exit = Exit::ok;
  const auto operation = session.get(operation_target(id), exit);
  if (operation) session.out().one(schema_of("op"), *operation);
  return exit;
}

int await(Session& session, const std::string& id) {
  int exit = Exit::ok;
  auto operation = session.get(operation_target(id), exit);
  if (!operation) return exit;
  exit = await_operation(session, *operation);
  session.out().one(schema_of("op"), *operation);
  return exit;
}

int cancel(Session& session, const std::string& id) {
  int exit = Exit::ok;
  const auto operation = session.post(operation_target(id, "/cancel"), Document::object(), exit);
  if (operation) session.out().one(schema_of("op"), *operation);
  return exit;
}

// What did not work, item by item.
int failures(Session& session, const std::string& id) {
  static const Schema schema{"Failure",
                             "failure",
                             "id",
                             "An item of an operation that failed.",
                             {{"ID", "id", FieldType::text, 1000},
                              {"CODE", "code", FieldType::text, 90},
                              {"DETAIL", "detail", FieldType::text, 80}}};
  return print_pages(session, schema, operation_target(id, "/failures"), {});
}

}  // namespace

bool is_over(const Document& operation) {
  const std::string state = text_of(operation, "state");
  return state == "succeeded" || state == "failed" || state == "partial" || state == "cancelled";
}

int exit_of_operation(const Document& operation) {
  const std::string state = text_of(operation, "state");
  if (state == "succeeded") return Exit::ok;
  return state == "partial" ? Exit::partial : Exit::impossible;
}

int await_operation(Session& session, Document& operation) {
  const std::string id = text_of(operation, "id");
  const std::string again = "goaktctl op watch " + id;
  set_farewell("\noperation " + id + " goes on; watch it with: " + again + "\n");
  StatusLine status(session.shows_progress());
  const auto limit = session.settings().duration("wait-timeout");
  const auto begin = Clock::now();
  auto pause = std::chrono::milliseconds(20);
  while (!is_over(operation)) {
    if (limit.count() > 0 && Clock::now() - begin >= limit) {
      status.clear();
      set_farewell({});
      return session.refuse(Exit::wait_timeout, "wait-timeout",
                            "operation " + id + " is not over after " +
                                short_duration(std::chrono::duration<double>(limit).count()) +
                                "; it goes on",
                            again);
    }
    status.show(progress_line(operation));
    std::this_thread::sleep_for(pause);
    pause = std::min(pause * 2, std::chrono::milliseconds(500));
    int exit = Exit::ok;
    auto next = session.get(operation_target(id), exit);
    if (!next) return exit;
    operation = std::move(*next);
  }
  set_farewell({});
  status.clear();
  const int exit = exit_of_operation(operation);
  if (exit != Exit::ok) {
    const std::string why = text_of(operation, "problem.detail");
    session.note("operation " + id + ": " + progress_line(operation) +
                 (why.empty() ? "" : "\n  " + printable(why)));
  }
  return exit;
}

int start_operation(Session& session, std::string_view target, const Document& body) {
  int exit = Exit::ok;
  auto operation = session.post(target, body, exit);
  if (!operation) return exit;
  const std::string id = text_of(*operation, "id");
  if (text_of(*operation, "kind") != "Operation" || id.empty()) {
    session.out().document(*operation);
    return exit;
  }
  if (session.settings().on("detach")) {
    if (session.out().is_plain_table())
      session.out().raw(id + "\n");
    else
      session.out().one(schema_of("op"), *operation);
    return exit;
  }
  if (session.shows_progress())
    session.note("operation " + id + " started   (ctrl-C leaves it running: goaktctl op watch " +
                 id + ")");
  exit = await_operation(session, *operation);
  session.out().one(schema_of("op"), *operation);
  return exit;
}

std::vector<Command> operation_commands() {
  return {
      list_command(),
      one_command("get", "shows one operation", "GET /v1/operations/{id}", show, {Exit::not_found}),
      one_command("watch", "waits for its end and shows how it goes", "GET /v1/operations/{id}",
                  await, {Exit::not_found, Exit::wait_timeout, Exit::impossible, Exit::partial}),
      one_command("wait", "the same as watch", "GET /v1/operations/{id}", await,
                  {Exit::not_found, Exit::wait_timeout, Exit::impossible, Exit::partial}),
      one_command("cancel", "starts no new items; those under way finish or roll back",
                  "POST /v1/operations/{id}/cancel", cancel, {Exit::not_found, Exit::conflict}),
      one_command("logs", "lists what failed in it", "GET /v1/operations/{id}/failures", failures,
                  {Exit::not_found})};
}

}  // namespace goaktctl
