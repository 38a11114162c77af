#include "goakt/cluster/core/node_meta.h"

#include <nlohmann/json.hpp>

#include <utility>

namespace goakt::cluster {

namespace {

using Json = nlohmann::ordered_json;

// Go's encoder escapes what could end a script in a page, too.
std::string quoted(const std::string& text) {
  std::string raw = Json(text).dump(-1, ' ', false, Json::error_handler_t::replace);
  for (const auto& [what, escaped] :
       {std::pair{"<", "\\u003c"}, std::pair{">", "\\u003e"}, std::pair{"&", "\\u0026"},
        std::pair{"\xe2\x80\xa8", "\\u2028"}, std::pair{"\xe2\x80\xa9", "\\u2029"}}) {
    const std::string_view wanted(what);
    for (std::size_t at = 0; (at = raw.find(wanted, at)) != std::string::npos; at += 6)
      raw.replace(at, wanted.size(), escaped);
  }
  return raw;
}

std::string text_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  return found != json.end() && found->is_string() ? found->get<std::string>() : std::string();
}

std::uint16_t port_of(const Json& json, const char* key) {
  const auto found = json.find(key);
  if (found == json.end() || !found->is_number_unsigned()) return 0;
  const auto value = found->get<std::uint64_t>();
  return value <= 65'535 ? static_cast<std::uint16_t>(value) : std::uint16_t{0};
}

}  // namespace

std::string NodeMeta::to_json() const {
  std::string list;
  for (const auto& role : roles) list += (list.empty() ? "" : ",") + quoted(role);
  std::string json = "{\"Name\":" + quoted(system) + ",\"Host\":" + quoted(host) +
                     ",\"DiscoveryPort\":" + std::to_string(discovery_port) +
                     ",\"PeersPort\":" + std::to_string(peers_port) +
                     ",\"RemotingPort\":" + std::to_string(remoting_port) + ",\"Roles\":[" + list +
                     "]";
  if (goaktd) {
    json += ",\"Goaktd\":{\"v\":" + std::to_string(goaktd->version) +
            ",\"admin\":" + std::to_string(goaktd->admin_port) + "}";
  }
  return json + "}";
}

std::optional<NodeMeta> NodeMeta::parse(std::string_view text) {
  const auto json = Json::parse(text, nullptr, false);
  if (!json.is_object()) return std::nullopt;
  NodeMeta meta;
  meta.system = text_of(json, "Name");
  meta.host = text_of(json, "Host");
  meta.discovery_port = port_of(json, "DiscoveryPort");
  meta.peers_port = port_of(json, "PeersPort");
  meta.remoting_port = port_of(json, "RemotingPort");
  if (const auto list = json.find("Roles"); list != json.end() && list->is_array()) {
    for (const auto& role : *list)
      if (role.is_string()) meta.roles.push_back(role.get<std::string>());
  }
  if (const auto mark = json.find("Goaktd"); mark != json.end() && mark->is_object())
    meta.goaktd = Mark{port_of(*mark, "v"), port_of(*mark, "admin")};
  return meta;
}

std::string NodeMeta::peers_address() const {
  const bool v6 = host.find(':') != std::string::npos;
  return (v6 ? "[" + host + "]" : host) + ":" + std::to_string(peers_port);
}

}  // namespace goakt::cluster
