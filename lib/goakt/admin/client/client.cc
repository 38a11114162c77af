#include "goakt/admin/client/client.h"

#include "goakt/base/ulid.h"

#include <algorithm>
#include <optional>
#include <thread>

namespace goakt::admin {

namespace {

bool worth_another_try(int status) {
  return status == 429 || status == 502 || status == 503 || status == 504;
}

// 100 ms * 2^n with full jitter, at most 2 s.
std::chrono::milliseconds pause(int round) {
  const auto limit = std::min(2'000U, 100U << std::min(round, 5));
  return std::chrono::milliseconds(Rng::local().below(limit + 1));
}

}  // namespace

Client::Client(Endpoints endpoints, Options options)
    : endpoints_(std::move(endpoints)), options_(std::move(options)) {}

void Client::set_timeout(std::chrono::milliseconds timeout) {
  options_.timeout = timeout;
  connections_.clear();
}

CallResult Client::get(std::string_view target) {
  http::Request request;
  request.target = target;
  return call(std::move(request));
}

CallResult Client::post(std::string_view target, std::string body, std::string_view content_type) {
  http::Request request;
  request.method = "POST";
  request.target = target;
  request.body = std::move(body);
  request.content_type = content_type;
  request.headers.push_back({"Idempotency-Key", make_ulid()});
  return call(std::move(request));
}

CallResult Client::erase(std::string_view target) {
  http::Request request;
  request.method = "DELETE";
  request.target = target;
  return call(std::move(request));
}

Result<http::Response> Client::try_endpoints(const http::Request& request) {
  const bool repeatable = request.method == "GET";
  std::optional<Error> reason;
  for (std::size_t tried = 0; tried < endpoints_.addresses.size(); ++tried) {
    if (connections_.empty()) {
      const auto connect =
          std::min<std::chrono::milliseconds>(options_.timeout, std::chrono::seconds(5));
      connections_.emplace_back(endpoints_.addresses.front(),
                                http::Client::Timeouts{connect, options_.timeout});
    }
    auto response = connections_.front().send(request);
    const bool last = tried + 1 == endpoints_.addresses.size();
    if (response && (last || !repeatable || !worth_another_try(response->status))) return response;
    if (options_.trace) {
      options_.trace(response ? endpoints_.addresses.front().to_string() + ": status " +
                                    std::to_string(response->status)
                              : response.error().message());
    }
    connections_.clear();
    std::rotate(endpoints_.addresses.begin(), endpoints_.addresses.begin() + 1,
                endpoints_.addresses.end());
    if (response) continue;
    // The first endpoint is the one that was meant; its reason says more than the last one's.
    const bool nobody_there = response.error().is(ErrorCode::unreachable);
    if (!nobody_there && !repeatable) return response;
    if (!reason) reason = std::move(response).error();
  }
  return unexpected(std::move(*reason));
}

CallResult Client::call(http::Request request) {
  const std::string id = options_.request_id.empty() ? make_ulid() : options_.request_id;
  request.headers.push_back({"X-Request-Id", id});
  request.headers.push_back({"Accept", "*/*"});
  if (options_.trace) options_.trace(request.method + " " + request.target);
  for (int round = 0;; ++round) {
    auto response = try_endpoints(request);
    const bool again =
        response ? request.method == "GET" && worth_another_try(response->status) &&
                       response->status != 504
                 : response.error().is(ErrorCode::unreachable) ||
                       (request.method == "GET" && response.error().is(ErrorCode::connection_lost));
    if (again && round < options_.retries) {
      std::this_thread::sleep_for(pause(round));
      continue;
    }
    if (!response) {
      CallFailure failure = CallFailure::from_error(response.error(), id);
      if (failure.exit == 6 && failure.hint.empty())
        failure.hint = "is goaktd running? start one with: goaktd";
      return tl::unexpected<CallFailure>(std::move(failure));
    }
    if (options_.trace) options_.trace("status " + std::to_string(response->status));
    if (response->status >= 400)
      return tl::unexpected<CallFailure>(
          CallFailure::from_answer(response->status, response->body));
    return Answer{response->status, std::move(response->body),
                  std::string(response->header("content-type"))};
  }
}

}  // namespace goakt::admin
