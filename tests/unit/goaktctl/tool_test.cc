#include "contexts.h"
#include "metric_text.h"
#include "output/jq.h"
#include "output/template.h"
#include "query.h"
#include "secrets.h"
#include "settings.h"

#include <doctest/doctest.h>
#include <nlohmann/json.hpp>

using namespace goaktctl;

TEST_CASE("a flag wins over the environment, that over the context, that over the default") {
  Context context;
  context.name = "prod";
  context.values = {{"timeout", {"3s"}}, {"endpoints", {"http://a:1", "http://b:2"}}};
  const auto none = [](const char*) { return std::optional<std::string>(); };
  const auto some = [](const char* name) {
    return std::string_view(name) == "GOAKTCTL_TIMEOUT" ? std::optional<std::string>("2s")
                                                        : std::nullopt;
  };
  using std::chrono::milliseconds;
  CHECK(Settings::resolve({}, none, nullptr).duration("timeout") == milliseconds(10'000));
  CHECK(Settings::resolve({}, none, &context).duration("timeout") == milliseconds(3'000));
  CHECK(Settings::resolve({}, some, &context).duration("timeout") == milliseconds(2'000));
  const Settings given = Settings::resolve({{"timeout", {"1s"}}}, some, &context);
  CHECK(given.duration("timeout") == milliseconds(1'000));
  CHECK(given.at("timeout").origin == Origin::flag);
  CHECK(given.at("endpoints").values.size() == 2);
  CHECK(given.at("endpoints").origin == Origin::context);
  CHECK(!given.complaint());
}

TEST_CASE("a wrong setting is named with where it stands") {
  const auto none = [](const char*) { return std::optional<std::string>(); };
  const auto wrong = [&](const char* key, const char* value) {
    return Settings::resolve({{key, {value}}}, none, nullptr).complaint().value_or("");
  };
  CHECK(wrong("timeout", "soon").starts_with("--timeout: \"soon\" is no duration"));
  CHECK(wrong("retries", "-1").starts_with("--retries"));
  CHECK(wrong("color", "red") == "--color: \"red\" must be one of auto|always|never");
  CHECK(wrong("timeout", "5s").empty());
}

TEST_CASE("an actor is named by name, by what -o name prints, or by its whole address") {
  CHECK(actor_target("order-7") == "/v1/actors/order-7");
  CHECK(actor_target("actor/order-7", "/ask") == "/v1/actors/order-7/ask");
  CHECK(actor_target("orders/order-7") == "/v1/actors/orders%2Forder-7");
  CHECK(actor_target("goakt://sys@10.0.0.3:50052/orders/order-7") ==
        "/v1/actors/orders%2Forder-7?node=10.0.0.3%3A50052");
  CHECK(Query("/v1/a?x=1").add("b", "c d").add("empty", "").target() == "/v1/a?x=1&b=c%20d");
}

TEST_CASE("jq gives each result once and says what is wrong") {
  std::string complaint;
  const auto jq = Jq::compile(".items[].name", complaint);
  REQUIRE(jq);
  std::vector<std::string> got;
  const auto take = [&](std::string_view result) { got.emplace_back(result); };
  CHECK(jq->run(R"({"items":[{"name":"a"},{"name":1}]})", take, complaint));
  CHECK(got == std::vector<std::string>{"a", "1"});
  CHECK(!jq->run("5", take, complaint));
  CHECK(complaint.find("index") != std::string::npos);
  CHECK(!Jq::compile(".items[", complaint));
  CHECK(!complaint.empty());
  // These would crash without the callbacks and the empty library path.
  for (const char* program : {"input", "debug", "inputs"}) {
    const auto risky = Jq::compile(program, complaint);
    REQUIRE(risky);
    risky->run("{}", take, complaint);
  }
  CHECK(!Jq::compile("import \"x\" as x; .", complaint));
}

TEST_CASE("a template knows paths and three escapes") {
  Template text;
  std::string complaint;
  REQUIRE(Template::parse("{name}\\t{a.b}|{none}\\n\\\\", text, complaint));
  CHECK(text.fill({{"name", "x"}, {"a", {{"b", 1204}}}}) == "x\t1204|\n\\");
  CHECK(!Template::parse("{name", text, complaint));
}

TEST_CASE("Prometheus' text becomes samples with type, labels and value") {
  const auto samples = read_metrics(
      "# HELP goakt_actors Actors by kind.\n# TYPE goakt_actors gauge\n"
      "goakt_actors{kind=\"demo.echo\"} 3\n"
      "# TYPE h histogram\nh_bucket{le=\"+Inf\"} 2\nh_sum 1.5\nplain 1e3 1700000000\n"
      "quoted{a=\"x\\\"y\\\\z\"} 1\nbad{a=\"x 1\nworse\n");
  REQUIRE(samples.size() == 5);
  CHECK(samples[0]["value"] == 3);
  CHECK(samples[0]["labels"]["kind"] == "demo.echo");
  CHECK(samples[0]["type"] == "gauge");
  CHECK(samples[1]["type"] == "histogram");
  CHECK(samples[2]["value"] == 1.5);
  CHECK(samples[3]["value"] == 1000);
  CHECK(samples[4]["labels"]["a"] == "x\"y\\z");
}

TEST_CASE("no secret leaves in a bundle, at whatever depth and however it is listed") {
  Document document = Document::parse(R"({
    "items": [{"key": "discovery.etcd.password", "value": "hunter2"},
              {"key": "admin.token-file", "value": "hunter2", "default": ""},
              {"key": "discovery.consul.token", "value": "hunter2"},
              {"key": "tls.key", "value": "hunter2"},
              {"key": "log.level", "value": "info"}],
    "nested": {"apiToken": "hunter2", "client-secret": ["hunter2"], "PASSWORD": {"a": "hunter2"}},
    "Authorization": "hunter2"})");
  mask_secrets(document);
  const std::string text = document.dump();
  CHECK(text.find("hunter2") == std::string::npos);
  CHECK(text.find("\"info\"") != std::string::npos);
  CHECK(text.find("discovery.etcd.password") != std::string::npos);
}
