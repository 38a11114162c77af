#include "goakt/actor/inspect.h"
#include "goakt/actor/messages.h"
#include "goakt/admin/access.h"
#include "goakt/admin/actor_json.h"
#include "goakt/admin/object_stream.h"
#include "goakt/admin/operation_json.h"
#include "goakt/admin/routes.h"
#include "goakt/admin/selection.h"
#include "goakt/base/text.h"
#include "goakt/node/message_json.h"
#include "goakt/node/node.h"

#include <map>
#include <thread>
#include <unordered_set>

namespace goakt::admin {

namespace {

// From what makes a letter the one that it is: stable while it is kept, without a counter in it.
std::string id_of(const Deadletter& letter) {
  return hex_encode(sha256(std::to_string(letter.send_time.time_since_epoch().count()) + '\n' +
                           letter.sender + '\n' + letter.receiver + '\n' + letter.type)
                        .substr(0, 10));
}

bool has_body(const Deadletter& letter) {
  return letter.message && *letter.message && !letter.message->is<NoMessage>();
}

Json letter_json(const Deadletter& letter, const node::Node& node, bool bodies) {
  Json json;
  json.set("id", id_of(letter)).set("time", time_text(letter.send_time)).set("node", node.id());
  json.set("from", letter.sender).set("to", letter.receiver).set("type", letter.type);
  json.set("reason", letter.reason);
  if (has_body(letter)) {
    if (const auto bytes = letter.message->serialize()) json.set("size", bytes->size());
    if (bodies) {
      if (const auto body = node::json_from_message(*node.types(), *letter.message))
        json.set_raw("message", *body);
    }
  }
  json.set("replayable", has_body(letter) && letter.message->type().copy_construct != nullptr);
  return json;
}

struct LetterFilter {
  std::string to, from, type, reason;
  std::optional<WallTime> since;

  bool takes(const Deadletter& letter) const {
    return (to.empty() || is_about(letter.receiver, to)) &&
           (from.empty() || is_about(letter.sender, from)) &&
           (type.empty() || letter.type == type) &&
           (reason.empty() || letter.reason.find(reason) != std::string::npos) &&
           (!since || letter.send_time >= *since);
  }
};

tl::expected<LetterFilter, Refusal> filter_of(const Request& request) {
  const auto since = query_time(request, "since");
  if (!since) return refuse(since.error());
  return LetterFilter{
      std::string(request.query_value("to")), std::string(request.query_value("from")),
      std::string(request.query_value("type")), std::string(request.query_value("reason")), *since};
}

class LetterFollower final : public ObjectStream {
 public:
  LetterFollower(node::Node& node, LetterFilter filter, bool bodies)
      : node_(node),
        filter_(std::move(filter)),
        bodies_(bodies),
        seen_(node.system().dead_letters_count()) {}

 protected:
  bool more() override {
    // The runtime counts its dead letters; looking at that number costs them nothing.
    for (int i = 0; i < 10 && node_.system().dead_letters_count() == seen_; ++i)
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const std::uint64_t now = node_.system().dead_letters_count();
    if (now == seen_) return true;
    DeadletterQuery query;
    query.limit = static_cast<std::size_t>(now - std::exchange(seen_, now));
    const auto letters = node_.system().dead_letters(query);
    if (letters.size() < query.limit) {
      Json gap;
      gap.set("type", "gap").set("missed", query.limit - letters.size());
      put(gap, {}, "gap");
    }
    for (const Deadletter& letter : letters)
      if (filter_.takes(letter)) put(letter_json(letter, node_, bodies_), {}, "deadletter");
    return true;
  }

 private:
  node::Node& node_;
  const LetterFilter filter_;
  const bool bodies_;
  std::uint64_t seen_;
};

Reply list(const Request& request, node::Node& node, Traffic& traffic) {
  auto filter = filter_of(request);
  if (!filter) return refuse(filter.error());
  const bool bodies = request.role >= Role::operate;
  if (wants_to_follow(request))
    return open_stream<LetterFollower>(request, traffic, node, *std::move(filter), bodies);
  DeadletterQuery all;
  all.limit = SIZE_MAX;
  return newest(
      request, node.system().dead_letters(all),
      [&](const Deadletter& letter) { return filter->takes(letter); },
      [&](const Deadletter& letter) { return letter_json(letter, node, bodies); });
}

Json counts_json(const std::map<std::string, std::uint64_t>& counts, const char* label) {
  Json list = Json::array();
  for (const auto& [name, count] : counts) {
    Json entry;
    entry.set(label, name).set("count", count);
    list.add(std::move(entry));
  }
  return list;
}

Reply stats(const Request&, node::Node& node) {
  std::map<std::string, std::uint64_t> reasons, types, receivers;
  DeadletterQuery all;
  all.limit = SIZE_MAX;
  const auto letters = node.system().dead_letters(all);
  for (const Deadletter& letter : letters) {
    ++reasons[letter.reason];
    ++types[letter.type];
    ++receivers[letter.receiver];
  }
  Json json;
  json.set("kind", "DeadLetterStats").set("node", node.id());
  json.set("total", node.system().dead_letters_count()).set("kept", letters.size());
  json.set("byReason", counts_json(reasons, "reason")).set("byType", counts_json(types, "type"));
  json.set("byReceiver", counts_json(receivers, "to"));
  return answer(json);
}

// How many of these are kept and have somebody to go to.
std::size_t count_sendable(node::Node& node, const std::vector<std::string>& ids) {
  const std::unordered_set<std::string> wanted(ids.begin(), ids.end());
  DeadletterQuery all;
  all.limit = SIZE_MAX;
  std::size_t count = 0;
  for (const Deadletter& letter : node.system().dead_letters(all)) {
    const bool whole = has_body(letter) && letter.message->type().copy_construct != nullptr;
    if (!whole || !wanted.contains(id_of(letter))) continue;
    const auto scheme = letter.receiver.find("://");
    const auto path = letter.receiver.find('/', scheme == std::string::npos ? 0 : scheme + 3);
    if (path != std::string::npos && node.find(letter.receiver.substr(path + 1))) ++count;
  }
  return count;
}

Status replay_all(node::Node& node, const std::vector<std::string>& ids, node::Operation& op) {
  std::unordered_set<std::string> left(ids.begin(), ids.end());
  op.expect(left.size());
  replay_dead_letters_if(
      node.system(), [&](const Deadletter& letter) { return left.contains(id_of(letter)); },
      [&](const Deadletter& letter, const Status& sent) {
        const std::string id = id_of(letter);
        left.erase(id);
        if (sent)
          op.item_done();
        else
          op.item_failed(
              {id, "deadletter", problem_of(sent.error().code()), sent.error().message()});
      });
  for (const std::string& id : left)
    op.item_failed({id, "deadletter", Problem::not_found, "is not kept any more"});
  return {};
}

Prepared replay(const Request& request, node::Node& node) {
  const auto body = Json::parse(request.body);
  if (!body) return refuse(body.error());
  Fields fields(*body);
  const auto ids = fields.texts("ids");
  if (!ids || ids->empty()) fields.complain("ids", "is required: a list of ids of dead letters");
  if (auto errors = fields.finish(); !errors.empty())
    return refuse(Refusal::invalid(std::move(errors)));
  Change change{"deadletter.replay", node.id(), {}, {}};
  if (request.dry_run) {
    change.summary = "would send " + std::to_string(count_sendable(node, *ids)) + " of " +
                     std::to_string(ids->size()) + " dead letters again";
    return change;
  }
  node::Operations::Spec spec{"deadletter.replay", node.id(), request.caller, request.request_id};
  change.run = [&node, spec = std::move(spec), wanted = *ids]() -> Reply {
    auto operation = node.operations().start(
        spec, [&node, wanted](node::Operation& op) { return replay_all(node, wanted, op); });
    if (!operation) return refuse(operation.error());
    return accepted(**operation);
  };
  return change;
}

}  // namespace

void add_dead_letter_routes(Router& router, node::Node& node, Traffic& traffic) {
  router.add("GET", "/v1/deadletters", Role::viewer,
             [&node, &traffic](const Request& request) { return list(request, node, traffic); });
  router.add("GET", "/v1/deadletters/stats", Role::viewer,
             [&node](const Request& request) { return stats(request, node); });
  router.change("POST", "/v1/deadletters/replay", Role::operate,
                [&node](const Request& request) { return replay(request, node); });
}

}  // namespace goakt::admin
