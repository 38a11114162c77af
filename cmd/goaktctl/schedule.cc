#include "command.h"
#include "exit_codes.h"
#include "message_flags.h"
#include "paging.h"
#include "query.h"
#include "session.h"

#include <nlohmann/json.hpp>

#include <memory>

namespace goaktctl {

namespace {

std::string schedule_target(const std::string& ref, std::string_view rest = {}) {
  return item_target("/v1/schedules", plain_id("schedule", ref), rest);
}

Command list_command() {
  auto paging = std::make_shared<Paging>();
  return {"schedule",
          "list",
          {},
          "lists the messages that are sent later",
          "GET /v1/schedules",
          {"goaktctl schedule list", "goaktctl schedule list -o name"},
          with_list_flags({}, *paging),
          [paging](Session& session) {
            return print_pages(session, schema_of("schedule"), "/v1/schedules", *paging);
          }};
}

Command get_command() {
  auto ref = std::make_shared<std::string>();
  return {"schedule",
          "get",
          {},
          "shows one schedule",
          "GET /v1/schedules/{ref}",
          {"goaktctl schedule get nightly -o json"},
          {{"REF", ref.get(), "its reference", true, "@schedule"}},
          [ref](Session& session) {
            int exit = Exit::ok;
            const auto schedule = session.get(schedule_target(*ref), exit);
            if (schedule) session.out().one(schema_of("schedule"), *schedule);
            return exit;
          },
          {Exit::not_found}};
}

// once, every and cron differ in one flag.
Command create_command(const char* verb, const char* summary, const char* example) {
  struct Options {
    std::string name, ref, cron;
    std::chrono::milliseconds time{0};
    MessageFlags message;
  };

  auto o = std::make_shared<Options>();
  const std::string word = verb;
  std::vector<Flag> flags = {{"NAME", &o->name, "who gets the message", true, "@actor"},
                             {"--ref", &o->ref, "its reference; else the node makes one"}};
  if (word == "once") flags.push_back({"--in", &o->time, "after so long", true});
  if (word == "every")
    flags.push_back({"--every", &o->time, "again and again, so far apart", true});
  if (word == "cron")
    flags.push_back({"--cron", &o->cron, "when: second minute hour day month weekday", true});
  for (Flag& flag : o->message.flags()) flags.push_back(std::move(flag));
  return {"schedule",
          verb,
          {},
          summary,
          "POST /v1/schedules",
          {example},
          std::move(flags),
          [o, word](Session& session) -> int {
            std::string complaint;
            auto body = o->message.document(complaint);
            if (!body) return session.usage(complaint);
            (*body)["target"] = plain_name(o->name);
            if (!o->ref.empty()) (*body)["ref"] = o->ref;
            if (word == "once") (*body)["inMs"] = o->time.count();
            if (word == "every") (*body)["everyMs"] = o->time.count();
            if (word == "cron") (*body)["cron"] = o->cron;
            int exit = Exit::ok;
            const auto schedule = session.post("/v1/schedules", *body, exit);
            if (schedule) session.out().one(schema_of("schedule"), *schedule);
            return exit;
          },
          {Exit::not_found, Exit::conflict}};
}

Command cancel_command() {
  auto refs = std::make_shared<std::vector<std::string>>();
  return {"schedule",
          "cancel",
          {},
          "takes schedules away",
          "DELETE /v1/schedules/{ref}",
          {"goaktctl schedule cancel nightly -y"},
          {{"REF", refs.get(), "references", true, "@schedule"}},
          [refs](Session& session) -> int {
            const std::string first(plain_id("schedule", refs->front()));
            const std::string what = refs->size() == 1
                                         ? "schedule " + first
                                         : std::to_string(refs->size()) + " schedules";
            if (const auto no = session.confirm("Cancel " + what, first)) return *no;
            int worst = Exit::ok;
            for (const std::string& ref : *refs) {
              int exit = Exit::ok;
              const auto gone = session.send({"DELETE", schedule_target(ref), {}, {}, {}}, exit);
              worst = exit == Exit::ok ? worst : worse(worst, exit);
              if (!gone) continue;
              const std::string plain(plain_id("schedule", ref));
              if (session.out().is_plain_table())
                session.out().raw("cancelled " + plain + "\n");
              else
                session.out().one(schema_of("schedule"), {{"ref", plain}, {"state", "cancelled"}});
            }
            return worst;
          },
          {Exit::not_found}};
}

Command post_command(const char* verb, const char* summary) {
  auto ref = std::make_shared<std::string>();
  return {"schedule",
          verb,
          {},
          summary,
          std::string("POST /v1/schedules/{ref}/") + verb,
          {std::string("goaktctl schedule ") + verb + " nightly"},
          {{"REF", ref.get(), "its reference", true, "@schedule"}},
          [ref, verb](Session& session) {
            int exit = Exit::ok;
            const auto schedule = session.post(schedule_target(*ref, std::string("/") + verb),
                                               Document::object(), exit);
            if (schedule) session.out().one(schema_of("schedule"), *schedule);
            return exit;
          },
          {Exit::not_found, Exit::conflict}};
}

}  // namespace

std::vector<Command> schedule_commands() {
  return {list_command(),
          get_command(),
          create_command("once", "sends a message later, once",
                         "goaktctl schedule once hello --in 10s --string hi"),
          create_command("every", "sends a message again and again",
                         "goaktctl schedule every sum --every 1m --int 1 --ref tick"),
          create_command("cron", "sends a message at times of the clock",
                         "goaktctl schedule cron sum --cron '0 0 3 * * *' --int 1 --ref nightly"),
          post_command("pause", "holds a schedule"),
          post_command("resume", "lets a held schedule go on"),
          cancel_command()};
}

}  // namespace goaktctl
