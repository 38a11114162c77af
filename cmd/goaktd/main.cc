#include "demo_kinds.h"
#include "goakt/daemon/daemon.h"

int main(int argc, char** argv) {
  return goakt::daemon::run(argc, argv, {}, goaktd::demo_kinds);
}
