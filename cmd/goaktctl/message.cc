#include "command.h"
#include "exit_codes.h"
#include "message_flags.h"
#include "output/text.h"
#include "query.h"
#include "send_file.h"
#include "session.h"

#include <nlohmann/json.hpp>

#include <memory>
#include <thread>
#include <unistd.h>

namespace goaktctl {

namespace {

Command send_command() {
  struct Options {
    std::string name, file;
    std::int64_t count = 1;
    std::int64_t rate = 0;
    MessageFlags body;
  };

  auto o = std::make_shared<Options>();
  std::vector<Flag> flags = {
      {"NAME", &o->name, "to whom; none with -f", false, "@actor"},
      {"-f,--file", &o->file, "NDJSON lines {to, type, message, ask?}; - is stdin", false, "@file"},
      {"--count", &o->count, "so many times, 1"},
      {"--rate", &o->rate, "at most so many a second"}};
  for (Flag& flag : o->body.flags()) flags.push_back(std::move(flag));
  return {"actor",
          "send",
          {"send"},
          "sends a message and does not wait",
          "POST /v1/actors/{name}/messages, POST /v1/messages",
          {"goaktctl send hello --string hi",
           "goaktctl send account-1 --type bank.Credit --json '{\"amount\": \"5\"}'",
           "goaktctl send -f transfers.ndjson > answers.ndjson"},
          std::move(flags),
          [o](Session& session) {
            if (!o->file.empty()) {
              if (!o->name.empty()) return session.usage("-f has its own names, NAME is too much");
              return send_file(session, o->file);
            }
            if (o->name.empty()) return session.usage("send to whom?", "NAME, or -f FILE");
            std::string complaint;
            const auto body = o->body.document(complaint);
            if (!body) return session.usage(complaint);
            int exit = Exit::ok;
            bool accepted = true;
            const auto begin = std::chrono::steady_clock::now();
            for (std::int64_t i = 0; i < o->count && accepted; ++i) {
              if (o->rate > 0)
                std::this_thread::sleep_until(
                    begin + std::chrono::nanoseconds(i * 1'000'000'000 / o->rate));
              const auto answer = session.post(actor_target(o->name, "/messages"), *body, exit);
              accepted = answer.has_value();  // a plan is none
              if (answer && !session.out().is_table()) session.out().document(*answer);
            }
            if (accepted && session.out().is_table()) session.out().raw("accepted\n");
            return exit;
          },
          {Exit::not_found, Exit::conflict, Exit::partial}};
}

Command ask_command() {
  struct Options {
    std::string name;
    std::chrono::milliseconds timeout{5'000};
    std::string decode = "json";
    MessageFlags body;
  };

  auto o = std::make_shared<Options>();
  std::vector<Flag> flags = {
      {"NAME", &o->name, "whom", true, "@actor"},
      {"--ask-timeout", &o->timeout, "for the answer, 5s"},
      {"--decode", &o->decode, "an answer of unknown type: json or raw bytes in base64", false,
       "json|raw"}};
  for (Flag& flag : o->body.flags()) flags.push_back(std::move(flag));
  return {"actor",
          "ask",
          {"ask"},
          "sends a message and prints the answer",
          "POST /v1/actors/{name}/ask",
          {"goaktctl ask hello --string hi",
           "goaktctl ask account-1 --type bank.GetBalance --json '{}'"},
          std::move(flags),
          [o](Session& session) {
            std::string complaint;
            auto body = o->body.document(complaint);
            if (!body) return session.usage(complaint);
            (*body)["timeoutMs"] = o->timeout.count();
            // The node must have the time to say that the actor did not answer.
            if (session.settings().duration("timeout") < o->timeout + std::chrono::seconds(2))
              session.client().set_timeout(o->timeout + std::chrono::seconds(2));
            int exit = Exit::ok;
            const auto answer = session.post(actor_target(o->name, "/ask"), *body, exit);
            if (!answer) return exit;
            if (!session.out().is_table()) {
              session.out().document(*answer);
              return exit;
            }
            const Document* message = at_path(*answer, "message");
            if (const Document* raw = at_path(*answer, "raw");
                raw && (!message || o->decode == "raw"))
              message = raw;
            session.out().raw((message ? message->dump() : answer->dump()) + "\n");
            const Document* nanos = at_path(*answer, "nanos");
            if (is_terminal(STDERR_FILENO) && nanos && nanos->is_number()) {
              session.note("# " + answer->value("type", "") + ", " +
                           short_duration(nanos->get<double>() / 1e9));
            }
            return exit;
          },
          {Exit::not_found, Exit::actor_error}};
}

}  // namespace

std::vector<Command> message_commands() {
  return {send_command(), ask_command()};
}

}  // namespace goaktctl
