#pragma once

#include "goakt/base/clock.h"
#include "goakt/base/export.h"
#include "goakt/base/result.h"
#include "goakt/net/bytes.h"
#include "goakt/net/connection.h"
#include "goakt/remoting/line.h"
#include "goakt/remoting/request.h"
#include "goakt/wire/frame.h"

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace goakt::remoting {

// The server's end of one connection: cuts the stream into requests and answers them in their
// order, one at a time, because that order is all that tells a peer which answer is whose. While a
// handler has not answered, nothing more is read: that is the peer's back-pressure.
class GOAKT_API Session final : public net::ConnectionHandler,
                                public Caller,
                                public std::enable_shared_from_this<Session> {
 public:
  Session(std::shared_ptr<const Handlers> handlers, std::unique_ptr<Line> line, Clock& clock,
          std::uint32_t max_frame_size = wire::kLargestMaxFrameSize);

  std::size_t on_data(std::string_view bytes) override;
  void on_drained() override;
  void on_close(Status why) override;

  void answer(net::Bytes frame) override;
  void hang_up() override;

 private:
  // Who goes on when a request was answered: the handler's caller when it had not returned yet,
  // else a task of its own.
  enum class Turn : std::uint8_t { handling, answered, waiting };

  // Both: false when no more can be read for now.
  bool serve(std::string_view frame);
  bool finish();
  void answered();
  void close();

  const std::shared_ptr<const Handlers> handlers_;
  const std::unique_ptr<Line> line_;
  Clock& clock_;
  const std::uint32_t max_frame_size_;
  bool is_open_ = true;
  bool is_waiting_ = false;  // for an answer; nothing is read
  std::atomic<Turn> turn_{Turn::handling};
  net::Bytes answer_;        // written before `answered`, read after it
  bool is_hung_up_ = false;  // the same
};

}  // namespace goakt::remoting
