#include "goakt/remoting/internal/exchange.h"

#include "tests/unit/remoting/support.h"

using namespace goakt;
using namespace goakt::remoting;

namespace {

// A connection that does not take what is sent, and has not said yet that it has ended.
class Refusing final : public Line {
 public:
  explicit Refusing(ErrorCode why) : why_(why) {}

  void start(std::shared_ptr<net::ConnectionHandler>) override {}

  Status send(net::Bytes) override { return fail(why_); }

  bool is_congested() const override { return false; }

  void pause() override {}

  void resume() override {}

  void close() override {}

  bool post(net::Function<void()>) override { return true; }

 private:
  const ErrorCode why_;
};

}  // namespace

TEST_CASE("a connection that takes nothing more has ended, one that is full has not") {
  const auto system = ActorSystem::create("sys");
  REQUIRE(system);
  for (const auto why : {ErrorCode::connection_lost, ErrorCode::remote_send_backpressure}) {
    const bool is_end = why == ErrorCode::connection_lost;
    const auto exchange = Exchange::start(RemoteAccess(**system), std::make_unique<Refusing>(why));
    std::string told;
    exchange->on_end([&told] { told += "end "; });
    exchange->send(net::Bytes::constant("frame"), TimePoint(),
                   [&told, why](Result<std::string_view> answer) {
                     REQUIRE(!answer);
                     CHECK(answer.error().code() == why);
                     told += "answered";
                   });
    CHECK(told == (is_end ? "end answered" : "answered"));
    CHECK(exchange->is_open() == !is_end);
  }
}
