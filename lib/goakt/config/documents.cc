#include "goakt/config/documents.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace goakt::config {

namespace {

constexpr std::string_view kHidden = "<secret>";

std::string in_quotes(std::string_view text) {
  return nlohmann::json(text).dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// A name inside a table; bare when TOML lets it be.
std::string toml_name(const std::string& name) {
  const bool bare = !name.empty() && name.find_first_not_of(
                                         "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                                         "0123456789-_") == std::string::npos;
  return bare ? name : in_quotes(name);
}

// The value as TOML writes it. A $ would be read as the begin of a variable.
std::string toml_value(const Key& key, const std::string& text) {
  const auto literal = [](std::string_view from) {
    std::string doubled;
    for (const char c : from) doubled.append(c == '$' ? 2 : 1, c);
    return in_quotes(doubled);
  };
  switch (key.type) {
    case KeyType::number:
    case KeyType::real:
    case KeyType::flag:
      return text.empty() ? "\"\"" : text;
    case KeyType::list: {
      std::string items;
      for (const std::string& item : parse_list(text))
        items += (items.empty() ? "" : ", ") + literal(item);
      return "[" + items + "]";
    }
    case KeyType::map: {
      std::string items;
      for (const auto& [name, value] :
           parse_map(text).value_or(std::vector<std::pair<std::string, std::string>>()))
        items += (items.empty() ? "" : ", ") + toml_name(name) + " = " + literal(value);
      return "{" + items + "}";
    }
    default:
      return literal(text);
  }
}

// "duration, reload", in words.
std::string type_text(const Key& key) {
  const auto range = [&](const char* what) {
    return std::string(what) + " from " + std::to_string(key.min) + " to " +
           std::to_string(key.max);
  };
  std::string text;
  switch (key.type) {
    case KeyType::text:
      if (key.choices.empty()) text = "text";
      break;
    case KeyType::number:
      text = range("number");
      break;
    case KeyType::real:
      text = range("number with fraction");
      break;
    case KeyType::flag:
      text = "true or false";
      break;
    case KeyType::duration:
      text = "duration";
      break;
    case KeyType::size:
      text = "size";
      break;
    case KeyType::list:
      text = "list of texts";
      break;
    case KeyType::map:
      text = "table of texts";
      break;
  }
  std::string words;
  for (const std::string& word : choices_of(key)) words += (words.empty() ? "" : ", ") + word;
  if (!words.empty()) text += (text.empty() ? "one of " : ", or ") + words;
  return text;
}

// What is special about it: a few words after the doc.
std::string marks(const Key& key) {
  std::string text;
  const auto add = [&](const char* mark) {
    text += (text.empty() ? "" : ", ") + std::string(mark);
  };
  if (key.reload) add("reload");
  if (key.secret) add("secret");
  if (key.cluster_only) add("no effect on a node that runs alone");
  return text;
}

std::string section_doc(std::string_view section) {
  for (const auto& [name, doc] : {
           std::pair{"system", "The actor system."},
           std::pair{"remoting", "Messages from and to other nodes."},
           std::pair{"cluster", "Membership and the distributed map."},
           std::pair{"discovery", "How members find each other."},
           std::pair{"datacenter", "Several clusters that know of each other."},
           std::pair{"tls", "Encryption between nodes."},
           std::pair{"admin", "The admin API that goaktctl talks to."},
           std::pair{"log", "What the node says about itself."},
           std::pair{"data", "What outlives the process."},
           std::pair{"plugins", "Actors and message types of users."},
           std::pair{"demo", "What comes with the program to try it."},
           std::pair{"shutdown", "How the node leaves."},
       })
    if (section == name) return doc;
  return "";
}

// "a.b.c" in section a: "b.c".
std::string_view without_section(std::string_view key) {
  return key.substr(section_of(key).size() + 1);
}

// Calls `line(key)` for each key, and `head(section)` before the first of a section.
template <class Head, class Line>
void for_each_key(const Head& head, const Line& line) {
  std::string_view section;
  for (const Key& key : keys()) {
    if (section_of(key.name) != section) {
      section = section_of(key.name);
      head(section);
    }
    line(key);
  }
}

// Troff would take these for requests or escapes.
std::string man_text(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '\\')
      safe += "\\e";
    else if (c == '-')
      safe += "\\-";
    else if ((c == '.' || c == '\'') && safe.empty())
      safe.append("\\&").append(1, c);
    else
      safe += c;
  }
  return safe;
}

}  // namespace

std::string defaults_as_toml() {
  std::string out =
      "# Configuration of goaktd: every setting with its default.\n"
      "#\n"
      "# Durations are \"250ms\", \"5s\", \"1h30m\" or seconds; sizes \"64KiB\", \"16MiB\" or "
      "bytes.\n"
      "# \"${NAME}\" and \"${NAME:-otherwise}\" in texts stand for variables, $$ for a single $.\n"
      "# [reload]: a running node takes it over (systemctl reload goaktd).\n";
  for_each_key(
      [&](std::string_view section) {
        out += "\n# " + section_doc(section) + "\n[" + std::string(section) + "]\n";
      },
      [&](const Key& key) {
        out += "# " + std::string(key.doc) + "; " + type_text(key);
        if (const std::string special = marks(key); !special.empty()) out += " [" + special + "]";
        out += "\n# " + std::string(without_section(key.name)) + " = " +
               toml_value(key, std::string(key.default_value)) + "\n";
      });
  return out;
}

std::string settings_as_toml(const Settings& settings, const ShowOptions& options) {
  std::string out;
  std::string pending;
  for_each_key([&](std::string_view section) { pending = "[" + std::string(section) + "]\n"; },
               [&](const Key& key) {
                 if (options.only_given && settings.is_default(key.name)) return;
                 if (!pending.empty())
                   out += (out.empty() ? "" : "\n") + std::exchange(pending, {});
                 const std::string& text = settings.text(key.name);
                 out += std::string(without_section(key.name)) + " = " +
                        (key.secret && !text.empty() ? in_quotes(kHidden) : toml_value(key, text));
                 if (options.origin) {
                   const std::string& place = settings.place(key.name);
                   out +=
                       "  # " +
                       (place.empty() ? std::string(to_string(settings.origin(key.name))) : place);
                 }
                 out += "\n";
               });
  return out;
}

std::string settings_as_json(const Settings& settings) {
  nlohmann::ordered_json all = nlohmann::ordered_json::object();
  for (const Key& key : keys()) {
    const std::string& text = settings.text(key.name);
    auto& one = all[std::string(key.name)];
    one["value"] = key.secret && !text.empty() ? std::string(kHidden) : text;
    one["origin"] = to_string(settings.origin(key.name));
    if (!settings.place(key.name).empty()) one["place"] = settings.place(key.name);
  }
  return all.dump(2, ' ', false, nlohmann::json::error_handler_t::replace) + "\n";
}

std::string json_schema() {
  using Json = nlohmann::ordered_json;
  const auto one_of = [](const Key& key) {
    switch (key.type) {
      case KeyType::number:
        return Json{{"type", "integer"}, {"minimum", key.min}, {"maximum", key.max}};
      case KeyType::real:
        return Json{{"type", "number"}, {"minimum", key.min}, {"maximum", key.max}};
      case KeyType::flag:
        return Json{{"type", "boolean"}};
      case KeyType::duration:
      case KeyType::size:
        return Json{{"type", Json::array({"string", "number"})}};
      case KeyType::list:
        return Json{{"type", "array"}, {"items", {{"type", Json::array({"string", "number"})}}}};
      case KeyType::map:
        return Json{{"type", "object"}};
      case KeyType::text:
        break;
    }
    if (key.choices.empty()) return Json{{"type", "string"}};
    Json words = Json::array();
    for (const std::string& word : choices_of(key)) {
      words.push_back(word);
      if (word == "true" || word == "false") words.push_back(word == "true");
    }
    return Json{{"enum", std::move(words)}};
  };
  Json schema{{"$schema", "https://json-schema.org/draft/2020-12/schema"},
              {"title", "Configuration of goaktd"},
              {"type", "object"},
              {"additionalProperties", false}};
  for (const Key& key : keys()) {
    Json* table = &schema;
    std::string_view rest = key.name;
    for (auto dot = rest.find('.'); dot != std::string_view::npos; dot = rest.find('.')) {
      table = &(*table)["properties"][std::string(rest.substr(0, dot))];
      if (table->is_null()) *table = Json{{"type", "object"}, {"additionalProperties", false}};
      rest.remove_prefix(dot + 1);
    }
    Json property = one_of(key);
    property["description"] = key.doc;
    property["default"] = key.default_value;
    (*table)["properties"][std::string(rest)] = std::move(property);
  }
  return schema.dump(2) + "\n";
}

std::string reference_as_markdown() {
  std::string out =
      "# Configuration of goaktd\n"
      "\n"
      "<!-- Made by `goaktd docs reference` from lib/goakt/config/keys.cc: edit that. -->\n"
      "\n"
      "A node needs no configuration. What you want otherwise you say in a file, a variable or a "
      "flag;\n"
      "each key below is all three: `admin.listen` is\n"
      "\n"
      "| | |\n"
      "|---|---|\n"
      "| in a file | `listen = \"127.0.0.1:4300\"` below `[admin]` |\n"
      "| as a variable | `GOAKTD_ADMIN_LISTEN=127.0.0.1:4300`; `GOAKTD_ADMIN_LISTEN_FILE` names a "
      "file that "
      "holds the value |\n"
      "| as a flag | `--admin.listen 127.0.0.1:4300` |\n"
      "\n"
      "Flags win over variables, variables over files, files over defaults. The file is the one of "
      "`-c`, else that\nof `$GOAKTD_CONFIG`, else `/etc/goaktd/goaktd.toml` when it exists; then "
      "follow "
      "`conf.d/*.toml` beside it\nin the order of their names, and later ones win key by key. A "
      "file "
      "whose name ends in `.json` holds the same\nkeys as JSON. `\"${NAME}\"` and "
      "`\"${NAME:-otherwise}\"` inside texts stand for variables, `$$` for a single `$`.\n"
      "\n"
      "Durations are `\"250ms\"`, `\"5s\"`, `\"1h30m\"` or seconds; sizes `\"64KiB\"`, `\"16MiB\"` "
      "or "
      "bytes. Lists are `[\"a\", \"b\"]`\nin files and `a,b` elsewhere; tables `{a = \"1\"}` in "
      "files "
      "and `a=1` elsewhere.\n"
      "\n"
      "`goaktd config check` tells all mistakes at once, `goaktd config show --origin` what is in "
      "force "
      "and who said it,\n`goaktd config defaults` prints a file to begin with, `goaktd config "
      "schema` "
      "the JSON Schema for editors.\n"
      "\n"
      "↻: a running node takes the key over, by `systemctl reload goaktd`, SIGHUP or `POST "
      "/v1/nodes/self/reload`.\n"
      "○: checked, but without effect on a node that runs alone.\n";
  for_each_key(
      [&](std::string_view section) {
        out += "\n## " + std::string(section) + "\n\n" + section_doc(section) +
               "\n\n| key | default | meaning |\n|---|---|---|\n";
      },
      [&](const Key& key) {
        out += "| `" + std::string(key.name) + "`" + (key.reload ? " ↻" : "") +
               (key.cluster_only ? " ○" : "") + " | `" +
               toml_value(key, std::string(key.default_value)) + "` | " + std::string(key.doc) +
               "; " + type_text(key) + (key.secret ? "; never shown" : "") + " |\n";
      });
  return out;
}

std::string reference_as_man_page() {
  std::string out;
  for_each_key(
      [&](std::string_view section) {
        out += ".SS [" + std::string(section) + "]\n" + man_text(section_doc(section)) + "\n";
      },
      [&](const Key& key) {
        out += ".TP\n.B " + man_text(key.name) + "\n" + man_text(key.doc) + ".\n" +
               man_text(type_text(key)) + "; default " +
               man_text(toml_value(key, std::string(key.default_value)));
        if (const std::string special = marks(key); !special.empty())
          out += "; " + man_text(special);
        out += ".\n";
      });
  return out;
}

}  // namespace goakt::config
