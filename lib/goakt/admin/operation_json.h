#pragma once

#include "goakt/admin/json.h"
#include "goakt/admin/router.h"

namespace goakt::node {
class Operation;
struct OperationFailure;
struct OperationStatus;
}  // namespace goakt::node

namespace goakt::admin {

Json operation_json(const node::OperationStatus& status);
Json failure_json(const node::OperationFailure& failure);
// 202: it has begun; where to look.
Response accepted(const node::Operation& operation);

}  // namespace goakt::admin
