#pragma once

#include "goakt/admin/http.h"
#include "goakt/admin/refusal.h"

#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace goakt::admin {

using Reply = tl::expected<Response, Refusal>;
using Handler = std::function<Reply(const Request&)>;

inline tl::unexpected<Refusal> refuse(Refusal refusal) {
  return tl::unexpected<Refusal>(std::move(refusal));
}

inline tl::unexpected<Refusal> refuse(Problem problem, std::string detail) {
  return refuse(Refusal(problem, std::move(detail)));
}

inline tl::unexpected<Refusal> refuse(const Error& error) {
  return refuse(Refusal::from(error));
}

// What a request that changes something comes to, once all about it has been checked and nothing
// has been done yet: in words for who only asks what would happen (dryRun), and the doing itself.
struct Change {
  std::string action;   // "actor.stop"
  std::string target;   // "order-7"
  std::string summary;  // "would stop order-7 and its 2 children"
  std::function<Reply()> run;
  std::optional<Json> detail = {};  // figures, where there are some
};

using Prepared = tl::expected<Change, Refusal>;
// Checks, and must change nothing.
using Preparer = std::function<Prepared(const Request&)>;

// A list: {"items": [...]}, and where to go on if there is more.
Json list_of(Json items, std::string next = {});

// 200 (or another status) with a JSON body.
Response answer(const Json& json, int status = 200);
// 204: done, and there is nothing to say.
Response no_content();

// The table of routes: method and path with named parameters ("/v1/actors/{name}"), the role that
// may call it, the handler. Filled before the server starts, read by all its threads after that.
//
// Own table, because cpp-httplib's has neither parameters nor 405, and decodes "%2F" before it
// matches: here a segment is decoded after the path was split.
class Router {
 public:
  static constexpr std::size_t kSmallBody = 1 << 20;
  static constexpr std::size_t kMessageBody = 16 << 20;

  // A route that changes nothing. One that does, and came in here by mistake, refuses dryRun.
  void add(std::string_view method, std::string_view path, Role role, Handler handler,
           std::size_t max_body = kSmallBody);
  // A route that changes something: with dryRun its answer is the plan, and nothing is run.
  void change(std::string_view method, std::string_view path, Role role, Preparer prepare,
              std::size_t max_body = kSmallBody);

  // Always an answer: unknown paths and methods, too little right and handlers that throw end as
  // problems. Fills in the request's `params`.
  Response dispatch(Request& request) const;

  // Of every route, for documentation and tests: "GET", "/v1/actors/{name}", who may, and whether
  // it knows dryRun.
  struct Entry {
    std::string method;
    std::string path;
    Role role;
    bool plans;
  };

  std::vector<Entry> list() const;

 private:
  struct Route {
    std::string method;
    std::string path;
    std::vector<std::string> segments;
    Role role;
    Handler handler;
    std::size_t max_body;
    bool plans = false;
  };

  Reply call(Request& request) const;

  std::vector<Route> routes_;
};

// "%41b" to "Ab". False on a broken escape.
bool percent_decode(std::string_view text, std::string& out);

}  // namespace goakt::admin
