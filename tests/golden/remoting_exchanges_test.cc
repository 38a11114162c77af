// Recorded exchanges, played again: the recorded requests go byte for byte to a live server, whose
// answers must be the recorded ones.

#include "goakt/wire/frame.h"
#include "goakt/wire/remote_error.h"
#include "tests/golden/golden.h"
#include "tests/golden/remoting_messages.h"
#include "tests/golden/remoting_nodes.h"

#include <doctest/doctest.h>
#include <google/protobuf/util/message_differencer.h>

#include <internal/remoting.pb.h>
#include <optional>
#include <regex>

using namespace goakt;
using namespace goakt::wire;
using golden::text;
using nlohmann::json;

namespace {

struct Exchange {
  std::string name;
  std::vector<json> requests;
  std::vector<json> responses;
};

std::vector<Exchange> exchanges() {
  std::vector<Exchange> found;
  for (const json& vector : golden::load("remoting", "vectors.jsonl")) {
    const std::string name = text(vector, "exchange");
    if (name.empty()) continue;
    auto known = std::find_if(found.begin(), found.end(),
                              [&](const Exchange& exchange) { return exchange.name == name; });
    if (known == found.end()) known = found.insert(found.end(), Exchange{name, {}, {}});
    if (text(vector, "frame_kind") == "stream-end") continue;
    (text(vector, "direction") == "request" ? known->requests : known->responses).push_back(vector);
  }
  return found;
}

// Why an exchange cannot be played, or "".
std::string obstacle(const Exchange& exchange) {
  const std::string& name = exchange.name;
  for (const json& request : exchange.requests)
    if (text(request, "frame_hex").empty()) return "too long for the file";
  if (name == "ask.reply_nil") return "of a value that only Go has";
  const std::string type = exchange.requests.empty() ? "" : text(exchange.requests[0], "type_name");
  if (type.find("Grain") != std::string::npos) {
    const bool is_refused = name.find("bad_") != std::string::npos || name.ends_with("_reserved") ||
                            name.ends_with("_unknown_kind") || name.ends_with("_no_grain");
    if (!is_refused) return "of grains";
  }
  const bool is_cluster =
      type.ends_with("PersistPeerStateRequest") || type.ends_with("RelocateBatchRequest") ||
      type.ends_with("GetNodeMetricRequest") || type.ends_with("GetKindsRequest");
  if (name.starts_with("cluster.") || (is_cluster && !name.ends_with("cluster_disabled")))
    return "of clusters";
  return "";
}

// Of the node that the request names.
int port_of(const Exchange& exchange) {
  if (exchange.requests.empty()) return 21501;
  const std::string all = exchange.requests[0].value("proto_json", json()).dump();
  std::smatch match;
  for (const char* pattern : {R"("receiver":"[^"]*:(215\d\d)/)", R"("port":(215\d\d))"})
    if (std::regex_search(all, match, std::regex(pattern)))
      if (const int port = std::stoi(match[1]);
          port == 21503 || port == 21504 || port == 21505 || port == 21506 || port == 21508)
        return port;
  return 21501;
}

std::unique_ptr<google::protobuf::Message> message_of(std::string_view bytes, std::string& type) {
  const auto frame = parse_frame(bytes, FrameKind::response);
  REQUIRE(frame);
  type = frame->type_name;
  auto message = golden::new_message(type);
  REQUIRE(message);
  REQUIRE(message->ParseFromArray(frame->body.data(), static_cast<int>(frame->body.size())));
  return message;
}

// A volatile text counts without its last line, or without the UUID in it.
std::string stable_part(const std::string& error) {
  static const std::regex kUuid("[0-9a-f]{8}-[0-9a-f-]{27}");
  const std::string text = std::regex_replace(error, kUuid, "UUID");
  return text == error ? text.substr(0, text.rfind('\n')) : text;
}

void check_answer(const json& recorded, const std::string& frame) {
  std::string type;
  std::string wanted_type;
  const auto answer = message_of(frame, type);
  const auto wanted = message_of(golden::from_hex(text(recorded, "frame_hex")), wanted_type);
  CAPTURE(answer->ShortDebugString());
  CAPTURE(wanted->ShortDebugString());
  REQUIRE(type == wanted_type);
  const bool is_volatile = recorded.contains("volatile");
  if (type == kErrorType) {
    const auto ours = parse_error(parse_frame(frame, FrameKind::response)->body);
    const std::string bytes = golden::from_hex(text(recorded, "frame_hex"));
    const auto theirs = parse_error(parse_frame(bytes, FrameKind::response)->body);
    REQUIRE(ours);
    REQUIRE(theirs);
    CHECK(ours->code == theirs->code);
    if (is_volatile)
      CHECK(stable_part(ours->message) == stable_part(theirs->message));
    else
      CHECK(ours->message == theirs->message);
    return;
  }
  if (is_volatile) return;
  google::protobuf::util::MessageDifferencer differences;
  if (type == "internalpb.RemoteChildrenResponse")
    differences.set_repeated_field_comparison(
        google::protobuf::util::MessageDifferencer::RepeatedFieldComparison::AS_SET);
  CHECK(differences.Compare(*answer, *wanted));
  if (type != "internalpb.RemoteChildrenResponse")
    CHECK(golden::to_hex(frame) == text(recorded, "frame_hex"));
}

class Nodes {
 public:
  ~Nodes() { loops_.stop(); }

  golden::Node& at(int port) {
    auto& node = nodes_[port];
    if (!node) node = std::make_unique<golden::Node>(port, loops_);
    return *node;
  }

  const net::Loop& loop() { return loops_[0]; }

 private:
  std::map<int, std::unique_ptr<golden::Node>> nodes_;
  net::Loops loops_{2};
};

void play(Nodes& nodes, const Exchange& exchange, golden::Count& count) {
  CAPTURE(exchange.name);
  golden::Node& node = nodes.at(port_of(exchange));
  node.prepare(exchange.name);
  std::vector<std::string> requests;
  for (const json& request : exchange.requests)
    requests.push_back(golden::from_hex(text(request, "frame_hex")));
  const auto heard = golden::talk(nodes.loop(), node, requests,
                                  std::max<std::size_t>(exchange.responses.size(), 1));
  if (exchange.responses.empty()) {
    count.add("unanswered");
    if (!heard.frames.empty())
      CHECK(parse_frame(heard.frames[0], FrameKind::response)->type_name == kErrorType);
    return;
  }
  count.add("answered");
  REQUIRE(heard.frames.size() == exchange.responses.size());
  for (std::size_t i = 0; i < heard.frames.size(); ++i)
    check_answer(exchange.responses[i], heard.frames[i]);
}

}  // namespace

TEST_CASE("recorded requests to a live server get the recorded answers") {
  golden::Count count("remoting exchanges");
  Nodes nodes;
  for (const Exchange& exchange : exchanges()) {
    if (exchange.requests.empty()) continue;
    if (const std::string why = obstacle(exchange); !why.empty())
      count.add("not-replayed (" + why + ")");
    else
      play(nodes, exchange, count);
  }
}

TEST_CASE("malformed input to a live server has the recorded outcome") {
  golden::Count count("remoting malformed, live");
  Nodes nodes;
  for (const json& vector : golden::load("remoting", "malformed.jsonl")) {
    const std::string name = text(vector, "name");
    CAPTURE(name);
    const std::string after = text(vector, "connection_after");
    if (name.find("_to_") != std::string::npos || after.starts_with("open (")) {
      count.add("not-replayed");
      continue;
    }
    const auto replies = static_cast<std::size_t>(vector.value("replies", 0));
    const auto heard = golden::talk(nodes.loop(), nodes.at(21501),
                                    {golden::from_hex(text(vector, "sent_hex"))}, replies);
    CHECK(heard.frames.size() == replies);
    if (replies != 0) CHECK(golden::to_hex(heard.frames[0]) == text(vector, "reply_frame_hex"));
    if (after.starts_with("closed")) CHECK(heard.is_closed);
    count.add(heard.is_closed ? "closed" : "answered");
  }
}
