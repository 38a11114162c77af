#pragma once

#include "bench/local/support.h"

#include <array>
#include <sys/types.h>
#include <sys/wait.h>
#include <unistd.h>

namespace goakt::bench {

// This program once more, with a pipe each way: the other end of what is measured. It should end
// when its input does, which is when this object goes.
class SecondProcess {
 public:
  // There it runs `other(in, out)` and ends.
  template <class Other>
  explicit SecondProcess(Other other) {
    std::array<int, 2> there{};
    std::array<int, 2> back{};
    if (::pipe(there.data()) != 0 || ::pipe(back.data()) != 0)
      give_up(Error(ErrorCode::internal, "no pipe"));
    child_ = ::fork();
    if (child_ == 0) {
      ::close(there[1]);
      ::close(back[0]);
      other(there[0], back[1]);
      ::_exit(0);
    }
    ::close(there[0]);
    ::close(back[1]);
    in_ = back[0];
    out_ = there[1];
  }

  ~SecondProcess() {
    ::close(out_);
    ::close(in_);
    ::waitpid(child_, nullptr, 0);
  }

  SecondProcess(const SecondProcess&) = delete;
  SecondProcess& operator=(const SecondProcess&) = delete;

  int in() const { return in_; }

  int out() const { return out_; }

 private:
  int in_ = -1;
  int out_ = -1;
  pid_t child_ = 0;
};

}  // namespace goakt::bench
