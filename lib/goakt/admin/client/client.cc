#include "goakt/admin/client/client.h"

#include "goakt/base/ulid.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <thread>

namespace goakt::admin {

namespace {

using std::chrono::milliseconds;

bool is_read(const http::Request& request) {
  return request.method == "GET" || request.method == "HEAD";
}

// Nobody did anything about the request: it may go to whomever. A 503 for want of a place for an
// actor is an answer, not a state of the server.
bool was_turned_away(const http::Response& response) {
  if (response.status == 429) return true;
  return response.status == 503 && response.body.find("no-eligible-node") == std::string::npos;
}

bool worth_another_endpoint(const http::Request& request, const http::Response& response) {
  return was_turned_away(response) ||
         (is_read(request) && (response.status == 502 || response.status == 504));
}

bool worth_another_round(const http::Request& request, const http::Response& response) {
  return was_turned_away(response) || (is_read(request) && response.status == 502);
}

// Waiting only makes sense for requests that may be sent twice.
bool worth_another_round(const http::Request& request, const Error& error) {
  if (error.is(ErrorCode::unreachable)) return true;
  // All but PATCH: reads, what carries a key, what is the same done twice.
  return error.is(ErrorCode::connection_lost) && request.method != "PATCH";
}

// 100 ms * 2^n with full jitter, at most 2 s.
milliseconds pause(int round) {
  const auto limit = std::min(2'000U, 100U << std::min(round, 5));
  return milliseconds(Rng::local().below(limit + 1));
}

// What the server asks for, at most 5 s.
milliseconds retry_after(const http::Response& response) {
  const std::string_view text = response.header("Retry-After");
  unsigned seconds = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), seconds);
  return error == std::errc() ? std::chrono::seconds(std::min(seconds, 5U)) : milliseconds(0);
}

}  // namespace

Client::Client(Endpoints endpoints, Options options)
    : endpoints_(std::move(endpoints)), options_(std::move(options)) {}

void Client::set_timeout(milliseconds timeout) {
  options_.timeout = timeout;
  connections_.clear();
}

CallResult Client::get(std::string_view target) {
  return call({"GET", std::string(target), {}, {}, {}});
}

CallResult Client::post(std::string_view target, std::string body, std::string_view content_type) {
  return call({"POST", std::string(target), std::move(body), std::string(content_type), {}});
}

CallResult Client::erase(std::string_view target) {
  return call({"DELETE", std::string(target), {}, {}, {}});
}

void Client::trace(int level, std::string_view line) const {
  if (options_.trace && options_.trace_level >= level) options_.trace(line);
}

void Client::trace_answer(const http::Response& response) const {
  trace(1, "status " + std::to_string(response.status));
  for (const http::Header& header : response.headers)
    trace(2, "< " + header.name + ": " + header.value);
  if (!response.body.empty()) trace(3, "< " + response.body);
}

http::Request Client::prepare(Call call, std::string& id) {
  id = options_.request_id.empty() ? make_ulid() : options_.request_id;
  http::Request request;
  request.method = std::move(call.method);
  request.target = std::move(call.target);
  if (options_.dry_run && !is_read(request))
    request.target +=
        request.target.find('?') == std::string::npos ? "?dryRun=true" : "&dryRun=true";
  request.body = std::move(call.body);
  request.content_type = std::move(call.content_type);
  request.headers = std::move(call.headers);
  request.headers.push_back({"X-Request-Id", id});
  request.headers.push_back({"Accept", "*/*"});
  if (request.method == "POST") request.headers.push_back({"Idempotency-Key", make_ulid()});
  trace(1, request.method + " " + request.target);
  for (const http::Header& header : request.headers)
    trace(2, "> " + header.name + ": " + header.value);
  if (!options_.token.empty()) {
    trace(2, "> Authorization: Bearer <masked>");
    request.headers.push_back({"Authorization", "Bearer " + options_.token});
  }
  if (!request.body.empty()) trace(3, "> " + request.body);
  return request;
}

http::Client& Client::connection() {
  if (connections_.empty()) {
    const auto connect = std::min<milliseconds>(options_.timeout, std::chrono::seconds(5));
    connections_.emplace_back(endpoint(), http::Client::Timeouts{connect, options_.timeout},
                              options_.tls);
  }
  return connections_.front();
}

void Client::pass_over() {
  connections_.clear();
  auto& list = endpoints_.addresses;
  std::rotate(list.begin(), list.begin() + 1, list.end());
}

Result<http::Response> Client::try_endpoints(const http::Request& request) {
  std::optional<Error> reason;
  for (std::size_t tried = 0; tried < endpoints_.addresses.size(); ++tried) {
    auto response = connection().send(request);
    const bool last = tried + 1 == endpoints_.addresses.size();
    if (response && (last || !worth_another_endpoint(request, *response))) return response;
    trace(1, response ? endpoint().to_string() + ": status " + std::to_string(response->status)
                      : response.error().message());
    // Whoever may have taken a write is asked again, nobody else.
    if (!response && !is_read(request) && !response.error().is(ErrorCode::unreachable)) {
      connections_.clear();
      return response;
    }
    pass_over();
    // The first endpoint is the one that was meant; its reason says more than the last one's.
    if (!response && !reason) reason = std::move(response).error();
  }
  return unexpected(std::move(*reason));
}

CallResult Client::call(Call call) {
  std::string id;
  const http::Request request = prepare(std::move(call), id);
  const auto give_up = std::chrono::steady_clock::now() + options_.timeout * (options_.retries + 1);
  for (int round = 0;; ++round) {
    auto response = try_endpoints(request);
    const bool again = response ? worth_another_round(request, *response)
                                : worth_another_round(request, response.error());
    const auto wait = std::max(pause(round), response ? retry_after(*response) : milliseconds(0));
    if (again && round < options_.retries && std::chrono::steady_clock::now() + wait < give_up) {
      trace(1, "pause " + std::to_string(wait.count()) + " ms");
      std::this_thread::sleep_for(wait);
      continue;
    }
    if (!response) {
      CallFailure failure = CallFailure::from_error(response.error(), id);
      if (failure.exit == 6 && failure.hint.empty())
        failure.hint = "is goaktd running? start one with: goaktd";
      return tl::unexpected<CallFailure>(std::move(failure));
    }
    trace_answer(*response);
    if (response->status >= 400)
      return tl::unexpected<CallFailure>(
          CallFailure::from_answer(response->status, response->body));
    return Answer{response->status, std::move(response->body),
                  std::string(response->header("content-type")), std::move(response->headers)};
  }
}

CallResult Client::stream(Call call, const http::Client::Receiver& receive, milliseconds idle) {
  std::string id;
  const http::Request request = prepare(std::move(call), id);
  const auto connect = std::min<milliseconds>(options_.timeout, std::chrono::seconds(5));
  std::optional<CallFailure> failure;
  for (std::size_t tried = 0; tried < endpoints_.addresses.size(); ++tried) {
    http::Client connection(endpoint(), {connect, idle}, options_.tls);
    auto response = connection.stream(request, receive);
    if (response && response->status < 400)
      return Answer{response->status,
                    {},
                    std::string(response->header("content-type")),
                    std::move(response->headers)};
    CallFailure now = response ? CallFailure::from_answer(response->status, response->body)
                               : CallFailure::from_error(response.error(), id);
    const bool next =
        response ? was_turned_away(*response) : response.error().is(ErrorCode::unreachable);
    trace(1, now.detail);
    if (!failure) failure = std::move(now);
    if (!next) break;
    pass_over();
  }
  return tl::unexpected<CallFailure>(std::move(*failure));
}

}  // namespace goakt::admin
