#include "tests/golden/memberlist_fields.h"

#include <array>
#include <utility>

namespace golden {

using namespace goakt::gossip;

namespace {

constexpr std::array<std::pair<std::string_view, Kind>, 10> kNames{{
    {"ping", Kind::ping},
    {"indirectPing", Kind::indirect_ping},
    {"ack", Kind::ack},
    {"suspect", Kind::suspect},
    {"alive", Kind::alive},
    {"dead", Kind::dead},
    {"nack", Kind::nack},
    {"err", Kind::error},
    {"compress", Kind::compress},
    {"pushPullHeader", Kind::push_pull},
}};

// Texts travel as JSON strings; the vectors have U+FFFD for what is no UTF-8.
std::string printable(const std::string& text) {
  return Json::parse(Json(text).dump(-1, ' ', false, Json::error_handler_t::replace))
      .get<std::string>();
}

struct ToJson {
  Json out = Json::object();

  void operator()(const char* key, const std::string& text) { out[key] = printable(text); }

  void operator()(const char* key, const Blob& blob) {
    out[key] = blob.present ? Json(to_hex(blob.bytes)) : Json();
  }

  template <class Number>
  void operator()(const char* key, Number value) {
    out[key] = value;
  }
};

struct FromJson {
  const Json& in;

  void operator()(const char* key, std::string& text) { text = in.value(key, std::string()); }

  void operator()(const char* key, Blob& blob) {
    blob = in.contains(key) && !in[key].is_null() ? Blob(from_hex(in[key].get<std::string>()))
                                                  : Blob();
  }

  template <class Number>
  void operator()(const char* key, Number& value) {
    value = in.value(key, Number{});
  }
};

template <class V, class M>
void source(V& visit, M& m) {
  visit("SourceAddr", m.source_ip);
  visit("SourcePort", m.source_port);
  visit("SourceNode", m.source_node);
}

template <class V>
void each(V& visit, auto& m) {
  using M = std::remove_cvref_t<decltype(m)>;
  if constexpr (std::is_same_v<M, Ping>) {
    visit("SeqNo", m.seq);
    visit("Node", m.node);
    source(visit, m);
  } else if constexpr (std::is_same_v<M, IndirectPing>) {
    visit("SeqNo", m.seq);
    visit("Target", m.target_ip);
    visit("Port", m.port);
    visit("Node", m.node);
    visit("Nack", m.nack);
    source(visit, m);
  } else if constexpr (std::is_same_v<M, Ack>) {
    visit("SeqNo", m.seq);
    visit("Payload", m.payload);
  } else if constexpr (std::is_same_v<M, Nack>) {
    visit("SeqNo", m.seq);
  } else if constexpr (std::is_same_v<M, Suspect> || std::is_same_v<M, Dead>) {
    visit("Incarnation", m.incarnation);
    visit("Node", m.node);
    visit("From", m.from);
  } else if constexpr (std::is_same_v<M, Alive>) {
    visit("Incarnation", m.incarnation);
    visit("Node", m.node);
    visit("Addr", m.ip);
    visit("Port", m.port);
    visit("Meta", m.meta);
    visit("Vsn", m.versions);
  } else if constexpr (std::is_same_v<M, ErrorMessage>) {
    visit("Error", m.text);
  } else if constexpr (std::is_same_v<M, Compressed>) {
    visit("Algo", m.algorithm);
    visit("Buf", m.bytes);
  } else if constexpr (std::is_same_v<M, PushPullHeader>) {
    visit("Nodes", m.nodes);
    visit("UserStateLen", m.user_state_length);
    visit("Join", m.join);
  } else if constexpr (std::is_same_v<M, PushPullNode>) {
    visit("Name", m.name);
    visit("Addr", m.ip);
    visit("Port", m.port);
    visit("Meta", m.meta);
    visit("Incarnation", m.incarnation);
    visit("State", m.state);
    visit("Vsn", m.versions);
  }
}

// Calls with an empty message of that kind.
template <class F>
auto with(Kind kind, F call) {
  switch (kind) {
    case Kind::ping:
      return call(Ping{});
    case Kind::indirect_ping:
      return call(IndirectPing{});
    case Kind::ack:
      return call(Ack{});
    case Kind::suspect:
      return call(Suspect{});
    case Kind::alive:
      return call(Alive{});
    case Kind::dead:
      return call(Dead{});
    case Kind::nack:
      return call(Nack{});
    case Kind::error:
      return call(ErrorMessage{});
    case Kind::compress:
      return call(Compressed{});
    default:
      return call(PushPullHeader{});
  }
}

}  // namespace

std::optional<Kind> kind_named(std::string_view name) {
  for (const auto& [known, kind] : kNames)
    if (known == name) return kind;
  return std::nullopt;
}

std::optional<Json> fields_of(Kind kind, std::string_view body) {
  return with(kind, [&](auto message) -> std::optional<Json> {
    if (!decode(body, message).ok) return std::nullopt;
    ToJson to;
    each(to, message);
    return to.out;
  });
}

std::string message_of(Kind kind, const Json& fields) {
  return with(kind, [&](auto message) {
    FromJson from{fields};
    each(from, message);
    return encode(message);
  });
}

Json fields_of(const PushPullNode& node) {
  ToJson to;
  each(to, node);
  return to.out;
}

PushPullNode node_of(const Json& fields) {
  PushPullNode node;
  FromJson from{fields};
  each(from, node);
  return node;
}

PushPull push_pull_of(const Json& message) {
  PushPull out;
  out.join = message["header"].value("Join", false);
  for (const auto& node : message["nodes"]) out.nodes.push_back(node_of(node));
  out.user_state = from_hex(message.value("userState", std::string()));
  return out;
}

}  // namespace golden
