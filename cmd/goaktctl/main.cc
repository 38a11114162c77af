#include "cli.h"
#include "interrupt.h"

int main(int argc, char** argv) {
  goaktctl::install_interrupts();
  return goaktctl::run_command_line(argc, argv);
}
