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
};

using CallResult = tl::expected<Answer, CallFailure>;

// Calls the admin API of whichever endpoint answers first, and stays with it.
//
// After a failure the endpoint goes to the end of the list for this run. Reads are repeated on
// whatever failed on the way; a POST only when nobody took the connection, so nothing is done
// twice. Each POST carries an Idempotency-Key and each call a request id. One thread.
class Client {
 public:
  struct Options {
    std::chrono::milliseconds timeout{10'000};
    int retries = 2;
    std::string request_id;  // empty: a random one per call
    // What happens on the wire, for -v.
    std::function<void(std::string_view)> trace;
  };

  Client(Endpoints endpoints, Options options);

  [[nodiscard]] CallResult get(std::string_view target);
  [[nodiscard]] CallResult post(std::string_view target, std::string body,
                                std::string_view content_type = "application/json");
  [[nodiscard]] CallResult erase(std::string_view target);

  // Gives each following request this long; for calls whose work is known to take its time.
  void set_timeout(std::chrono::milliseconds timeout);

 private:
  [[nodiscard]] CallResult call(http::Request request);
  [[nodiscard]] Result<http::Response> try_endpoints(const http::Request& request);

  Endpoints endpoints_;
  Options options_;
  std::vector<http::Client> connections_;  // at most one: the endpoint in use, addresses[0]
};

}  // namespace goakt::admin
