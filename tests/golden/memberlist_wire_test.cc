// Every recorded byte string of memberlist: taken apart, and made again with the same bytes.

#include "goakt/gossip/lzw.h"
#include "goakt/gossip/packet.h"
#include "goakt/gossip/stream.h"
#include "goakt/gossip/tcp_frame.h"
#include "tests/golden/golden.h"
#include "tests/golden/memberlist_fields.h"

#include <openssl/evp.h>

using namespace goakt::gossip;
using namespace golden;

namespace {

std::vector<Json> vectors(const std::string& file) {
  return load("memberlist", file + ".jsonl");
}

std::string sha256(std::string_view bytes) {
  std::string digest(32, '\0');
  unsigned int length = 0;
  EVP_Digest(bytes.data(), bytes.size(), reinterpret_cast<unsigned char*>(digest.data()), &length,
             EVP_sha256(), nullptr);
  return to_hex(digest);
}

Sealing sealing_of(const Json& config) {
  Sealing sealing;
  sealing.label = config.value("Label", std::string());
  sealing.compress = config.value("EnableCompression", true);
  sealing.verify_outgoing = config.value("GossipVerifyOutgoing", true);
  // What a node writes that does not encrypt is read by one that does not insist.
  sealing.verify_incoming = config.value("GossipVerifyIncoming", true) && sealing.verify_outgoing;
  sealing.protocol = config.value("ProtocolVersion", std::uint8_t{2});
  if (config.contains("Keys"))
    for (const auto& key : config["Keys"])
      CHECK(sealing.keyring.add(from_hex(key.get<std::string>())));
  return sealing;
}

const Json* layer(const Json& layers, std::string_view name) {
  if (layers.is_array())
    for (const auto& one : layers)
      if (one["layer"] == name) return &one;
  return nullptr;
}

Nonce nonce_of(const Json& layers) {
  Nonce nonce{};
  if (const auto* sealed = layer(layers, "encrypt")) {
    const auto bytes = from_hex((*sealed)["nonce"].get<std::string>());
    std::copy(bytes.begin(), bytes.end(), nonce.begin());
  }
  return nonce;
}

// The messages of a datagram as the vectors spell them; parts that are dropped are left out.
Json messages_of(const Sealing& sealing, const std::string& datagram) {
  Json out = Json::array();
  PacketReader reader(sealing, datagram);
  while (const auto part = reader.next()) {
    if (!*part) continue;
    const auto kind = static_cast<Kind>((**part)[0]);
    const auto body = (*part)->substr(1);
    Json message;
    message["code"] = static_cast<int>(kind);
    if (kind == Kind::user) {
      message["fields"]["Data"] = to_hex(body);
    } else if (const auto fields = fields_of(kind, body)) {
      message["fields"] = *fields;
    }
    out.push_back(message);
  }
  return out;
}

Json without_type_names(Json messages) {
  for (auto& message : messages) message.erase("type");
  return messages;
}

// The bytes inside all layers but the compound.
std::string inner_of(const Sealing& sealing, const Json& vector) {
  if (vector.contains("inner")) return from_hex(vector["inner"].get<std::string>());
  std::vector<std::string> parts;
  const auto bytes = from_hex(vector["hex"].get<std::string>());
  PacketReader reader(sealing, bytes);
  while (const auto part = reader.next())
    if (*part) parts.emplace_back(**part);
  return layer(vector["layers"], "compound") != nullptr ? compounds(parts).at(0) : parts.at(0);
}

void check_packet(const Json& vector, const Sealing& sealing) {
  INFO(vector["id"].get<std::string>() << " " << vector["desc"].get<std::string>());
  const auto hex = vector["hex"].get<std::string>();
  CHECK(messages_of(sealing, from_hex(hex)) == without_type_names(vector["messages"]));
  CHECK(to_hex(seal_packet(sealing, inner_of(sealing, vector),
                           layer(vector["layers"], "crc") != nullptr,
                           nonce_of(vector["layers"]))) == hex);
}

// A stream message as the vectors spell it, and its bytes again.
struct Spoken {
  Json message;
  std::string bytes;
};

Spoken spoken(const StreamMessage& message) {
  Spoken out;
  if (const auto* state = std::get_if<PushPull>(&message)) {
    out.bytes = encode(*state);
    out.message["code"] = 6;
    out.message["header"] = {{"Join", state->join},
                             {"Nodes", state->nodes.size()},
                             {"UserStateLen", state->user_state.size()}};
    out.message["nodes"] = Json::array();
    for (const auto& node : state->nodes) out.message["nodes"].push_back(fields_of(node));
    out.message["userState"] = to_hex(state->user_state);
  } else if (const auto* user = std::get_if<UserMessage>(&message)) {
    out.bytes = encode(*user);
    out.message["code"] = 8;
    out.message["data"] = to_hex(user->bytes);
    out.message["header"] = {{"UserMsgLen", user->bytes.size()}};
  } else {
    std::visit(
        [&](const auto& one) {
          using M = std::decay_t<decltype(one)>;
          if constexpr (!std::is_same_v<M, PushPull> && !std::is_same_v<M, UserMessage>) {
            out.bytes = encode(one);
            out.message["code"] = static_cast<int>(M::kind);
            out.message["fields"] = *fields_of(M::kind, std::string_view(out.bytes).substr(1));
          }
        },
        message);
  }
  return out;
}

void check_side(const Json& side, const Sealing& sealing, StreamReader::Side reads) {
  const auto hex = side["hex"].get<std::string>();
  if (hex.empty() || !side.contains("messages") || side["messages"].is_null()) return;
  StreamReader reader(sealing, reads);
  // As a network may bring it: byte by byte.
  bool complete = false;
  for (const char c : from_hex(hex)) {
    const auto progress = reader.feed(std::string_view(&c, 1));
    REQUIRE_MESSAGE(progress, progress.error().text);
    complete = *progress;
  }
  REQUIRE(complete);
  auto said = spoken(reader.take());
  auto expected = without_type_names(side["messages"])[0];
  expected.erase("trailing");
  CHECK(said.message == expected);
  auto sealed = seal_stream(sealing, said.bytes, nonce_of(side["layers"]));
  if (reads == StreamReader::Side::acceptor) sealed.insert(0, label_header(sealing.label));
  CHECK(to_hex(sealed) == hex);
}

// What is wrong with a stream is answered in Go's words, or not at all.
void check_refusal(const Json& vector, const Sealing& sealing) {
  StreamReader reader(sealing, StreamReader::Side::acceptor);
  const auto progress = reader.feed(from_hex(vector["client"]["hex"].get<std::string>()));
  const auto& said = vector["server"]["messages"];
  if (said.is_array() && !said.empty() && said[0]["code"] == 6) {
    CHECK((progress && *progress));  // no error after all
    return;
  }
  REQUIRE(!progress);
  CHECK(progress.error().answer == said.is_array());
  if (said.is_array())
    CHECK(progress.error().text == said[0]["fields"]["Error"].get<std::string>());
}

}  // namespace

TEST_CASE("memberlist: messages are read and written byte for byte") {
  for (const auto& vector : vectors("messages")) {
    INFO(vector["id"].get<std::string>() << " " << vector["desc"].get<std::string>());
    const auto& message = vector["message"];
    const auto hex = vector["hex"].get<std::string>();
    const auto bytes = from_hex(hex);
    if (message["code"] == 6 && message.contains("nodes")) {
      CHECK(to_hex(encode(push_pull_of(message))) == hex);
      continue;
    }
    const auto kind = static_cast<Kind>(message["code"].get<int>());
    if (kind == Kind::user) {
      CHECK(to_hex(bytes.substr(1)) == message["fields"]["Data"]);
      continue;
    }
    const auto fields = fields_of(kind, std::string_view(bytes).substr(1));
    REQUIRE(fields);
    CHECK(*fields == message["fields"]);
    CHECK(to_hex(message_of(kind, message["fields"])) == hex);
  }
}

TEST_CASE("memberlist: bodies are accepted and refused as Go's codec does") {
  for (const auto& vector : vectors("decode")) {
    INFO(vector["id"].get<std::string>() << " " << vector["desc"].get<std::string>());
    const auto kind = kind_named(vector["type"].get<std::string>());
    REQUIRE(kind);
    const auto fields = fields_of(*kind, from_hex(vector["body"].get<std::string>()));
    CHECK(fields.has_value() == vector["ok"].get<bool>());
    if (fields && vector["ok"]) CHECK(*fields == vector["fields"]);
  }
}

TEST_CASE("memberlist: LZW writes Go's bytes and reads them back") {
  for (const auto& vector : vectors("lzw")) {
    INFO(vector["id"].get<std::string>() << " " << vector["desc"].get<std::string>());
    std::string input;
    if (vector.contains("in")) {
      input = from_hex(vector["in"].get<std::string>());
    } else {
      const auto how = vector["generator"].get<std::string>();
      input.resize(vector["inLen"].get<std::size_t>());
      if (const auto mask = how.find("mask=0x"); mask != how.npos) {
        const auto bits = std::stoul(how.substr(mask + 7, 2), nullptr, 16);
        std::uint32_t x = 12345;
        for (auto& c : input) {
          x = x * 1664525u + 1013904223u;
          c = static_cast<char>((x >> 24) & bits);
        }
      }
    }
    REQUIRE(sha256(input) == vector["inSha256"].get<std::string>());
    const auto out = lzw::compress(input);
    CHECK(sha256(out) == vector["outSha256"].get<std::string>());
    if (vector.contains("out")) CHECK(to_hex(out) == vector["out"].get<std::string>());
    const auto back = lzw::expand(out, input.size());
    REQUIRE(back);
    CHECK(*back == input);
    if (!input.empty()) CHECK(!lzw::expand(out, input.size() - 1));
  }
}

TEST_CASE("memberlist: packets are opened layer by layer and made again") {
  for (const auto& vector : vectors("packets")) check_packet(vector, sealing_of(vector["config"]));
}

TEST_CASE("memberlist: the live traffic of a cluster is understood and made again") {
  for (const auto& vector : vectors("captures")) {
    Sealing sealing;
    sealing.label = vector.value("label", std::string());
    if (vector["kind"] == "packet") {
      check_packet(vector, sealing);
      continue;
    }
    INFO(vector["id"].get<std::string>());
    check_side(vector["client"], sealing, StreamReader::Side::acceptor);
    check_side(vector["server"], sealing, StreamReader::Side::initiator);
  }
}

TEST_CASE("memberlist: both sides of streams are read byte by byte and made again") {
  for (const auto& vector : vectors("streams")) {
    INFO(vector["id"].get<std::string>() << " " << vector["desc"].get<std::string>());
    const auto sealing = sealing_of(vector["config"]);
    if (vector["kind"] == "error") {
      check_refusal(vector, sealing);
      continue;
    }
    check_side(vector["client"], sealing, StreamReader::Side::acceptor);
    if (vector.contains("server"))
      check_side(vector["server"], sealing, StreamReader::Side::initiator);
  }
}

TEST_CASE("memberlist: frames of the TCP transport are made and accepted") {
  for (const auto& vector : vectors("tcptransport")) {
    INFO(vector["id"].get<std::string>() << " " << vector["desc"].get<std::string>());
    const auto bytes = from_hex(vector["hex"].get<std::string>());
    if (vector["direction"] == "in") {
      const auto frame = decode_tcp_packet(bytes);
      REQUIRE(frame.has_value() == vector["accepted"].get<bool>());
      if (!frame) continue;
      CHECK(frame->from == vector["from"].get<std::string>());
      CHECK(to_hex(frame->packet) == vector["payload"].get<std::string>());
    } else if (vector.contains("payload")) {
      CHECK(to_hex(encode_tcp_packet(vector["advertise"].get<std::string>(),
                                     from_hex(vector["payload"].get<std::string>()))) ==
            vector["hex"].get<std::string>());
    } else {
      CHECK(bytes == std::string(1, kTcpStream));
    }
  }
}

TEST_CASE("memberlist: there were vectors") {
  CHECK(loaded() > 0);
}
