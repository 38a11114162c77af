#include "goakt/node/plugin.h"

#include "account.h"
#include "auditor.h"
#include "branch.h"
#include "crasher.h"
#include "transfers.h"

// What `goaktd --plugins.load bank.so` offers: kinds that `goaktctl spawn NAME --kind KIND` starts.
GOAKT_PLUGIN("bank", plugin) {
  const auto restart = std::make_shared<goakt::Supervisor>();
  restart->any_error(goakt::Directive::restart);

  plugin.actor<bank::Account>("bank.account");
  plugin.actor<bank::Branch>("bank.branch", {.long_lived = true});
  plugin.actor<bank::Transfers>("bank.transfers", {.long_lived = true});
  plugin.actor<bank::Auditor>("bank.auditor", {.long_lived = true});
  plugin.actor<bank::Crasher>("bank.crasher", {.long_lived = true, .supervisor = restart});
}
