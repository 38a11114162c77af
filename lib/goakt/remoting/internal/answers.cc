#include "goakt/remoting/internal/answers.h"

#include "goakt/wire/remote_error.h"

namespace goakt::remoting {

Result<wire::Frame> read_answer(std::string_view bytes, std::string_view type) {
  GOAKT_TRY(wire::Frame frame, wire::parse_frame(bytes, wire::FrameKind::response));
  if (frame.type_name == type) return frame;
  if (frame.type_name != wire::kErrorType) return fail(ErrorCode::invalid_response);
  GOAKT_TRY(const wire::RemoteError error, wire::parse_error(frame.body));
  return unexpected(wire::from_remote(error));
}

}  // namespace goakt::remoting
