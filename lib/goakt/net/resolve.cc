#include "goakt/net/resolve.h"

#include "goakt/net/internal/loop_core.h"
#include "goakt/net/internal/reactor.h"

#include <boost/asio/ip/tcp.hpp>

namespace goakt::net {

namespace {

namespace ip = boost::asio::ip;

Endpoint to_endpoint(const ip::tcp::endpoint& found) {
  if (found.address().is_v4())
    return Endpoint::v4(found.address().to_v4().to_bytes(), found.port());
  const ip::address_v6 v6 = found.address().to_v6();
  return Endpoint::v6(v6.to_bytes(), found.port(), static_cast<std::uint32_t>(v6.scope_id()));
}

struct Question final : internal::Resident, std::enable_shared_from_this<Question> {
  Question(std::shared_ptr<internal::LoopCore> owner, std::string asked,
           Function<void(Result<std::vector<Endpoint>>)> told)
      : loop(std::move(owner)),
        resolver(loop->reactor->context),
        name(std::move(asked)),
        done(std::move(told)) {}

  void ask(std::uint16_t asked_port) {
    port = asked_port;
    if (loop->is_stopping) return on_loop_stop();
    loop->residents.insert(this);
    resolver.async_resolve(name, std::to_string(port), ip::tcp::resolver::numeric_service,
                           [self = shared_from_this()](const boost::system::error_code& error,
                                                       const ip::tcp::resolver::results_type& all) {
                             self->answer(error, all);
                           });
  }

  void answer(const boost::system::error_code& error, const ip::tcp::resolver::results_type& all) {
    std::vector<Endpoint> found;
    for (const auto& entry : all) found.push_back(to_endpoint(entry.endpoint()));
    // RFC 6761: the name means this machine, also where no file of hosts says so.
    if (found.empty() && name == "localhost") found.push_back(Endpoint::v4({127, 0, 0, 1}, port));
    if (found.empty())
      return end(fail(ErrorCode::unreachable,
                      "resolve " + name + ": " + (error ? error.message() : "has no address")));
    end(std::move(found));
  }

  void end(Result<std::vector<Endpoint>> result) {
    loop->residents.erase(this);
    if (auto told = std::move(done)) told(std::move(result));
  }

  void on_loop_stop() override {
    resolver.cancel();
    end(fail(ErrorCode::system_shutting_down));
  }

  std::shared_ptr<internal::LoopCore> loop;
  ip::tcp::resolver resolver;
  std::string name;
  std::uint16_t port = 0;
  Function<void(Result<std::vector<Endpoint>>)> done;
};

}  // namespace

void resolve(const Loop& loop, const std::string& name, std::uint16_t port,
             Function<void(Result<std::vector<Endpoint>>)> done) {
  loop.post([core = loop.core(), name, port, done = std::move(done)]() mutable {
    if (auto endpoint = Endpoint::parse(name, port)) return done(std::vector{*endpoint});
    std::make_shared<Question>(core, std::move(name), std::move(done))->ask(port);
  });
}

}  // namespace goakt::net
