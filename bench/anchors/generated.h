#pragma once

#include "bench/anchors/records.h"

#include <anchors/records.pb.h>

namespace goakt::bench {

inline void fill(RemoteMessage& message, const Record& record) {
  message.set_sender(record.sender.data(), record.sender.size());
  message.set_receiver(record.receiver.data(), record.receiver.size());
  message.set_message(record.payload.data(), record.payload.size());
}

template <class Request>
void fill(Request& request, const Records& records, std::size_t count) {
  for (std::size_t i = 0; i < count; ++i) fill(*request.add_remote_messages(), records[i]);
}

}  // namespace goakt::bench
