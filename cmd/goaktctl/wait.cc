#include "command.h"
#include "condition.h"
#include "exit_codes.h"
#include "goakt/base/text.h"
#include "output/screen.h"
#include "output/text.h"
#include "query.h"
#include "session.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>
#include <thread>

namespace goaktctl {

namespace {

using Clock = std::chrono::steady_clock;
using std::chrono::milliseconds;

struct Options {
  std::string target;
  std::vector<std::string> wanted, fatal, lasting;
  bool any = false;
  bool all = false;
  bool tolerate_unreachable = true;
  milliseconds stable{0};
};

// What a look at the target brought.
struct Look {
  std::optional<Document> thing;                          // none: it does not exist
  std::optional<goakt::admin::CallFailure> failure = {};  // or the look failed
};

// "actor/NAME" to the path of its JSON; empty when it is no target.
std::string path_of(const std::string& target) {
  const auto slash = target.find('/');
  const std::string noun = target.substr(0, slash);
  const std::string name = slash == std::string::npos ? std::string() : target.substr(slash + 1);
  if (noun == "endpoint" && name.empty()) return "/v1";
  if (noun == "cluster" && name.empty()) return "/v1/cluster";
  if (noun == "nodes" && name.empty()) return "/v1/nodes";
  if (name.empty()) return "";
  if (noun == "actor") return actor_target(name);
  if (noun == "node") return item_target("/v1/nodes", name);
  if (noun == "op") return item_target("/v1/operations", name);
  if (noun == "dc") return item_target("/v1/dcs", name);
  if (noun == "grain") {
    const auto next = name.find('/');
    if (next == std::string::npos) return "";
    return item_target(item_target("/v1/grains", name.substr(0, next)), name.substr(next + 1));
  }
  return "";
}

// All nodes as one thing: members is how many, state is what all are in.
Document nodes_document(const Document& list) {
  Document all = {{"members", 0}, {"items", Document::array()}};
  const Document* items = at_path(list, "items");
  if (!items || !items->is_array()) return all;
  all["members"] = items->size();
  all["items"] = *items;
  std::string common;
  bool same = true;
  for (const Document& node : *items) {
    const Document* state = at_path(node, "state");
    const std::string text = state ? plain_text(*state) : "";
    same = same && (common.empty() || common == text);
    common = text;
  }
  if (same && !common.empty()) all["state"] = common;
  all["leader"] = std::any_of(items->begin(), items->end(), [](const Document& node) {
    const Document* leader = at_path(node, "leader");
    return leader && *leader == Document(true);
  });
  return all;
}

Look look_at(Session& session, const std::string& target, const std::string& path) {
  Look look;
  auto answer = session.client().get(session.with_node(path));
  if (!answer) {
    const auto& failure = answer.error();
    if (failure.exit == Exit::not_found) return look;
    look.failure = failure;
    return look;
  }
  Document thing = Document::parse(answer->body, nullptr, false);
  if (thing.is_discarded()) thing = Document::object();
  look.thing = target == "nodes" ? nodes_document(thing) : std::move(thing);
  return look;
}

std::string said(const Look& look) {
  if (look.failure) return look.failure->detail;
  if (!look.thing) return "does not exist";
  const Document* state = at_path(*look.thing, "state");
  const Document* members = at_path(*look.thing, "members");
  return (state ? printable(plain_text(*state)) : "there") +
         (members ? ", members " + plain_text(*members) : "");
}

class Waiting {
 public:
  Waiting(Session& session, const Options& o) : session_(session), o_(o) {}

  // An exit code when a condition is none.
  std::optional<int> parse() {
    path_ = path_of(o_.target);
    if (path_.empty())
      return session_.usage(
          "\"" + printable(o_.target) + "\" is nothing to wait for",
          "actor/NAME, node/ID, nodes, op/ID, cluster, dc/ID, grain/KIND/NAME, endpoint");
    for (const auto& [texts, conditions] :
         {std::pair{&o_.wanted, &wanted_}, {&o_.fatal, &fatal_}, {&o_.lasting, &lasting_}}) {
      for (const std::string& text : *texts) {
        std::string complaint;
        auto condition = Condition::parse(text, complaint);
        if (!condition) return session_.usage(complaint);
        conditions->push_back(std::move(*condition));
      }
    }
    if (wanted_.empty()) {
      std::string complaint;
      const char* usual = o_.target == "endpoint"        ? "answers"
                          : o_.target.starts_with("op/") ? "succeeded"
                                                         : "exists";
      wanted_.push_back(*Condition::parse(usual, complaint));
    }
    stable_ = o_.stable;
    for (const std::string& text : o_.wanted)
      if (text == "settled" && stable_.count() == 0) stable_ = milliseconds(3'000);
    return std::nullopt;
  }

  int run() {
    const auto limit = session_.settings().duration("wait-timeout");
    const auto begin = Clock::now();
    const auto seconds = [&] {
      return std::chrono::duration<double>(Clock::now() - begin).count();
    };
    auto pause = milliseconds(20);
    auto told = begin;
    std::optional<Clock::time_point> met_since;
    StatusLine status(session_.shows_progress());
    // Short looks, so that a node that hangs does not eat the whole time.
    session_.client().set_timeout(
        std::min(session_.settings().duration("timeout"), milliseconds(5'000)));
    for (;;) {
      const Look look = look_at(session_, o_.target, path_);
      if (const auto over = judge_failure(look)) return *over;
      const Document* thing = look.thing ? &*look.thing : nullptr;
      if (!look.failure) {
        if (const auto over = judge_impossible(thing)) return *over;
        const bool met = is_met(thing);
        if (!met) met_since.reset();
        if (met && !met_since) met_since = Clock::now();
        if (met && Clock::now() - *met_since >= stable_) {
          status.clear();
          return done(seconds());
        }
      }
      if (limit.count() > 0 && Clock::now() - begin >= limit) {
        status.clear();
        return session_.refuse(Exit::wait_timeout, "wait-timeout",
                               o_.target + " is not what was waited for after " +
                                   short_duration(seconds()) + "; last seen: " + said(look));
      }
      status.show("waiting for " + printable(o_.target) + "  " + short_duration(seconds()) + "  " +
                  said(look));
      if (Clock::now() - told >= std::chrono::seconds(10)) {
        told = Clock::now();
        if (!session_.shows_progress())
          session_.note("waiting for " + o_.target + ": " + said(look));
      }
      std::this_thread::sleep_for(pause);
      pause = std::min(pause * 2, milliseconds(500));
    }
  }

 private:
  // Nobody there, or a node that starts: that may change. Anything else will not.
  std::optional<int> judge_failure(const Look& look) {
    if (!look.failure) return std::nullopt;
    const int exit = look.failure->exit;
    if (o_.tolerate_unreachable && (exit == Exit::unreachable || exit == Exit::timeout))
      return std::nullopt;
    return session_.report(*look.failure);
  }

  std::optional<int> judge_impossible(const Document* thing) {
    for (const Condition& condition : fatal_)
      if (condition.is_met(thing))
        return session_.refuse(Exit::impossible, "impossible", o_.target + ": " + condition.text());
    for (const Condition& condition : lasting_)
      if (!condition.is_met(thing))
        return session_.refuse(Exit::impossible, "impossible",
                               o_.target + ": no longer " + condition.text());
    const auto possible = [&](const Condition& c) { return c.is_possible(thing); };
    const bool some = std::any_of(wanted_.begin(), wanted_.end(), possible);
    const bool every = std::all_of(wanted_.begin(), wanted_.end(), possible);
    if (o_.any ? some : every) return std::nullopt;
    return session_.refuse(Exit::impossible, "impossible",
                           o_.target + " is over and is not what was waited for: " +
                               (thing ? plain_text(thing->value("state", Document())) : ""));
  }

  bool is_met(const Document* thing) const {
    const auto met = [&](const Condition& c) { return c.is_met(thing); };
    return o_.any ? std::any_of(wanted_.begin(), wanted_.end(), met)
                  : std::all_of(wanted_.begin(), wanted_.end(), met);
  }

  int done(double seconds) {
    std::string text;
    for (const Condition& condition : wanted_)
      text += (text.empty() ? "" : ", ") + condition.text();
    if (session_.out().is_plain_table()) {
      session_.note(o_.target + ": " + text + " after " + short_duration(seconds));
    } else {
      session_.out().one(
          schema_of("condition"),
          {{"target", o_.target}, {"condition", text}, {"status", "met"}, {"seconds", seconds}});
    }
    return Exit::ok;
  }

  Session& session_;
  const Options& o_;
  std::string path_;
  std::vector<Condition> wanted_, fatal_, lasting_;
  milliseconds stable_{0};
};

}  // namespace

std::vector<Command> wait_commands() {
  auto o = std::make_shared<Options>();
  return {
      {"wait",
       "",
       {},
       "waits until something is as it should be; for scripts and CI",
       "GET of the target",
       {"goaktctl wait endpoint --wait-timeout 30s",
        "goaktctl wait nodes --for 'members>=3' --for settled --wait-timeout 60s",
        "goaktctl wait actor/order-7 --for running --fail-if suspended",
        "goaktctl wait actor/queue --for 'metrics.mailbox=0' --stable 2s",
        "goaktctl wait op/op-3f2a-01J9ZK4T7"},
       {{"TARGET", &o->target,
         "actor/NAME, node/ID, nodes, op/ID, cluster, dc/ID, grain/KIND/NAME or endpoint", true,
         "@target"},
        {"--for", &o->wanted,
         "exists, gone, running, ...; path=value, !=, <, <=, >, >=, ~regex, or a path; repeatable",
         false, "ready|exists|gone|running|suspended|drained|left|settled|leader|succeeded|active"},
        {"--any", &o->any, "one of several --for is enough"},
        {"--all", &o->all, "all of them, as without a word"},
        {"--fail-if", &o->fatal, "end at once with 9 when this is so; repeatable"},
        {"--while", &o->lasting, "end at once with 9 when this is no longer so; repeatable"},
        {"--stable", &o->stable, "it must be so for this long"},
        {"--tolerate-unreachable", &o->tolerate_unreachable,
         "wait for a node that does not answer yet too; on unless --no-"}},
       [o](Session& session) {
         if (o->any && o->all) return session.usage("--any or --all, not both");
         Waiting waiting(session, *o);
         if (const auto wrong = waiting.parse()) return *wrong;
         return waiting.run();
       },
       {Exit::wait_timeout, Exit::impossible}}};
}

}  // namespace goaktctl
