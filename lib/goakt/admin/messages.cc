#include "goakt/admin/message_body.h"
#include "goakt/admin/query_values.h"
#include "goakt/admin/routes.h"
#include "goakt/admin/tell_and_ask.h"
#include "goakt/admin/traffic.h"
#include "goakt/node/message_json.h"
#include "goakt/node/node.h"

#include <algorithm>
#include <deque>
#include <memory>
#include <optional>

namespace goakt::admin {

namespace {

constexpr std::int64_t kLongestAsk = 300'000;
constexpr std::size_t kMostLines = 10'000;
constexpr std::size_t kAsksUnderWay = 256;

tl::unexpected<Refusal> too_many_asks() {
  return refuse(Refusal(Problem::rate_limited, "too many requests wait for actors' answers")
                    .with_hint("POST /v1/messages keeps many asks in one request"));
}

Reply await_answer(const Pid& pid, Message message, std::chrono::nanoseconds patience,
                   const node::MessageTypes& types, Traffic& traffic) {
  const auto slot = traffic.begin_wait();
  if (!slot) return too_many_asks();
  const auto begin = std::chrono::steady_clock::now();
  auto reply = pid.ask(std::move(message), patience);
  const auto took = std::chrono::steady_clock::now() - begin;
  if (!reply) return refuse(reply.error());
  auto json = node::json_from_message(types, *reply);
  if (!json) return refuse(json.error());
  Json document;
  document.set("type", reply->type_name()).set_raw("message", *json);
  document.set("nanos", std::chrono::duration_cast<std::chrono::nanoseconds>(took).count());
  return answer(document);
}

// What a request sends.
struct Sent {
  std::shared_ptr<Message> message;
  MessageBody::Types types;
  std::optional<std::int64_t> timeout_ms;  // of an ask
};

tl::expected<Sent, Refusal> read_sent(const Request& request, const KindOf& kind,
                                      const node::Node& node, bool asks) {
  const auto body = Json::parse(request.body);
  if (!body) return refuse(body.error());
  Fields fields(*body);
  MessageBody parts = MessageBody::read(fields);
  std::optional<std::int64_t> timeout_ms;
  if (asks) timeout_ms = fields.integer("timeoutMs", 1, kLongestAsk);
  if (auto errors = fields.finish(); !errors.empty())
    return refuse(Refusal::invalid(std::move(errors)));
  auto types = parts.types(node);
  if (!types) return refuse(types.error());
  const Kind* const its_kind = parts.type.empty() ? kind() : nullptr;
  auto message = to_message(std::move(parts), its_kind, **types);
  if (!message) return refuse(message.error());
  return Sent{std::make_shared<Message>(*std::move(message)), *std::move(types), timeout_ms};
}

}  // namespace

Prepared tell_actor(const Request& request, const Pid& pid, const KindOf& kind, node::Node& node) {
  const auto sent = read_sent(request, kind, node, false);
  if (!sent) return refuse(sent.error());
  return Change{
      "actor.send", std::string(request.param("name")),
      "would send a " + std::string(sent->message->type_name()) + " to " + std::string(pid.name()),
      [pid, message = sent->message]() -> Reply {
        if (const Status taken = pid.tell(std::move(*message)); !taken)
          return refuse(taken.error());
        Json json;
        json.set("accepted", 1);
        return answer(json, 202);
      }};
}

Prepared ask_actor(const Request& request, const Pid& pid, const KindOf& kind, node::Node& node,
                   Traffic& traffic) {
  const auto sent = read_sent(request, kind, node, true);
  if (!sent) return refuse(sent.error());
  const std::chrono::nanoseconds patience =
      sent->timeout_ms ? std::chrono::milliseconds(*sent->timeout_ms) : node.ask_timeout();
  return Change{
      "actor.ask", std::string(request.param("name")),
      "would ask " + std::string(pid.name()) + " with a " + std::string(sent->message->type_name()),
      [pid, sent = *sent, patience, &traffic] {
        return await_answer(pid, std::move(*sent.message), patience, *sent.types, traffic);
      }};
}

namespace {

// The same for an actor of this node, by its name.
Prepared tell(const Request& request, node::Node& node) {
  const auto pid = node.find(request.param("name"));
  if (!pid) return refuse(pid.error());
  return tell_actor(
      request, *pid, [&] { return node.kinds().find(pid->kind()); }, node);
}

Prepared ask(const Request& request, node::Node& node, Traffic& traffic) {
  const auto pid = node.find(request.param("name"));
  if (!pid) return refuse(pid.error());
  return ask_actor(
      request, *pid, [&] { return node.kinds().find(pid->kind()); }, node, traffic);
}

// ",\"type\":T,\"message\":M}" of an answer, or its problem.
std::string answer_members(Result<Message> reply, const node::Node& node) {
  auto json = reply ? node::json_from_message(*node.types(), *reply)
                    : Result<std::string>(unexpected(reply.error().clone()));
  if (!json) return ",\"problem\":" + Refusal::from(json.error()).to_json().dump() + "}\n";
  // Names of types hold nothing that JSON would escape but what C++ puts around template arguments.
  Json type;
  type.set("type", reply->type_name());
  std::string members = type.dump();
  members.front() = ',';
  members.pop_back();
  return members + ",\"message\":" + *json + "}\n";
}

// A batch of NDJSON lines. Messages leave in the order of the lines; asks are under way together,
// up to a bound, and answered in order.
class Batch {
 public:
  Batch(node::Node& node, std::int64_t first_line) : node_(node), line_(first_line) {}

  // What take() would refuse; sends nothing.
  std::size_t try_out(std::string_view text) {
    const std::int64_t line = line_++;
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) return 0;
    const auto letter = read(text);
    if (!letter)
      put({"{\"line\":" + std::to_string(line) + ",\"problem\":" + letter.error().to_json().dump() +
               "}\n",
           std::nullopt});
    return letter ? 1 : 0;
  }

  void take(std::string_view text) {
    const std::string head = "{\"line\":" + std::to_string(line_++);
    if (text.find_first_not_of(" \t\r") == std::string_view::npos) return;  // counted, not answered
    auto outcome = send(text);
    if (!outcome) {
      put({head + ",\"problem\":" + outcome.error().to_json().dump() + "}\n", std::nullopt});
    } else if (*outcome) {
      put({head, *std::move(outcome)});
      if (++under_way_ > kAsksUnderWay) finish_first_ask();
    } else {
      put({head + ",\"status\":\"accepted\"}\n", std::nullopt});
    }
  }

  std::string finish() {
    while (!entries_.empty()) finish_first_ask();
    return std::move(out_);
  }

 private:
  struct Entry {
    std::string text;  // the whole line, or its beginning while the answer is not there
    std::optional<PendingAnswer> answer;
  };

  void put(Entry entry) {
    if (entries_.empty() && !entry.answer)
      out_ += entry.text;
    else
      entries_.push_back(std::move(entry));
  }

  // Waits for the oldest ask and writes all that stood behind it.
  void finish_first_ask() {
    Entry& first = entries_.front();
    if (first.answer) {
      out_ += first.text + answer_members(first.answer->get(), node_);
      --under_way_;
      entries_.pop_front();
    }
    while (!entries_.empty() && !entries_.front().answer) {
      out_ += entries_.front().text;
      entries_.pop_front();
    }
  }

  struct Letter {
    Pid to;
    Message message;
    std::optional<std::chrono::milliseconds> patience;  // asked, not told
  };

  tl::expected<Letter, Refusal> read(std::string_view text) {
    const auto line = Json::parse(text);
    if (!line) return refuse(line.error());
    Fields fields(*line);
    const std::string to = fields.required_text("to");
    MessageBody parts = MessageBody::read(fields);
    const auto timeout = fields.integer("ask", 1, kLongestAsk);
    if (auto errors = fields.finish(); !errors.empty())
      return refuse(Refusal::invalid(std::move(errors)));
    const auto pid = node_.find(to);
    if (!pid) return refuse(pid.error());
    auto message = to_message(std::move(parts), *pid, node_);
    if (!message) return refuse(message.error());
    Letter letter{*pid, *std::move(message), std::nullopt};
    if (timeout) letter.patience = std::chrono::milliseconds(*timeout);
    return letter;
  }

  // Nothing for a message that was told.
  tl::expected<std::optional<PendingAnswer>, Refusal> send(std::string_view text) {
    auto letter = read(text);
    if (!letter) return refuse(std::move(letter).error());
    if (!letter->patience) {
      if (const Status sent = letter->to.tell(std::move(letter->message)); !sent)
        return refuse(sent.error());
      return std::nullopt;
    }
    auto pending = PendingAnswer::ask(letter->to, std::move(letter->message), *letter->patience);
    if (!pending) return refuse(pending.error());
    return std::optional<PendingAnswer>(*std::move(pending));
  }

  node::Node& node_;
  std::int64_t line_;
  std::string out_;
  std::deque<Entry> entries_;  // the first one waits for an answer
  std::size_t under_way_ = 0;
};

template <class Take>
void for_each_line(std::string_view text, Take take) {
  while (!text.empty()) {
    const auto feed = text.find('\n');
    take(text.substr(0, feed));
    text.remove_prefix(feed == std::string_view::npos ? text.size() : feed + 1);
  }
}

Prepared send_lines(const Request& request, node::Node& node, Traffic& traffic) {
  const auto first = query_number(request, "firstLine", 1, 1, INT64_MAX / 2);
  if (!first) return refuse(first.error());
  const std::string_view text = request.body;
  if (static_cast<std::size_t>(std::count(text.begin(), text.end(), '\n')) > kMostLines) {
    return refuse(Problem::body_too_large,
                  "at most " + std::to_string(kMostLines) + " lines at once");
  }
  Change change{"messages.send", node.id(), {}, {}};
  if (request.dry_run) {
    Batch batch(node, *first);
    std::size_t good = 0;
    for_each_line(text, [&](std::string_view line) { good += batch.try_out(line); });
    change.summary = "would send " + std::to_string(good) + " messages";
    Json refused = Json::array();
    for_each_line(batch.finish(), [&](std::string_view line) { refused.add_raw(line); });
    change.detail.emplace().set("messages", good).set("refused", std::move(refused));
    return change;
  }
  // The request outlives what is done for it.
  change.run = [&node, &traffic, text, first = *first]() -> Reply {
    const auto slot = traffic.begin_wait();
    if (!slot) return too_many_asks();
    Batch batch(node, first);
    for_each_line(text, [&](std::string_view line) { batch.take(line); });
    Response response;
    response.content_type = kLinesType;
    response.body = batch.finish();
    return response;
  };
  return change;
}

}  // namespace

void add_message_routes(Router& router, node::Node& node, Traffic& traffic) {
  router.change(
      "POST", "/v1/actors/{name}/messages", Role::operate,
      [&node](const Request& request) { return tell(request, node); }, Router::kMessageBody);
  router.change(
      "POST", "/v1/actors/{name}/ask", Role::operate,
      [&node, &traffic](const Request& request) { return ask(request, node, traffic); },
      Router::kMessageBody);
  router.change(
      "POST", "/v1/messages", Role::operate,
      [&node, &traffic](const Request& request) { return send_lines(request, node, traffic); },
      Router::kMessageBody);
}

}  // namespace goakt::admin
