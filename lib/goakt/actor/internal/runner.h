#pragma once

#include "goakt/actor/internal/dispatcher.h"
#include "goakt/actor/internal/receive_access.h"

namespace goakt::internal {

// Runs turns, one after the other, on the thread that owns it. What a turn needs of its thread is
// made once, so that a turn of one message costs little more than its handler.
class Runner {
 public:
  explicit Runner(TurnState& state) : state_(state), ctx_(ReceiveAccess::make(Pid())) {}

  Runner(const Runner&) = delete;
  Runner& operator=(const Runner&) = delete;

  // The caller has activated the cell.
  TurnEnd turn(Cell& cell);

 private:
  // Plain: neither bounded nor passivated by count nor timed.
  template <bool kPlain>
  TurnEnd run(Cell& cell);
  void handle(Cell& cell, Envelope* message);
  void handle_control(Cell& cell, Envelope* message);
  bool run_control(Cell& cell);
  std::uint32_t now_ms(const System& system);
  void read_clock(const System& system, std::uint32_t beat);

  TurnState& state_;
  ReceiveContext ctx_;
};

}  // namespace goakt::internal
