// A user's program: includes and links only what was installed.
#include <goakt/base/result.h>

#include <iostream>

int main() {
  const goakt::Status status = goakt::fail(goakt::ErrorCode::dead);
  std::cout << status.error().message() << '\n';
  return status.error().message() == "actor is not alive" ? 0 : 1;
}
