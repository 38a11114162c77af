#pragma once

#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>

#include <optional>

namespace goakt::net::internal {

// Asio's part of a loop. Only loop.cc, readiness.cc and resolve.cc look inside: each file that
// knows Asio takes seconds to compile.
struct Reactor {
  using Executor = boost::asio::io_context::executor_type;

  boost::asio::io_context context{1};
  std::optional<boost::asio::executor_work_guard<Executor>> work;  // until the loop stops
};

}  // namespace goakt::net::internal
