#pragma once

#include "goakt/base/error.h"

#include <string_view>

// The errors whose text names what they are about; each keeps its code. A bare text needs no
// constructor: fail(ErrorCode::dead).
namespace goakt::errors {

// "(actor=X) actor not found"
GOAKT_API Error actor_not_found(std::string_view name);
// "(actor address=X) address not found"
GOAKT_API Error address_not_found(std::string_view address);
// "actor=(X) actor already exists"
GOAKT_API Error actor_already_exists(std::string_view name);
// "name=(X) actor name is reserved"
GOAKT_API Error reserved_name(std::string_view name);
// "address=(X) invalid TCP address"
GOAKT_API Error invalid_tcp_address(std::string_view address);
// "passivation strategy=(X) invalid passivation strategy, must be one of: ..."
GOAKT_API Error invalid_passivation_strategy(std::string_view strategy);

// "panic: cause", "internal error: cause", ...: the types that supervision knows by name.
GOAKT_API Error panic(std::string_view cause);
GOAKT_API Error internal(std::string_view cause);
GOAKT_API Error spawn(std::string_view cause);
GOAKT_API Error rebalancing(std::string_view cause);

// "unhandled message\ncause", ...: both codes stay testable with is().
GOAKT_API Error unhandled(Error cause);
GOAKT_API Error init_failure(Error cause);
GOAKT_API Error invalid_message(Error cause);
GOAKT_API Error invalid_remote_message(Error cause);
GOAKT_API Error remote_send_failure(Error cause);
GOAKT_API Error grain_activation_failure(Error cause);
GOAKT_API Error grain_deactivation_failure(Error cause);
GOAKT_API Error invalid_grain_identity(Error cause);

}  // namespace goakt::errors
