#include "plain_command.h"

#include "exit_codes.h"
#include "goakt/backend/http/client.h"
#include "message_flags.h"
#include "query.h"
#include "read_argument.h"
#include "session.h"
#include "stream.h"

#include <nlohmann/json.hpp>

#include <deque>
#include <memory>

namespace goaktctl {

namespace {

// What the user gave for one part.
struct Value {
  std::string text;
  std::vector<std::string> list;
  std::int64_t number = -1;
  std::chrono::milliseconds time{-1};
  bool on = false;
};

struct Given {
  PlainCommand plain;
  std::deque<Value> values;  // in the order of the parts; flags point into it
  MessageFlags message;
};

Flag::Target target_of(As as, Value& value) {
  switch (as) {
    case As::list:
    case As::json:
      return &value.list;
    case As::number:
      return &value.number;
    case As::time:
      return &value.time;
    case As::on:
    case As::off:
      return &value.on;
    default:
      return &value.text;
  }
}

// Ids and names as `-o name` prints them: "node/10.0.0.4:3320".
std::string bare(const std::string& text, const char* key) {
  for (const char* noun : {key, "actor", "grain", "topic", "dc"})
    if (const auto plain = plain_id(noun, text); plain != text) return std::string(plain);
  return text;
}

void put(Document& body, const Part& part, const Value& value) {
  if (part.as == As::text && !value.text.empty()) body[part.key] = value.text;
  if (part.as == As::list && !value.list.empty()) body[part.key] = value.list;
  if (part.as == As::number && value.number >= 0) body[part.key] = value.number;
  if (part.as == As::time && value.time.count() >= 0) body[part.key] = value.time.count();
  if (part.as == As::on && value.on) body[part.key] = true;
  if (part.as == As::off && value.on) body[part.key] = false;
}

std::string query_text(const Document& value) {
  if (value.is_string()) return value.get<std::string>();
  if (!value.is_array()) return value.dump();
  std::string all;
  for (const Document& item : value) all += (all.empty() ? "" : ",") + item.get<std::string>();
  return all;
}

int run(Session& session, const Given& given) {
  const PlainCommand& plain = given.plain;
  std::string path = plain.path;
  std::string first;
  Query query("");
  Document body = Document::object();
  goakt::admin::Call call;
  if (plain.message) {
    std::string complaint;
    auto message = given.message.document(complaint);
    if (!message) return session.usage(complaint);
    body = *std::move(message);
  }
  for (std::size_t i = 0; i < plain.parts.size(); ++i) {
    const Part& part = plain.parts[i];
    const Value& value = given.values[i];
    if (part.as == As::path) {
      const std::string hole = "{" + std::string(part.key) + "}";
      const std::string id = value.text.empty() ? "default" : bare(value.text, part.key);
      if (first.empty()) first = id;
      path.replace(path.find(hole), hole.size(), goakt::http::encode(id));
    } else if (part.as == As::query) {
      query.add(part.key, bare(value.text, part.key));
    } else if (part.as == As::json) {
      std::string complaint;
      for (const std::string& text : value.list) {
        auto document = json_argument(text, complaint);
        if (!document) return session.usage(std::string(part.flag) + ": " + complaint);
        body[part.key].push_back(std::move(*document));
      }
    } else if (part.as == As::if_match) {
      if (!value.text.empty()) call.headers.push_back({"If-Match", '"' + value.text + '"'});
    } else {
      put(body, part, value);
    }
  }
  call.method = plain.method;
  if (call.method == "GET") {  // has no body
    for (const auto& [key, value] : body.items()) query.add(key, query_text(value));
  } else {
    call.body = body.dump();
    call.content_type = "application/json";
  }
  call.target = path + query.target();
  if (plain.asks)
    if (const auto no = session.confirm(std::string(plain.verb) + " " + first, first)) return *no;
  if (plain.stream) {
    return follow(session, std::move(call), {}, [&](const Document& object) {
      session.out().document_line(object);
      return session.out().flush();
    });
  }
  int exit = Exit::ok;
  const auto answer = session.send(std::move(call), exit);
  if (answer) session.out().document(*answer);
  return exit;
}

}  // namespace

Command make_command(PlainCommand plain) {
  auto given = std::make_shared<Given>();
  given->plain = std::move(plain);
  const PlainCommand& p = given->plain;
  std::vector<Flag> flags;
  for (const Part& part : p.parts)
    flags.push_back({part.flag, target_of(part.as, given->values.emplace_back()), part.help,
                     part.flag[0] != '-', part.completes});
  if (p.message)
    for (Flag& flag : given->message.flags()) flags.push_back(std::move(flag));
  return {p.noun,
          p.verb,
          p.words,
          p.summary,
          std::string(p.method) + " " + p.path,
          {p.example},
          std::move(flags),
          [given](Session& session) { return run(session, *given); },
          {Exit::unsupported}};
}

}  // namespace goaktctl
