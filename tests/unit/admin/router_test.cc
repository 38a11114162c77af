#include "goakt/admin/router.h"

#include <doctest/doctest.h>

#include <stdexcept>

using namespace goakt;
using namespace goakt::admin;

namespace {

Request request_for(std::string method, std::string path, Role role = Role::admin) {
  Request request;
  request.method = std::move(method);
  request.path = std::move(path);
  request.role = role;
  request.request_id = "r-1";
  return request;
}

Router sample() {
  Router router;
  router.add("GET", "/v1/actors", Role::viewer, [](const Request&) { return answer(Json()); });
  router.add("GET", "/v1/actors/{name}", Role::viewer, [](const Request& request) -> Reply {
    Json json;
    json.set("name", request.param("name"));
    return answer(json);
  });
  router.add("DELETE", "/v1/actors/{name}", Role::operate, [](const Request&) {
    return Response{204, "", "", {}, {}};
  });
  router.add(
      "POST", "/v1/actors/{name}/ask", Role::operate,
      [](const Request&) -> Reply { throw std::runtime_error("boom"); }, 4);
  return router;
}

Response dispatch(Request request) {
  return sample().dispatch(request);
}

}  // namespace

TEST_CASE("a named parameter takes one decoded segment, slashes included") {
  CHECK(dispatch(request_for("GET", "/v1/actors/order-7")).body == "{\"name\":\"order-7\"}\n");
  CHECK(dispatch(request_for("GET", "/v1/actors/p%2Fc%20x")).body == "{\"name\":\"p/c x\"}\n");
  CHECK(dispatch(request_for("GET", "/v1/actors/")).body == "{}\n");
}

TEST_CASE("an unknown path is a 404 problem and a wrong method a 405 that names the right ones") {
  const Response missing = dispatch(request_for("GET", "/v1/nothing"));
  CHECK(missing.status == 404);
  CHECK(missing.content_type == kProblemType);
  CHECK(missing.body.find("\"code\":\"not-found\"") != std::string::npos);
  CHECK(missing.body.find("\"requestId\":\"r-1\"") != std::string::npos);

  const Response wrong = dispatch(request_for("PUT", "/v1/actors/x"));
  CHECK(wrong.status == 405);
  REQUIRE(wrong.headers.size() == 1);
  CHECK(wrong.headers[0].second == "GET, DELETE");
}

TEST_CASE("a caller with too little right is refused before the handler runs") {
  CHECK(dispatch(request_for("DELETE", "/v1/actors/x", Role::viewer)).status == 403);
  CHECK(dispatch(request_for("DELETE", "/v1/actors/x", Role::operate)).status == 204);
  CHECK(dispatch(request_for("GET", "/v1/actors", Role::none)).status == 401);
  // Not even whether there is such a resource.
  CHECK(dispatch(request_for("GET", "/v1/nothing", Role::none)).status == 401);
}

TEST_CASE("a body over the route's limit, a broken escape and a throwing handler are problems") {
  Request large = request_for("POST", "/v1/actors/x/ask");
  large.body = "12345";
  CHECK(dispatch(std::move(large)).status == 413);
  CHECK(dispatch(request_for("GET", "/v1/actors/%zz")).status == 400);
  CHECK(dispatch(request_for("GET", "/v1/actors/%4")).status == 400);
  const Response thrown = dispatch(request_for("POST", "/v1/actors/x/ask"));
  CHECK(thrown.status == 500);
  CHECK(thrown.body.find("boom") != std::string::npos);
}
