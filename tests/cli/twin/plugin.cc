#include "cli_ping.pb.h"

#include <goakt/node/plugin.h>

GOAKT_PLUGIN("twin", plugin) {
  plugin.messages<cliping::Ping>();
}
