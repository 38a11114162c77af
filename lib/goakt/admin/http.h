#pragma once

#include <cstdint>
#include <map>
#include <memory>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace goakt::admin {

// What a caller may do; each includes the ones before it.
enum class Role : std::uint8_t { none, viewer, operate, admin };

std::string_view role_name(Role role);
// "viewer", "operator", ...; false for other words.
bool parse_role(std::string_view word, Role& role);

using Members = std::map<std::string, std::string, std::less<>>;

// Where a request came in.
enum class Door : std::uint8_t {
  socket,    // the unix socket: its file's mode is the access control
  loopback,  // TCP on 127.0.0.1 or ::1
  network,   // TCP elsewhere, always under TLS
};

// A request as handlers see it: decoded, checked, with the caller's rights.
struct Request {
  std::string method;
  std::string path;   // as sent, without the query
  std::string route;  // "/v1/actors/{name}", once the router has found it
  std::string about;  // "10.0.0.4:50052": another node than this, by its remoting address
  Members params;     // "{name}" of the route, decoded
  Members query;      // decoded; the first of a name
  Members headers;    // those that somebody here reads, names in lower case
  std::string body;
  Door door = Door::socket;
  std::string peer;         // "uid=1000", "127.0.0.1"
  std::string certificate;  // subject of the client's, "CN=alice,O=ops"; checked by TLS
  std::string caller;       // "socket", "loopback", "token:ci", "cert:alice"
  std::string request_id;
  Role role = Role::none;
  bool dry_run = false;  // only what would happen is asked; set before the router sees it

  static std::string_view value_of(const Members& members, std::string_view name) {
    const auto it = members.find(name);
    return it == members.end() ? std::string_view() : std::string_view(it->second);
  }

  std::string_view param(std::string_view name) const { return value_of(params, name); }

  bool has_query(std::string_view name) const { return query.contains(name); }

  std::string_view query_value(std::string_view name) const { return value_of(query, name); }

  std::string_view header(std::string_view name) const { return value_of(headers, name); }
};

inline constexpr std::string_view kJsonType = "application/json";
inline constexpr std::string_view kLinesType = "application/x-ndjson";
inline constexpr std::string_view kEventsType = "text/event-stream";
inline constexpr std::string_view kProblemType = "application/problem+json";
// What would be done, of a request with dryRun: a type of its own, so that nobody takes it for the
// thing done.
inline constexpr std::string_view kPlanType = "application/vnd.goakt.plan+json";
inline constexpr std::string_view kTextType = "text/plain; charset=utf-8";

// A body that is made while it is sent. The server asks for it piece by piece, from one thread.
class BodyStream {
 public:
  struct Piece {
    std::string text;
    bool end = false;
  };

  virtual ~BodyStream() = default;
  // Waits for at most a second and may come back with nothing: the server then looks whether the
  // reader is still there.
  virtual Piece next() = 0;

  // The node stops: what is still to be said.
  virtual std::string farewell() { return {}; }
};

struct Response {
  int status = 200;
  std::string body;
  std::string content_type{kJsonType};
  std::vector<std::pair<std::string, std::string>> headers;
  std::shared_ptr<BodyStream> stream;  // instead of `body`

  void set_header(std::string name, std::string value) {
    headers.emplace_back(std::move(name), std::move(value));
  }
};

}  // namespace goakt::admin
