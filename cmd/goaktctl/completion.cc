#include "completion.h"

#include "command.h"
#include "exit_codes.h"
#include "output/text.h"
#include "query.h"
#include "session.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <map>
#include <memory>
#include <set>

namespace goaktctl {

namespace {

namespace fs = std::filesystem;

constexpr std::chrono::milliseconds kPatience{250};  // of the node; 300 ms is the whole
constexpr std::chrono::seconds kCached{5};

struct Candidate {
  std::string value;
  std::string about;
};

struct Candidates {
  std::vector<Candidate> list;
  bool files = false;
  bool no_space = false;
};

// Where the names of a kind of thing come from.
struct Source {
  const char* kind;    // "@actor"
  const char* target;  // with the prefix added as ?prefix=
  const char* key;
  const char* about;  // path of the description
};

constexpr Source kSources[] = {
    {"@actor", "/v1/actors?limit=50&fields=name,actorKind", "name", "actorKind"},
    {"@kind", "/v1/kinds", "name", "from"},
    {"@type", "/v1/types?limit=200", "name", "from"},
    {"@node", "/v1/nodes", "id", "state"},
    {"@op", "/v1/operations?limit=50", "id", "type"},
    {"@schedule", "/v1/schedules?limit=50", "ref", "target"},
    {"@deadletter", "/v1/deadletters?limit=50", "id", "type"},
};

// Names of a session without a voice: nothing that goes wrong here is worth a word.
class Names {
 public:
  explicit Names(const GivenFlags& given) : session_(with_quiet(given)) {
    ready_ = !session_.prepare().has_value();
  }

  const ContextFile& contexts() const { return session_.contexts(); }

  std::vector<Candidate> of(const Source& source, const std::string& prefix) {
    if (!ready_) return {};
    Query query(session_.with_node(source.target));
    if (std::string_view(source.kind) == "@actor" || std::string_view(source.kind) == "@type")
      query.add("prefix", prefix);
    const fs::path cache = cache_file(query.target());
    if (auto kept = read_cache(cache)) return *kept;
    auto client = session_.probe(kPatience);
    const auto answer = client.get(query.target());
    if (!answer) return {};
    std::vector<Candidate> list;
    const Document document = Document::parse(answer->body, nullptr, false);
    if (const Document* items = at_path(document, "items"); items && items->is_array()) {
      for (const Document& item : *items) {
        const Document* key = at_path(item, source.key);
        const Document* about = at_path(item, source.about);
        if (key) list.push_back({plain_text(*key), about ? plain_text(*about) : ""});
      }
    }
    write_cache(cache, list);
    return list;
  }

 private:
  static GivenFlags with_quiet(GivenFlags given) {
    given["quiet"] = {"true"};
    given["retries"] = {"0"};
    for (const char* key : {"output", "jq", "verbose", "insecure-skip-verify"}) given.erase(key);
    return given;
  }

  fs::path cache_file(const std::string& target) const {
    const char* base = std::getenv("XDG_CACHE_HOME");
    const fs::path folder =
        (base && *base ? fs::path(base) : fs::path(expand_home("~/.cache"))) / "goaktctl";
    std::string key = session_.context_name() + "\n" + target;
    for (const std::string& url : session_.settings().at("endpoints").values) key += "\n" + url;
    return folder / ("names-" + std::to_string(std::hash<std::string>{}(key)));
  }

  static std::optional<std::vector<Candidate>> read_cache(const fs::path& file) {
    std::error_code failed;
    const auto written = fs::last_write_time(file, failed);
    if (failed || fs::file_time_type::clock::now() - written > kCached) return std::nullopt;
    std::ifstream in(file);
    std::vector<Candidate> list;
    for (std::string line; std::getline(in, line);) {
      const auto tab = line.find('\t');
      list.push_back({line.substr(0, tab), tab == std::string::npos ? "" : line.substr(tab + 1)});
    }
    return list;
  }

  static void write_cache(const fs::path& file, const std::vector<Candidate>& list) {
    std::error_code ignored;
    fs::create_directories(file.parent_path(), ignored);
    std::ofstream out(file);
    for (const Candidate& each : list)
      out << printable(each.value) << '\t' << printable(each.about) << '\n';
  }

  Session session_;
  bool ready_ = false;
};

class Completer {
 public:
  explicit Completer(std::vector<std::string> words)
      : commands_(all_commands()), words_(std::move(words)) {
    if (!words_.empty() && words_.front() == "--") words_.erase(words_.begin());
    if (words_.empty()) words_.emplace_back();
    last_ = std::move(words_.back());
    words_.pop_back();
  }

  Candidates run() {
    walk();
    if (!pending_.empty()) {
      offer(pending_, last_);
    } else if (last_.starts_with("-") && !after_dashes_) {
      const auto equals = last_.find('=');
      if (equals != std::string::npos)
        offer_value_of(last_.substr(0, equals), last_.substr(0, equals + 1),
                       last_.substr(equals + 1));
      else
        offer_flags();
    } else if (command_) {
      offer_argument();
    } else {
      offer_words();
    }
    std::erase_if(out_.list, [&](const Candidate& each) { return !each.value.starts_with(last_); });
    return std::move(out_);
  }

 private:
  // Goes through the finished words: which command, how many arguments, which flag waits for its
  // value.
  void walk() {
    for (const std::string& word : words_) {
      if (!pending_key_.empty()) {
        given_[pending_key_].push_back(word);
        pending_key_.clear();
        pending_.clear();
        continue;
      }
      if (!pending_.empty()) {
        pending_.clear();
        continue;
      }
      if (word == "--") {
        after_dashes_ = true;
      } else if (word.starts_with('-') && !after_dashes_) {
        take_flag(word);
      } else if (!command_) {
        take_word(word);
      } else {
        ++arguments_;
      }
    }
  }

  void take_word(const std::string& word) {
    for (const Command& command : commands_) {
      const bool is_short = noun_.empty() && std::find(command.words.begin(), command.words.end(),
                                                       word) != command.words.end();
      const bool is_word = noun_.empty() && command.verb.empty() && command.noun == word;
      const bool is_verb = !noun_.empty() && command.noun == noun_ && command.verb == word;
      if (is_short || is_word || is_verb) {
        command_ = &command;
        return;
      }
    }
    if (noun_.empty()) noun_ = word;
  }

  void take_flag(const std::string& word) {
    const auto equals = word.find('=');
    const std::string name = word.substr(0, equals);
    for (const SettingRow& row : setting_rows()) {
      if (!has_name(row.flags, name)) continue;
      const bool takes = row.kind != SettingKind::toggle && row.kind != SettingKind::count;
      if (takes && equals != std::string::npos) given_[row.key].push_back(word.substr(equals + 1));
      if (takes && equals == std::string::npos) {
        pending_ = *row.completes ? row.completes : "@nothing";
        pending_key_ = row.key;
      }
      return;
    }
    if (!command_ || equals != std::string::npos) return;
    for (const Flag& flag : command_->flags)
      if (has_name(flag.names, name) && !std::holds_alternative<bool*>(flag.target))
        pending_ = flag.completes.empty() ? "@nothing" : flag.completes;
  }

  static bool has_name(const std::string& names, const std::string& name) {
    return names == name || names.starts_with(name + ",") || names.ends_with("," + name);
  }

  void offer_value_of(const std::string& name, const std::string& lead, const std::string& begun) {
    take_flag(name);
    if (pending_.empty()) return;
    offer(pending_, begun);
    for (Candidate& each : out_.list) each.value.insert(0, lead);
  }

  void offer_words() {
    std::set<std::string> seen;
    for (const Command& command : commands_) {
      if (command.hidden) continue;
      if (!noun_.empty()) {
        if (command.noun == noun_ && !command.verb.empty())
          out_.list.push_back({command.verb, command.summary});
        continue;
      }
      if (seen.insert(command.noun).second)
        out_.list.push_back(
            {command.noun, command.verb.empty() ? command.summary : about_noun(command.noun)});
      for (const std::string& word : command.words)
        if (seen.insert(word).second) out_.list.push_back({word, command.summary});
    }
  }

  void add_flag_names(const std::string& names, const std::string& help) {
    out_.list.push_back(
        {names.substr(names.rfind(',') == std::string::npos ? 0 : names.rfind(',') + 1), help});
  }

  void offer_flags() {
    if (command_)
      for (const Flag& flag : command_->flags)
        if (!flag.is_argument()) add_flag_names(flag.names, flag.help);
    for (const SettingRow& row : setting_rows()) add_flag_names(row.flags, row.help);
    out_.list.push_back({"--help", "examples, flags, exit codes"});
  }

  void offer_argument() {
    std::size_t at = 0;
    for (const Flag& flag : command_->flags) {
      if (!flag.is_argument()) continue;
      const bool many = std::holds_alternative<std::vector<std::string>*>(flag.target);
      if (at == arguments_ || (many && at < arguments_)) {
        if (!flag.completes.empty()) offer(flag.completes, last_);
        return;
      }
      ++at;
    }
  }

  // "a|b" or "@actor".
  void offer(const std::string& what, const std::string& begun) {
    if (what == "@file") {
      out_.files = true;
      return;
    }
    if (!what.starts_with('@')) {
      std::string_view rest = what;
      while (!rest.empty()) {
        const auto bar = rest.find('|');
        const std::string word(rest.substr(0, bar));
        if (word.ends_with('=')) out_.no_space = true;
        out_.list.push_back({word, ""});
        rest.remove_prefix(bar == std::string_view::npos ? rest.size() : bar + 1);
      }
      return;
    }
    if (what == "@schema") {
      for (const Schema& schema : all_schemas()) out_.list.push_back({schema.kind, schema.about});
      return;
    }
    if (what == "@target") {
      offer_target(begun);
      return;
    }
    Names names(given_);
    if (what == "@context") {
      for (const Context& context : names.contexts().contexts)
        out_.list.push_back({context.name, ""});
      return;
    }
    for (const Source& source : kSources)
      if (what == source.kind)
        for (Candidate& each : names.of(source, begun)) out_.list.push_back(std::move(each));
    if (what == "@node") out_.list.push_back({"self", "the node that answers"});
  }

  void offer_target(const std::string& begun) {
    const auto slash = begun.find('/');
    if (slash == std::string::npos) {
      for (const char* word : {"actor/", "node/", "op/", "nodes", "cluster", "endpoint"})
        out_.list.push_back({word, ""});
      out_.no_space = true;
      return;
    }
    const std::string lead = begun.substr(0, slash + 1);
    offer("@" + begun.substr(0, slash), begun.substr(slash + 1));
    for (Candidate& each : out_.list) each.value.insert(0, lead);
  }

  std::vector<Command> commands_;
  std::vector<std::string> words_;
  std::string last_;
  std::string noun_;
  const Command* command_ = nullptr;
  std::size_t arguments_ = 0;
  bool after_dashes_ = false;
  std::string pending_;      // what a flag without its value waits for
  std::string pending_key_;  // of a global flag: its value matters for finding the node
  GivenFlags given_;
  Candidates out_;
};

}  // namespace

int complete(std::vector<std::string> words) {
  const Candidates found = Completer(std::move(words)).run();
  std::string out;
  for (const Candidate& each : found.list)
    out += printable(each.value) + "\t" + printable(each.about) + "\n";
  out += found.files ? ":files\n" : found.no_space ? ":nospace\n" : ":none\n";
  std::fputs(out.c_str(), stdout);
  return std::fflush(stdout) == 0 ? Exit::ok : Exit::broken_pipe;
}

}  // namespace goaktctl
