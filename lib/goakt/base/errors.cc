#include "goakt/base/errors.h"

#include <string>

namespace goakt::errors {

namespace {

// "label=(what) text", the form of most of GoAkt's constructors.
Error about(ErrorCode code, std::string_view label, std::string_view what) {
  std::string text(label);
  text.append("=(").append(what).append(") ").append(error_text(code));
  return Error(code, std::move(text));
}

// "(label=what) text", the form of the two lookups.
Error looked_up(ErrorCode code, std::string_view label, std::string_view what) {
  std::string text("(");
  text.append(label).append("=").append(what).append(") ").append(error_text(code));
  return Error(code, std::move(text));
}

Error typed(ErrorCode code, std::string_view cause) {
  std::string text(error_text(code));
  text.append(": ").append(cause);
  return Error(code, std::move(text));
}

}  // namespace

Error actor_not_found(std::string_view name) {
  return looked_up(ErrorCode::actor_not_found, "actor", name);
}

Error address_not_found(std::string_view address) {
  return looked_up(ErrorCode::address_not_found, "actor address", address);
}

Error actor_already_exists(std::string_view name) {
  return about(ErrorCode::actor_already_exists, "actor", name);
}

Error reserved_name(std::string_view name) {
  return about(ErrorCode::reserved_name, "name", name);
}

Error invalid_tcp_address(std::string_view address) {
  return about(ErrorCode::invalid_tcp_address, "address", address);
}

Error invalid_passivation_strategy(std::string_view strategy) {
  return about(ErrorCode::invalid_passivation_strategy, "passivation strategy", strategy);
}

Error panic(std::string_view cause) {
  return typed(ErrorCode::panic, cause);
}

Error internal(std::string_view cause) {
  return typed(ErrorCode::internal, cause);
}

Error spawn(std::string_view cause) {
  return typed(ErrorCode::spawn_error, cause);
}

Error rebalancing(std::string_view cause) {
  return typed(ErrorCode::rebalancing_error, cause);
}

Error unhandled(Error cause) {
  return Error::join(ErrorCode::unhandled, std::move(cause));
}

Error init_failure(Error cause) {
  return Error::join(ErrorCode::init_failure, std::move(cause));
}

Error invalid_message(Error cause) {
  return Error::join(ErrorCode::invalid_message, std::move(cause));
}

Error invalid_remote_message(Error cause) {
  return Error::join(ErrorCode::invalid_remote_message, std::move(cause));
}

Error remote_send_failure(Error cause) {
  return Error::join(ErrorCode::remote_send_failure, std::move(cause));
}

Error grain_activation_failure(Error cause) {
  return Error::join(ErrorCode::grain_activation_failure, std::move(cause));
}

Error grain_deactivation_failure(Error cause) {
  return Error::join(ErrorCode::grain_deactivation_failure, std::move(cause));
}

Error invalid_grain_identity(Error cause) {
  return Error::join(ErrorCode::invalid_grain_identity, std::move(cause));
}

}  // namespace goakt::errors
