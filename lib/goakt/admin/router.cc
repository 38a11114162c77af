#include "goakt/admin/router.h"

#include <algorithm>
#include <exception>
#include <optional>

namespace goakt::admin {

namespace {

std::vector<std::string> split(std::string_view path) {
  std::vector<std::string> segments;
  while (!path.empty()) {
    path.remove_prefix(1);  // the slash
    const auto slash = path.find('/');
    segments.emplace_back(path.substr(0, slash));
    path = slash == std::string_view::npos ? std::string_view() : path.substr(slash);
  }
  if (!segments.empty() && segments.back().empty()) segments.pop_back();  // "/v1/actors/"
  return segments;
}

Response plan_of(Change& change) {
  Json json;
  json.set("kind", "Plan").set("dryRun", true).set("action", change.action);
  json.set("target", change.target).set("summary", change.summary);
  if (change.detail) json.set("detail", *std::move(change.detail));
  Response response = answer(json);
  response.content_type = kPlanType;
  return response;
}

bool is_parameter(const std::string& segment) {
  return segment.size() > 2 && segment.front() == '{' && segment.back() == '}';
}

bool matches(const std::vector<std::string>& pattern, const std::vector<std::string>& path) {
  return pattern.size() == path.size() &&
         std::equal(pattern.begin(), pattern.end(), path.begin(),
                    [](const std::string& want, const std::string& have) {
                      return is_parameter(want) ? !have.empty() : want == have;
                    });
}

std::optional<int> hex_digit(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return std::nullopt;
}

}  // namespace

bool percent_decode(std::string_view text, std::string& out) {
  out.clear();
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out.push_back(text[i]);
      continue;
    }
    if (i + 2 >= text.size()) return false;
    const auto high = hex_digit(text[i + 1]);
    const auto low = hex_digit(text[i + 2]);
    if (!high || !low) return false;
    out.push_back(static_cast<char>(*high * 16 + *low));
    i += 2;
  }
  return true;
}

std::string_view role_name(Role role) {
  switch (role) {
    case Role::none:
      return "none";
    case Role::viewer:
      return "viewer";
    case Role::operate:
      return "operator";
    case Role::admin:
      return "admin";
  }
  return "none";
}

bool parse_role(std::string_view word, Role& role) {
  for (const Role candidate : {Role::none, Role::viewer, Role::operate, Role::admin}) {
    if (role_name(candidate) != word) continue;
    role = candidate;
    return true;
  }
  return false;
}

Json list_of(Json items, std::string next) {
  Json json;
  json.set("items", std::move(items));
  if (!next.empty()) json.set("next", next);
  return json;
}

Response answer(const Json& json, int status) {
  Response response;
  response.status = status;
  response.body = json.dump() + "\n";
  return response;
}

Response no_content() {
  Response response;
  response.status = 204;
  response.content_type.clear();
  return response;
}

void Router::add(std::string_view method, std::string_view path, Role role, Handler handler,
                 std::size_t max_body) {
  routes_.push_back({std::string(method), std::string(path), split(path), role, std::move(handler),
                     max_body, false});
}

void Router::change(std::string_view method, std::string_view path, Role role, Preparer prepare,
                    std::size_t max_body) {
  add(
      method, path, role,
      [prepare = std::move(prepare)](const Request& request) -> Reply {
        Prepared prepared = prepare(request);
        if (!prepared) return refuse(std::move(prepared).error());
        if (request.dry_run) return plan_of(*prepared);
        return prepared->run();
      },
      max_body);
  routes_.back().plans = true;
}

Response Router::dispatch(Request& request) const {
  Reply reply = call(request);
  return reply ? *std::move(reply) : reply.error().to_response(request);
}

Reply Router::call(Request& request) const {
  const std::vector<std::string> path = split(request.path);
  const std::string method = request.method == "HEAD" ? "GET" : request.method;
  const Route* route = nullptr;
  std::string allowed;
  for (const Route& candidate : routes_) {
    if (!matches(candidate.segments, path)) continue;
    if (candidate.method == method) {
      route = &candidate;
      break;
    }
    allowed.append(allowed.empty() ? "" : ", ").append(candidate.method);
  }
  if (route) request.route = route->path;
  // Who shows nothing learns nothing, not even which resources there are.
  if (request.role == Role::none && (!route || route->role != Role::none)) {
    Response response = Refusal(Problem::unauthenticated, "credentials are missing or wrong")
                            .with_hint("a token: --token-file FILE; or the node's unix socket")
                            .to_response(request);
    response.set_header("WWW-Authenticate", "Bearer");
    return response;
  }
  if (!route && allowed.empty()) return refuse(Problem::not_found, "no resource " + request.path);
  if (!route) {
    Response response = Refusal(Problem::method_not_allowed,
                                request.path + " takes " + allowed + ", not " + request.method)
                            .to_response(request);
    response.set_header("Allow", allowed);
    return response;
  }
  if (request.role < route->role) {
    return refuse(
        Refusal(Problem::forbidden, "this needs the role " + std::string(role_name(route->role)) +
                                        ", the caller has " + std::string(role_name(request.role)))
            .with_hint("use the node's unix socket: goaktctl --endpoint unix:///path"));
  }
  if (request.body.size() > route->max_body) {
    return refuse(Refusal(Problem::body_too_large,
                          "the body has " + std::to_string(request.body.size()) +
                              " bytes, at most " + std::to_string(route->max_body) + " are taken"));
  }
  if (request.dry_run && method != "GET" && !route->plans)
    return refuse(Problem::invalid_argument, "this cannot be tried with dryRun; nothing was done");
  for (std::size_t i = 0; i < path.size(); ++i) {
    if (!is_parameter(route->segments[i])) continue;
    std::string value;
    if (!percent_decode(path[i], value))
      return refuse(Problem::invalid_argument, "bad percent escape in the path");
    request.params[route->segments[i].substr(1, route->segments[i].size() - 2)] = std::move(value);
  }
  try {
    return route->handler(request);
  } catch (const std::exception& error) {
    return refuse(Problem::internal, error.what());
  }
}

std::vector<Router::Entry> Router::list() const {
  std::vector<Entry> entries;
  for (const Route& route : routes_)
    entries.push_back({route.method, route.path, route.role, route.plans});
  return entries;
}

}  // namespace goakt::admin
