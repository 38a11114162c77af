#include "command.h"
#include "completion_files.h"
#include "exit_codes.h"
#include "session.h"

#include <memory>

namespace goaktctl {

std::vector<Command> completion_commands() {
  auto shell = std::make_shared<std::string>();
  return {{"completion",
           "",
           {},
           "prints what a shell needs to complete words and names",
           "",
           {"source <(goaktctl completion bash)", "goaktctl completion zsh > ~/.zfunc/_goaktctl",
            "goaktctl completion fish > ~/.config/fish/completions/goaktctl.fish"},
           {{"SHELL", shell.get(), "bash, zsh or fish", true, "bash|zsh|fish"}},
           [shell](Session& session) -> int {
             if (*shell == "bash")
               session.out().raw(kBashCompletion);
             else if (*shell == "zsh")
               session.out().raw(kZshCompletion);
             else if (*shell == "fish")
               session.out().raw(kFishCompletion);
             else
               return session.usage("no completion for " + *shell, "bash, zsh or fish");
             return Exit::ok;
           }}};
}

}  // namespace goaktctl
