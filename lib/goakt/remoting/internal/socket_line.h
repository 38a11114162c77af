#pragma once

#include "goakt/net/connection.h"
#include "goakt/remoting/line.h"

#include <memory>

namespace goakt::remoting {

std::unique_ptr<Line> socket_line(net::Connection connection);

}  // namespace goakt::remoting
