// The recorded behaviour of memberlist: what a member makes of what it hears.

#include "goakt/gossip/node.h"
#include "goakt/gossip/timing.h"
#include "tests/golden/golden.h"
#include "tests/golden/memberlist_fields.h"

#include <set>

using namespace goakt;
using namespace goakt::gossip;
using namespace golden;
using namespace std::chrono_literals;

namespace {

std::vector<Json> vectors(const std::string& file) {
  return load("memberlist", file + ".jsonl");
}

Config profile(const std::string& name) {
  if (name == "wan") return Config::wan();
  if (name == "local") return Config::local();
  return Config::lan();
}

Config member_me(Config config) {
  config.name = "me";
  config.advertise = {from_hex("7f000001"), 7946};
  config.bind_port = 7946;
  return config;
}

Endpoint endpoint_of(const std::string& text) {
  Endpoint out;
  const auto colon = text.rfind(':');
  out.port = static_cast<std::uint16_t>(std::stoi(text.substr(colon + 1)));
  for (std::size_t at = 0; at < colon; at = text.find_first_of(".:", at) + 1)
    out.ip.push_back(static_cast<char>(std::stoi(text.substr(at))));
  return out;
}

// Events as the vectors spell them.
Json events_of(const Outputs& outputs) {
  Json out = Json::array();
  for (const auto& output : outputs) {
    const auto* event = std::get_if<MemberEvent>(&output);
    if (event == nullptr) continue;
    const char* names[] = {"join:", "update:", "leave:", "conflict:"};
    out.push_back(names[static_cast<int>(event->kind)] + event->member.name);
  }
  return out;
}

Json nodes_of(const MemberTable& table) {
  Json out = Json::object();
  for (const auto& member : table)
    out[member->name] = {{"incarnation", member->incarnation},
                         {"meta", member->meta.present ? Json(to_hex(member->meta.bytes)) : Json()},
                         {"pmax", member->versions.protocol_max},
                         {"port", member->endpoint.port},
                         {"state", state_name(member->state)},
                         {"suspicionTimer", member->suspicion != nullptr}};
  return out;
}

std::multiset<std::string> told(const BroadcastQueue& queue) {
  std::multiset<std::string> out;
  for (const auto& item : queue) out.insert(to_hex(item.message));
  return out;
}

struct Me {
  explicit Me(const Json& vector)
      : context(
            configured(vector), delegate, [] { return Nonce{}; }, 1),
        membership(context) {
    context.now = TimePoint(24h);
    membership.start();
    settle();
  }

  static Config configured(const Json& vector) {
    auto config = member_me(profile(vector["config"]["profile"].get<std::string>()));
    config.meta = from_hex(vector["self"]["meta"].get<std::string>());
    config.dead_node_reclaim =
        Duration(vector["config"]["DeadNodeReclaimTimeNs"].get<std::int64_t>());
    return config;
  }

  void settle() {
    context.outputs.clear();
    membership.queue().clear();
  }

  void hear(const Json& in) {
    const auto op = in["op"].get<std::string>();
    const auto body = in.contains("hex") ? from_hex(in["hex"].get<std::string>()).substr(1) : "";
    if (op == "alive") {
      Alive news;
      REQUIRE(decode(body, news).ok);
      membership.alive(news);
    } else if (op == "suspect") {
      Suspect news;
      REQUIRE(decode(body, news).ok);
      membership.suspect(news);
    } else if (op == "dead") {
      Dead news;
      REQUIRE(decode(body, news).ok);
      membership.dead(news);
    } else if (op == "merge") {
      PushPull remote;
      remote.nodes.push_back(node_of(in["node"]));
      CHECK(membership.merge(remote));
    } else if (op == "leave") {
      membership.leave({});
    } else {
      REQUIRE(op == "age-dead");
      context.now += 1h;
    }
  }

  Delegate delegate;
  Context context;
  Membership membership;
};

}  // namespace

TEST_CASE("memberlist: a member makes of news what the real one does") {
  for (const auto& vector : vectors("transitions")) {
    Me me(vector);
    std::size_t step_number = 0;
    for (const auto& step : vector["steps"]) {
      INFO(vector["id"].get<std::string>()
           << " " << vector["desc"].get<std::string>() << ", step " << ++step_number);
      me.hear(step["in"]);
      CHECK(nodes_of(me.membership.table()) == step["nodes"]);
      CHECK(events_of(me.context.outputs) == step["events"]);
      CHECK(me.context.health.score() == step["health"].get<int>());
      std::multiset<std::string> expected;
      for (const auto& news : step["newBroadcasts"])
        expected.insert(
            to_hex(message_of(static_cast<Kind>(news["code"].get<int>()), news["fields"])));
      CHECK(told(me.membership.queue()) == expected);
      int present = 0;
      for (const auto& member : me.membership.table()) present += member->is_present();
      CHECK(present == step["members"].get<int>());
      me.settle();
    }
  }
}

TEST_CASE("memberlist: packets are answered as the real one does") {
  for (const auto& vector : vectors("ingest")) {
    INFO(vector["id"].get<std::string>() << " " << vector["desc"].get<std::string>());
    auto config = member_me(Config::lan());
    config.meta = "m";
    const auto& wire = vector["config"];
    config.sealing.label = wire["Label"].get<std::string>();
    config.sealing.compress = wire["EnableCompression"].get<bool>();
    config.sealing.verify_incoming = wire["GossipVerifyIncoming"].get<bool>();
    config.sealing.verify_outgoing = wire["GossipVerifyOutgoing"].get<bool>();
    config.sealing.skip_label_check = vector["skipInboundLabelCheck"].get<bool>();
    config.versions.protocol = wire["ProtocolVersion"].get<std::uint8_t>();
    if (wire.contains("Keys"))
      for (const auto& key : wire["Keys"])
        CHECK(config.sealing.keyring.add(from_hex(key.get<std::string>())));
    const auto sealing = config.sealing;
    Delegate delegate;
    Node node(
        config, delegate, [] { return Nonce{}; }, 1);
    const TimePoint now(24h);
    node.start(now);
    const auto from = endpoint_of(vector["from"].get<std::string>());
    // Until its own arrival has been told often enough and no answer carries it any more.
    auto in = sealing;
    if (in.skip_label_check) in.label.clear();
    if (!in.skip_label_check || sealing.keyring.empty())
      for (int i = 0; i < 4; ++i)
        node.packet(now, from, seal_packet(in, encode(Ping{}), false, {}));
    REQUIRE(node.membership().queue().empty());
    node.take_outputs();

    node.packet(now, from, from_hex(vector["hex"].get<std::string>()));
    Json replies = Json::array();
    Json users = Json::array();
    for (const auto& output : node.take_outputs()) {
      if (const auto* user = std::get_if<UserData>(&output)) users.push_back(to_hex(user->bytes));
      const auto* packet = std::get_if<SendPacket>(&output);
      if (packet == nullptr) continue;
      auto reads = sealing;
      reads.skip_label_check = false;
      PacketReader reader(reads, packet->bytes);
      const auto part = reader.next();
      REQUIRE(part);
      REQUIRE(*part);
      const auto kind = static_cast<Kind>((**part)[0]);
      replies.push_back(
          {{"code", static_cast<int>(kind)}, {"fields", *fields_of(kind, (*part)->substr(1))}});
      const auto& expected = vector["replies"].at(replies.size() - 1);
      CHECK(packet->to == endpoint_of(expected["to"].get<std::string>()));
    }
    REQUIRE(replies.size() == vector["replies"].size());
    for (std::size_t i = 0; i < replies.size(); ++i) {
      CHECK(replies[i]["code"] == vector["replies"][i]["messages"][0]["code"]);
      CHECK(replies[i]["fields"] == vector["replies"][i]["messages"][0]["fields"]);
    }
    CHECK(users == vector["userMessages"]);
  }
}

TEST_CASE("memberlist: the broadcast queue hands out the same items in the same order") {
  for (const auto& vector : vectors("queue")) {
    BroadcastQueue queue;
    const auto limit = vector["limit"].get<unsigned>();
    CHECK(limit == retransmit_limit(vector["retransmitMult"].get<unsigned>(),
                                    vector["numNodes"].get<std::size_t>()));
    Json finished = Json::array();
    std::size_t number = 0;
    for (const auto& step : vector["steps"]) {
      INFO(vector["id"].get<std::string>() << ", step " << ++number);
      finished.clear();
      finished = Json::array();
      if (step["op"] == "queue") {
        const auto id = step["msgId"].get<std::string>();
        auto message = id;
        message.resize(step["len"].get<std::size_t>(), '.');
        queue.add(step["name"].get<std::string>(), message,
                  [&finished, id] { finished.push_back(id); });
      } else {
        Json out = Json::array();
        for (const auto& message : queue.take(step["overhead"].get<std::size_t>(),
                                              step["limit"].get<std::size_t>(), limit))
          out.push_back(message.substr(0, 4));
        CHECK(out == step["out"]);
      }
      CHECK(finished == step["finished"]);
      CHECK(queue.size() == step["queued"].get<std::size_t>());
    }
  }
}

TEST_CASE("memberlist: the formulas give the same numbers") {
  for (const auto& vector : vectors("formulas")) {
    INFO(vector["id"].get<std::string>());
    const auto kind = vector["kind"].get<std::string>();
    if (kind == "cluster-size") {
      const auto config = profile(vector["profile"].get<std::string>());
      const auto n = vector["n"].get<std::size_t>();
      const auto times = suspicion_times(config.suspicion_multiplier,
                                         config.suspicion_max_multiplier, config.probe_interval, n);
      CHECK(times.confirmations == vector["k"].get<unsigned>());
      CHECK(times.min.count() == vector["suspicionMinNs"].get<std::int64_t>());
      CHECK(times.max.count() == vector["suspicionMaxNs"].get<std::int64_t>());
      CHECK(push_pull_interval(config.push_pull_interval, n).count() ==
            vector["pushPullNs"].get<std::int64_t>());
      CHECK(retransmit_limit(config.retransmit_multiplier, n) ==
            vector["retransmitLimit"].get<unsigned>());
      if (!vector.contains("totalNsAfterConfirmations")) continue;
      unsigned confirmed = 0;
      for (const auto& total : vector["totalNsAfterConfirmations"])
        CHECK(suspicion_timeout(times, confirmed++).count() == total.get<std::int64_t>());
    } else if (kind == "remaining-suspicion") {
      const SuspicionTimes times{vector["minMs"].get<int>() * 1ms, vector["maxMs"].get<int>() * 1ms,
                                 vector["k"].get<unsigned>()};
      const auto total = suspicion_timeout(times, vector["confirmations"].get<unsigned>());
      CHECK((total - vector["elapsedMs"].get<int>() * 1ms).count() ==
            vector["remainingNs"].get<std::int64_t>());
    } else if (kind == "awareness") {
      Awareness health(vector["max"].get<unsigned>());
      for (const auto& step : vector["steps"]) {
        health.apply(step["delta"].get<int>());
        CHECK(health.score() == step["score"].get<int>());
        CHECK(health.scale(1s).count() == step["scaled1s"].get<std::int64_t>());
      }
    } else if (kind == "compound-split") {
      const std::vector<std::string> messages(vector["messages"].get<std::size_t>(), "xx");
      const auto packets = compounds(messages);
      REQUIRE(packets.size() == vector["packets"].size());
      for (std::size_t i = 0; i < packets.size(); ++i) {
        CHECK(packets[i].size() == vector["packets"][i]["bytes"].get<std::size_t>());
        CHECK(static_cast<std::uint8_t>(packets[i][1]) == vector["packets"][i]["count"].get<int>());
      }
    } else {
      REQUIRE(kind == "encrypted-length");
      const CipherVersion version{vector["version"].get<std::uint8_t>()};
      const std::string plain(vector["plain"].get<std::size_t>(), 'x');
      const auto total = vector["total"].get<std::size_t>();
      CHECK(sealed_size(version, plain.size()) == total);
      CHECK(seal(version, std::string(16, 'k'), {}, plain, "").size() == total);
      CHECK(cipher_overhead(version) == vector["maxOverhead"].get<std::size_t>());
    }
  }
}
