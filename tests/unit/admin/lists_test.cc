#include "goakt/admin/actor_filter.h"
#include "goakt/admin/cursor.h"
#include "tests/unit/admin/running_node.h"

using namespace goakt;
using namespace goakt::admin;
using namespace std::chrono_literals;

namespace {

const WallTime kNow{std::chrono::seconds(1'700'000'000)};

Request asking(std::string_view name, std::string_view value) {
  Request request;
  request.query.emplace(name, value);
  return request;
}

std::size_t count_of(const std::string& text, std::string_view part) {
  std::size_t count = 0;
  for (auto at = text.find(part); at != std::string::npos; at = text.find(part, at + 1)) ++count;
  return count;
}

}  // namespace

TEST_CASE("a cursor comes back as it went, lives ten minutes and only for its list") {
  const Cursor cursor{0x123456789abcdef0};
  const std::string text = cursor.to_text("list", kNow);
  CHECK(text.find_first_of("+/=") == std::string::npos);
  const auto back = Cursor::parse(text, "list", kNow + 9min);
  REQUIRE(back);
  CHECK(back->position == cursor.position);
  CHECK(Cursor::parse("", "list", kNow)->position == 0);
  for (const auto& expired :
       {Cursor::parse(text, "list", kNow + 11min), Cursor::parse(text, "other", kNow)}) {
    REQUIRE(!expired);
    CHECK(expired.error().problem() == Problem::page_expired);
  }
  for (const std::string& bad :
       {std::string("x"), text + "AAAA", text.substr(1), std::string(99, 'A'),
        std::string("\0\xff", 2), std::string("====")}) {
    const auto parsed = Cursor::parse(bad, "list", kNow);
    REQUIRE(!parsed);
    CHECK(parsed.error().problem() == Problem::invalid_argument);
  }
}

TEST_CASE("a filter's mistakes are told with the term") {
  for (const char* bad :
       {"x", "=", "nothing=1", "metrics.none>1", "metrics.mailbox>x", "metrics.mailbox~1", "name>a",
        "name~(", "name~a{9999}", "kind=a,,", "metrics.mailbox>", "!", "node>x"}) {
    const auto filter = ActorFilter::of(asking("filter", bad), "127.0.0.1:0");
    REQUIRE_MESSAGE(!filter, bad);
    CHECK(filter.error().problem() == Problem::invalid_argument);
  }
  std::string many;
  for (int i = 0; i < 40; ++i) many += "kind=a,";
  CHECK(!ActorFilter::of(asking("filter", many), ""));
  CHECK(!ActorFilter::of(asking("filter", "name~" + std::string(200, 'a')), ""));
}

TEST_CASE("filters, sorting and their limits") {
  Running running;
  for (const char* name : {"order-2", "order-1", "cart-1"}) running.spawn(name);
  auto client = running.by_port();
  const auto names = [&](const std::string& query) {
    const auto response = call(client, get("/v1/actors?" + query));
    CHECK_MESSAGE(response.status == 200, query);
    return response.body;
  };
  CHECK(count_of(names("prefix=order"), "\"name\":") == 2);
  CHECK(count_of(names("filter=name~%5Eorder-%5B12%5D%24"), "\"name\":") == 2);
  CHECK(count_of(names("filter=name!=cart-1,state=running,kind=test.quiet"), "\"name\":") == 2);
  CHECK(count_of(names("filter=metrics.mailbox%3E0"), "\"name\":") == 0);
  CHECK(count_of(names("filter=node=self,impl=cpp,singleton=false,role="), "\"name\":") == 3);
  CHECK(count_of(names("filter=node!=self"), "\"name\":") == 0);
  CHECK(count_of(names("kind=none"), "\"name\":") == 0);
  const std::string sorted = names("sort=-name&limit=2");
  CHECK(count_of(sorted, "\"name\":") == 2);
  CHECK(sorted.find("order-2") < sorted.find("order-1"));
  CHECK(status_of(client, get("/v1/actors?sort=color")) == 400);
  CHECK(status_of(client, get("/v1/actors?sort=metrics.processed")) == 200);
  for (int i = 0; i < 1001; ++i) running.spawn("many-" + std::to_string(i));
  CHECK(contains(call(client, get("/v1/actors?sort=name")).body, "sort-needs-scope"));
  CHECK(count_of(names("sort=name&prefix=order"), "\"name\":") == 2);
}

TEST_CASE("a page of another run of the node is gone") {
  std::string next;
  {
    Running running;
    for (int i = 0; i < 20; ++i) running.spawn("a-" + std::to_string(i));
    auto client = running.by_port();
    const auto page = call(client, get("/v1/actors?limit=5"));
    const auto at = page.body.find("\"next\":\"") + 8;
    next = page.body.substr(at, page.body.find('"', at) - at);
    CHECK(status_of(client, get("/v1/actors?page=" + next)) == 200);
  }
  Running another;
  auto client = another.by_port();
  CHECK(status_of(client, get("/v1/actors?page=" + next)) == 410);
}

// A million where it is quick enough; the shape of the work is the same with fewer.
#ifdef GOAKT_SANITIZED
constexpr std::size_t kMany = 30'000;
#else
constexpr std::size_t kMany = 1'000'000;
#endif

TEST_CASE("pages walk over all of very many actors, the tree and top look at them in time") {
  Running running({{"system.passivation-timeout", "1h"}});
  for (std::size_t i = 0; i < kMany; ++i) {
    const auto pid = running.node().system().spawn<Parrot>("m" + std::to_string(i));
    if (!pid) REQUIRE(pid);
  }
  auto client = running.by_socket();
  std::size_t seen = 0;
  std::string page;
  do {
    const auto response = call(client, get("/v1/actors?limit=1000&fields=name&page=" + page));
    REQUIRE(response.status == 200);
    seen += count_of(response.body, "\"name\":");
    const auto at = response.body.find("\"next\":\"");
    page = at == std::string::npos
               ? std::string()
               : response.body.substr(at + 8, response.body.find('"', at + 8) - at - 8);
  } while (!page.empty());
  CHECK(seen == kMany);
  const auto tree = call(client, get("/v1/tree?depth=2"));
  CHECK(tree.status == 200);
  CHECK(contains(tree.body, "\"more\":" + std::to_string(kMany - 20)));
  CHECK(status_of(client, get("/v1/top?by=mailbox&windowMs=10&rows=5")) == 200);
  CHECK(status_of(client, get("/metrics")) == 200);
}
