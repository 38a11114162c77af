#include "goakt/admin/spawn_body.h"

#include "goakt/admin/forward.h"
#include "goakt/admin/members.h"
#include "goakt/admin/query_values.h"
#include "goakt/base/text.h"

#include <memory>
#include <optional>
#include <string>
#include <utility>

namespace goakt::admin {

namespace {

constexpr std::int64_t kLongest = 1000LL * 3600 * 24 * 365;  // a year

// {"strategy", "maxRetries", "windowMs", "directives": [{"error", "directive"}]}
std::shared_ptr<const Supervisor> read_supervisor(const std::string& text, Fields& complaints) {
  auto supervisor = std::make_shared<Supervisor>();
  const auto json = Json::parse(text);
  if (!json || !json->is_object()) {
    complaints.complain("supervisor", "must be an object");
    return nullptr;
  }
  Fields fields(*json);
  const auto strategy = fields.word("strategy", {"one-for-one", "one-for-all"});
  if (strategy)
    supervisor->strategy(*strategy == "one-for-all" ? SupervisionStrategy::one_for_all
                                                    : SupervisionStrategy::one_for_one);
  const auto retries = fields.integer("maxRetries", 0, 1'000'000);
  const auto window = fields.integer("windowMs", 1, kLongest);
  if (retries)
    supervisor->retry(static_cast<std::uint32_t>(*retries),
                      std::chrono::milliseconds(window.value_or(60'000)));
  for (const std::string& entry : fields.raws("directives").value_or(std::vector<std::string>())) {
    const auto rule = Json::parse(entry);
    if (!rule || !rule->is_object()) {
      fields.complain("directives", "must hold objects");
      continue;
    }
    Fields parts(*rule);
    const std::string error = parts.text("error").value_or("*");
    const auto word = parts.word("directive", {"stop", "resume", "restart", "escalate"});
    for (const FieldError& wrong : parts.finish())
      fields.complain("directives" + wrong.pointer, wrong.detail);
    if (!word) continue;
    const Directive directive = *word == "stop"      ? Directive::stop
                                : *word == "resume"  ? Directive::resume
                                : *word == "restart" ? Directive::restart
                                                     : Directive::escalate;
    if (error == "*")
      supervisor->any_error(directive);
    else
      supervisor->directive(error, directive);
  }
  for (const FieldError& wrong : fields.finish())
    complaints.complain("supervisor" + wrong.pointer, wrong.detail);
  return supervisor;
}

// {"type", "raw" | "text"}: the marshalled form as base64, or as it is where that is text.
std::shared_ptr<Dependency> read_dependency(const std::string& text, node::Node& node,
                                            Fields& complaints) {
  const auto json = Json::parse(text);
  if (!json || !json->is_object()) {
    complaints.complain("dependencies", "must hold objects");
    return nullptr;
  }
  Fields fields(*json);
  const std::string type = fields.required_text("type");
  const auto raw = fields.text("raw");
  std::optional<std::string> bytes = fields.text("text");
  if (raw && bytes) fields.complain("raw", "stands beside text; one of the two is enough");
  if (raw) {
    bytes = base64_decode(*raw);
    if (!bytes) fields.complain("raw", "is no base64");
  }
  auto errors = fields.finish();
  for (const FieldError& wrong : errors)
    complaints.complain("dependencies" + wrong.pointer, wrong.detail);
  if (!errors.empty()) return nullptr;
  auto dependency = node.system().make_dependency(type, bytes.value_or(std::string()));
  if (dependency) return *std::move(dependency);
  std::string known;
  for (const DependencyType* each : node.kinds().dependencies())
    known += (known.empty() ? "" : ", ") + each->name;
  complaints.complain("dependencies", type + ": " + dependency.error().message() +
                                          "; registered here: " + (known.empty() ? "none" : known));
  return nullptr;
}

}  // namespace

tl::expected<node::SpawnRequest, Refusal> read_spawn(const Request& request, node::Node& node) {
  const auto body = Json::parse(request.body);
  if (!body) return refuse(body.error());
  Fields fields(*body);
  node::SpawnRequest spawn;
  spawn.name = fields.required_text("name");
  spawn.kind = fields.required_text("kind");
  spawn.parent = fields.text("parent").value_or("");
  spawn.role = fields.text("role").value_or("");
  spawn.relocatable = fields.flag("relocatable");
  spawn.stashing = fields.flag("stash");
  spawn.if_absent = fields.flag("ifAbsent").value_or(false);
  if (const auto time = fields.integer("initTimeoutMs", 1, kLongest))
    spawn.init_timeout = std::chrono::milliseconds(*time);
  if (const auto time = fields.integer("passivateAfterMs", 1, kLongest))
    spawn.passivation = Passivation::time_based(std::chrono::milliseconds(*time));
  if (const auto count = fields.integer("passivateMessages", 1, INT64_MAX))
    spawn.passivation = Passivation::messages_count_based(static_cast<std::uint64_t>(*count));
  if (const auto text = fields.raw("supervisor")) spawn.supervisor = read_supervisor(*text, fields);
  if (const auto where = fields.text("node"))
    if (request.about.empty() ? !must_be_this(*where, node)
                              : other_node(*where, node) != request.about)
      fields.complain("node", "names no node that is known here");
  fields.word("placement", {"rr", "random", "local", "least-load"});  // alone, all are this node
  if (const auto dc = fields.text("dc"); dc && !dc->empty())
    return refuse(Problem::not_clustered, "a node alone belongs to no data center");
  if (fields.flag("singleton").value_or(false))
    return refuse(Problem::not_clustered, "singletons need a cluster");
  for (const std::string& text : fields.raws("dependencies").value_or(std::vector<std::string>()))
    if (auto dependency = read_dependency(text, node, fields))
      spawn.dependencies.push_back(std::move(dependency));
  if (fields.flag("longLived").value_or(false)) spawn.passivation = Passivation::long_lived();
  if (auto errors = fields.finish(); !errors.empty())
    return refuse(Refusal::invalid(std::move(errors)));
  return spawn;
}

}  // namespace goakt::admin
