#include "command.h"
#include "contexts.h"
#include "exit_codes.h"
#include "goakt/base/text.h"
#include "output/text.h"
#include "session.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <memory>

namespace goaktctl {

namespace {

const std::vector<std::string>& confirm_words() {
  static const std::vector<std::string> words = {"none", "yes-no", "type-name"};
  return words;
}

Document context_document(const ContextFile& file, const Context& context) {
  Document document = {{"kind", "Context"}, {"name", context.name}};
  document["current"] = context.name == file.current;
  for (const auto& [key, values] : context.values) {
    if (key == "token")
      document[key] = "<masked>";
    else if (key == "endpoints")
      document[key] = values;
    else if (!values.empty())
      document[key] = values.back();
  }
  return document;
}

int save(Session& session, const ContextFile& file, const std::string& said) {
  if (const auto planned = session.plan("context.write", file.path,
                                        "would write " + file.path + ": " + printable(said)))
    return *planned;
  std::string complaint;
  if (!write_contexts(file, complaint)) return session.refuse(Exit::failed, "failed", complaint);
  session.note(said);
  return Exit::ok;
}

int no_context(Session& session, const ContextFile& file, const std::string& name) {
  std::vector<std::string> known;
  for (const Context& context : file.contexts) known.push_back(context.name);
  const std::string near = goakt::nearest(name, known);
  return session.refuse(Exit::not_found, "context-not-found", "no context " + printable(name),
                        near.empty() ? "goaktctl context list" : "did you mean " + near + "?");
}

int list_contexts(Session& session) {
  std::vector<Document> rows;
  for (const Context& context : session.contexts().contexts)
    rows.push_back(context_document(session.contexts(), context));
  session.out().list(schema_of("context"), rows, {});
  return Exit::ok;
}

int show_context(Session& session, const std::string& name) {
  const ContextFile& file = session.contexts();
  const std::string wanted = name.empty() ? session.context_name() : name;
  if (wanted.empty())
    return session.refuse(Exit::not_found, "context-not-found", "no context is in use",
                          "goaktctl context add NAME --set endpoints=URL");
  const Context* context = file.find(wanted);
  if (!context) return no_context(session, file, wanted);
  if (session.out().is_plain_table()) {
    const Document document = context_document(file, *context);
    for (const auto& [key, value] : document.items()) {
      if (key == "kind") continue;
      std::string head = key + ":";
      head.resize(16, ' ');
      session.out().raw(head + printable(cell_text(value)) + "\n");
    }
  } else {
    session.out().one(schema_of("context"), context_document(file, *context));
  }
  return Exit::ok;
}

int use_context(Session& session, const std::string& name) {
  ContextFile file = session.contexts();
  const std::string wanted = name == "-" ? file.previous : name;
  if (wanted.empty()) return session.usage("no other context was in use before");
  if (!file.find(wanted)) return no_context(session, file, wanted);
  if (wanted != file.current) {
    file.previous = file.current;
    file.current = wanted;
  }
  return save(session, file, "using " + wanted);
}

// "endpoints=a,b", "token-file=..." into the context; an empty value takes the key away.
std::optional<std::string> set_value(Context& context, const std::string& pair) {
  const auto equals = pair.find('=');
  const std::string key = pair.substr(0, equals);
  const auto& keys = context_keys();
  if (equals == std::string::npos) return "KEY=VALUE is needed, not " + printable(pair);
  if (std::find(keys.begin(), keys.end(), key) == keys.end()) {
    const std::string near = goakt::nearest(key, keys);
    return "unknown key " + printable(key) + (near.empty() ? "" : "; did you mean " + near + "?");
  }
  const std::string value = pair.substr(equals + 1);
  if (value.empty()) {
    context.values.erase(key);
    return std::nullopt;
  }
  if (key == "endpoints") {
    auto parsed = goakt::admin::parse_endpoints({value});
    if (!parsed) return parsed.error().message();
    context.values[key] = split_commas(value);
    return std::nullopt;
  }
  const auto& words = confirm_words();
  if (key == "confirm" && std::find(words.begin(), words.end(), value) == words.end())
    return "confirm is none, yes-no or type-name";
  context.values[key] = {value};
  // What it means is checked as if it had been given.
  Settings settings = Settings::resolve(
      {}, [](const char*) { return std::nullopt; }, &context);
  return settings.complaint();
}

int set_context(Session& session, const std::string& name, const std::vector<std::string>& pairs,
                bool fresh) {
  ContextFile file = session.contexts();
  Context* context = file.find(name);
  if (fresh && context)
    return session.refuse(Exit::conflict, "already-exists", "context " + name + " is there already",
                          "goaktctl context set " + name + " KEY=VALUE");
  if (!fresh && !context) return no_context(session, file, name);
  if (fresh) {
    if (name.empty() || name == "-" || name.find_first_of(" \t\n\"") != std::string::npos)
      return session.usage("\"" + printable(name) + "\" is no name for a context");
    file.contexts.push_back({name, {}});
    context = &file.contexts.back();
    if (file.current.empty()) file.current = name;
  }
  for (const std::string& pair : pairs)
    if (const auto complaint = set_value(*context, pair)) return session.usage(*complaint);
  return save(session, file, (fresh ? "added " : "changed ") + name);
}

int rename_context(Session& session, const std::string& name, const std::string& to) {
  ContextFile file = session.contexts();
  Context* context = file.find(name);
  if (!context) return no_context(session, file, name);
  if (file.find(to))
    return session.refuse(Exit::conflict, "already-exists", "context " + to + " is there already");
  context->name = to;
  if (file.current == name) file.current = to;
  if (file.previous == name) file.previous = to;
  return save(session, file, name + " is now " + to);
}

int remove_context(Session& session, const std::string& name) {
  ContextFile file = session.contexts();
  if (!file.find(name)) return no_context(session, file, name);
  if (const auto no = session.confirm("Remove context " + name, name)) return *no;
  std::erase_if(file.contexts, [&](const Context& context) { return context.name == name; });
  if (file.current == name) file.current.clear();
  if (file.previous == name) file.previous.clear();
  return save(session, file, "removed " + name);
}

// Each setting with where it came from.
int view_settings(Session& session, bool effective) {
  if (!effective) {
    if (session.out().is_plain_table())
      session.out().raw(session.contexts().path +
                        (session.contexts().exists ? "\n" : " (not there)\n"));
    return list_contexts(session);
  }
  std::vector<Document> rows;
  for (const SettingRow& row : setting_rows()) {
    const Setting& setting = session.settings().at(row.key);
    std::string value;
    for (const std::string& each : setting.values) value += (value.empty() ? "" : ",") + each;
    if (std::string_view(row.key) == "token" && !value.empty()) value = "<masked>";
    std::string origin = origin_word(setting.origin);
    if (setting.origin == Origin::context) origin += " " + session.context_name();
    if (setting.origin == Origin::environment) origin += std::string(" ") + row.variable;
    rows.push_back({{"key", row.key}, {"value", value}, {"origin", origin}});
  }
  session.out().list(schema_of("setting"), rows, {});
  return Exit::ok;
}

}  // namespace

std::vector<Command> context_commands() {
  struct Options {
    std::string name, to;
    std::vector<std::string> pairs;
    bool effective = false;
  };

  auto o = std::make_shared<Options>();
  const std::string keys = "KEY=VALUE; an empty value takes the key away";
  const Flag name = {"NAME", &o->name, "the context", true, "@context"};
  return {
      {"context",
       "list",
       {"contexts"},
       "lists the contexts",
       "",
       {"goaktctl context list"},
       {},
       list_contexts},
      {"context",
       "show",
       {},
       "shows one context, or the one in use",
       "",
       {"goaktctl context show prod"},
       {{"NAME", &o->name, "the context", false, "@context"}},
       [o](Session& session) { return show_context(session, o->name); },
       {Exit::not_found}},
      {"context",
       "use",
       {},
       "uses a context from now on; - is the one before",
       "",
       {"goaktctl context use prod", "goaktctl context use -"},
       {name},
       [o](Session& session) { return use_context(session, o->name); },
       {Exit::not_found}},
      {"context",
       "add",
       {},
       "adds a context",
       "",
       {"goaktctl context add prod --set endpoints=https://n1.example:4258 --set "
        "token-file=~/.config/goaktctl/prod.token",
        "goaktctl context add prod --set confirm=type-name --set color-hint=red"},
       {{"NAME", &o->name, "the new context", true}, {"--set", &o->pairs, keys}},
       [o](Session& session) { return set_context(session, o->name, o->pairs, true); },
       {Exit::conflict}},
      {"context",
       "set",
       {},
       "changes a context",
       "",
       {"goaktctl context set prod timeout=30s"},
       {name, {"PAIR", &o->pairs, keys, true}},
       [o](Session& session) { return set_context(session, o->name, o->pairs, false); },
       {Exit::not_found}},
      {"context",
       "rename",
       {},
       "gives a context another name",
       "",
       {"goaktctl context rename prod prod-eu"},
       {name, {"TO", &o->to, "its new name", true}},
       [o](Session& session) { return rename_context(session, o->name, o->to); },
       {Exit::not_found, Exit::conflict}},
      {"context",
       "remove",
       {},
       "removes a context",
       "",
       {"goaktctl context remove prod -y"},
       {name},
       [o](Session& session) { return remove_context(session, o->name); },
       {Exit::not_found}},
      {"context",
       "view",
       {},
       "shows the file; with --effective each setting and where it comes from",
       "",
       {"goaktctl context view --effective"},
       {{"--effective", &o->effective, "what counts now: flag, environment, context, default"}},
       [o](Session& session) { return view_settings(session, o->effective); }},
  };
}

}  // namespace goaktctl
