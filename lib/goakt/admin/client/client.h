#pragma once

#include "goakt/admin/client/endpoints.h"
#include "goakt/admin/client/problem.h"
#include "goakt/backend/http/client.h"

#include <chrono>
#include <functional>
#include <string>
#include <string_view>

namespace goakt::admin {

struct Answer {
  int status = 0;
  std::string body;
  std::string content_type;
  std::vector<http::Header> headers;
};

// The media type of a plan: what a call with Options::dry_run would have done.
inline constexpr std::string_view kPlanAnswer = "application/vnd.goakt.plan+json";

using CallResult = tl::expected<Answer, CallFailure>;

// What is asked for. The target is path and query, encoded.
struct Call {
  std::string method = "GET";
  std::string target;
  std::string body;
  std::string content_type;
  std::vector<http::Header> headers;
};

// Calls the admin API of whichever endpoint answers first, and stays with it.
//
// After a failure the endpoint goes to the end of the list for this run. A call that nobody took
// (no connection, 429, 503) goes to the next endpoint and is tried again in rounds, after what
// Retry-After says; reads also after whatever else failed on the way, 502 and 504. Each POST
// carries an Idempotency-Key, so one whose connection broke is repeated too, but only at the node
// that may have taken it, which knows the key. One thread.
class Client {
 public:
  struct Options {
    std::chrono::milliseconds timeout{10'000};
    int retries = 2;
    std::string request_id;  // empty: a random one per call
    // Of every call that changes something only the plan is asked for; see kPlanType.
    bool dry_run = false;
    std::string token;
    http::Tls tls;
    // What happens on the wire: 1 calls and failures, 2 headers, 3 bodies. The token is masked.
    int trace_level = 0;
    std::function<void(std::string_view)> trace;
  };

  Client(Endpoints endpoints, Options options);

  [[nodiscard]] CallResult call(Call call);
  [[nodiscard]] CallResult get(std::string_view target);
  [[nodiscard]] CallResult post(std::string_view target, std::string body,
                                std::string_view content_type = "application/json");
  [[nodiscard]] CallResult erase(std::string_view target);
  // One stream until its end, each piece to `receive`; no repeating, that needs to know where it
  // stood. `idle` is the longest silence: a server sends a heartbeat every 15 s.
  [[nodiscard]] CallResult stream(Call call, const http::Client::Receiver& receive,
                                  std::chrono::milliseconds idle = std::chrono::seconds(40));

  // Gives each following request this long; for calls whose work is known to take its time.
  void set_timeout(std::chrono::milliseconds timeout);

  // The endpoint in use, or the next to be tried.
  const http::Address& endpoint() const { return endpoints_.addresses.front(); }

 private:
  [[nodiscard]] Result<http::Response> try_endpoints(const http::Request& request);
  http::Request prepare(Call call, std::string& id);
  http::Client& connection();
  void pass_over();
  void trace(int level, std::string_view line) const;
  void trace_answer(const http::Response& response) const;

  Endpoints endpoints_;
  Options options_;
  std::vector<http::Client> connections_;  // at most one: the endpoint in use, addresses[0]
};

}  // namespace goakt::admin
