#include "goakt/base/text.h"
#include "goakt/config/checks.h"
#include "goakt/config/file.h"
#include "goakt/config/settings.h"

#include <algorithm>
#include <fstream>
#include <functional>
#include <set>

namespace goakt::config {

namespace {

// Values of variables, tokens mostly, that are in files of their own. One line end belongs to the
// editor, not to the value.
std::optional<std::string> value_in_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  if (!in) return std::nullopt;
  std::string value(64 << 10, '\0');
  in.read(value.data(), static_cast<std::streamsize>(value.size()));
  value.resize(static_cast<std::size_t>(in.gcount()));
  if (value.ends_with('\n')) value.pop_back();
  if (value.ends_with('\r')) value.pop_back();
  return value;
}

std::string did_you_mean(std::string_view name) {
  const std::string near = nearest_key(name);
  return near.empty() ? "" : "; did you mean " + near + "?";
}

}  // namespace

// Takes one source after the other and remembers all that is wrong.
class Loader {
 public:
  explicit Loader(const Sources& sources)
      : sources_(sources),
        environment_(sources.environment ? sources.environment
                                         : [](const std::string&) -> std::optional<std::string> {
          return std::nullopt;
        }) {}

  Result<Settings> load() {
    for (const std::string& path : sources_.files) take_file(path);
    for (const Key& key : keys()) take_variable(key);
    look_for_mistyped_variables();
    for (const auto& [name, text] : sources_.flags) take_flag(name, text);
    if (!unreadable_) check_together();
    if (!problems_.empty()) return refuse();
    for (Finding& finding : doubts(settings_)) settings_.warnings_.push_back(std::move(finding));
    return std::move(settings_);
  }

 private:
  void check_together() {
    for (Finding& finding : contradictions(settings_, sources_.check_files, wrong_))
      problems_.push_back(std::move(finding));
    if (!sources_.check_files || !sources_.more_checks) return;
    for (Finding& finding : sources_.more_checks(settings_))
      problems_.push_back(std::move(finding));
  }

  void take(const Key& key, const std::string& text, Origin origin, const std::string& place) {
    if (const auto complaint = complaint_about(key, text)) {
      wrong_.emplace(key.name);
      problems_.push_back(
          {place, key.secret ? std::string(key.name) + " " + *complaint
                             : (origin == Origin::file ? std::string(key.name) + ": " : "") + "\"" +
                                   text + "\" " + *complaint});
    } else {
      settings_.values_[std::string(key.name)] = {text, origin, place};
    }
  }

  void take_file(const std::string& path) {
    auto entries = read_file(path, environment_);
    if (!entries) {
      if (entries.error().is(ErrorCode::permission_denied)) denied_ = true;
      unreadable_ = true;  // what it would say about the rest is not known
      const std::string what = entries.error().message();
      problems_.push_back({"", what});
      return;
    }
    for (const FileEntry& entry : *entries) {
      const Key* key = find_key(entry.key);
      if (key == nullptr) {
        Finding finding{entry.place, "there is no setting " + entry.key + did_you_mean(entry.key)};
        (sources_.permissive ? settings_.warnings_ : problems_).push_back(std::move(finding));
      } else if (!entry.complaint.empty()) {
        wrong_.insert(entry.key);
        problems_.push_back({entry.place, entry.key + " " + entry.complaint});
      } else {
        take(*key, entry.text, Origin::file, entry.place);
      }
    }
  }

  void take_variable(const Key& key) {
    const std::string name = environment_name(key.name);
    const std::string file_name = name + "_FILE";
    const auto text = environment_(name);
    auto path = environment_(file_name);
    const bool is_key = path && std::any_of(keys().begin(), keys().end(), [&](const Key& other) {
                          return environment_name(other.name) == file_name;
                        });
    if (is_key) path.reset();
    if (text && path) {
      problems_.push_back({file_name, "is set, and " + name + " too; only one can be meant"});
    } else if (text) {
      take(key, *text, Origin::environment, name);
    } else if (path) {
      const auto value = value_in_file(*path);
      if (value)
        take(key, *value, Origin::environment, file_name);
      else
        problems_.push_back({file_name, "cannot read " + *path});
    }
  }

  // Only those that are near a key: GOAKTD_PORT and others are made by service managers.
  void look_for_mistyped_variables() {
    for (const std::string& name : sources_.variables) {
      if (!name.starts_with("GOAKTD_") || name == "GOAKTD_CONFIG") continue;
      std::vector<std::string> known;
      bool good = false;
      for (const Key& key : keys()) {
        known.push_back(environment_name(key.name));
        good = good || name == known.back() || name == known.back() + "_FILE";
      }
      const std::string near = good ? std::string() : nearest(name, known);
      if (!near.empty())
        settings_.warnings_.push_back(
            {name, "is no variable of goaktd; did you mean " + near + "?"});
    }
  }

  void take_flag(const std::string& name, const std::string& text) {
    const Key* key = find_key(name);
    if (key == nullptr) {
      problems_.push_back({"--" + name, "there is no such setting" + did_you_mean(name)});
      return;
    }
    // A list may be given bit by bit.
    const auto& before = settings_.value(name);
    const bool adds = (key->type == KeyType::list || key->type == KeyType::map) &&
                      before.origin == Origin::flag && !before.text.empty();
    take(*key, adds ? before.text + "," + text : text, Origin::flag, "--" + name);
  }

  Result<Settings> refuse() const {
    return fail(denied_ ? ErrorCode::permission_denied : ErrorCode::invalid_argument,
                to_text(problems_));
  }

  const Sources& sources_;
  const Environment environment_;
  Settings settings_;
  std::vector<Finding> problems_;
  std::set<std::string, std::less<>> wrong_;  // keys
  bool unreadable_ = false;
  bool denied_ = false;
};

Result<Settings> Settings::load(const Sources& sources) {
  return Loader(sources).load();
}

}  // namespace goakt::config
