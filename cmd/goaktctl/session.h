#pragma once

#include "contexts.h"
#include "goakt/admin/client/client.h"
#include "output/printer.h"
#include "settings.h"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace goaktctl {

// What a running command works with: the client, the output and the user's wishes. One thread.
class Session {
 public:
  explicit Session(GivenFlags given) : given_(std::move(given)) {}

  // Reads contexts and environment, checks the global flags; an exit code when one of them is
  // wrong. `needs_client`: false for commands that talk to nobody.
  std::optional<int> prepare();

  // Made at the first call. Endpoints that cannot be read end the command in prepare().
  goakt::admin::Client& client() { return *client_; }

  // Another client of the same endpoints, with its own times: for probes.
  goakt::admin::Client probe(std::chrono::milliseconds timeout) const;

  Printer& out() { return *printer_; }

  const Settings& settings() const { return settings_; }

  const ContextFile& contexts() const { return contexts_; }

  // The context in use; empty: none.
  const std::string& context_name() const { return context_name_; }

  bool quiet() const { return settings_.on("quiet"); }

  // Whether progress may be drawn: stderr is a terminal and the user wants to see it.
  bool shows_progress() const;

  // The target with ?node= when the user named one.
  std::string with_node(std::string_view target) const;

  // A call whose answer is one JSON document. On failure it has been reported and `exit` holds the
  // code.
  std::optional<Document> get(std::string_view target, int& exit);
  std::optional<Document> post(std::string_view target, const Document& body, int& exit);
  std::optional<Document> send(goakt::admin::Call call, int& exit);

  // With --dry-run, what became of a call that changes something: its plan is printed, and a node
  // that took the call for a real one is told of. The command is over then, with this exit code.
  std::optional<int> plan_of(const goakt::admin::Answer& answer);
  // The same for what this tool itself would do; no value: go on, it is no dry run.
  std::optional<int> plan(std::string_view action, std::string_view target,
                          std::string_view summary);

  // Reports the failure on stderr, as the problem document for -o json, and gives its exit code.
  int report(const goakt::admin::CallFailure& failure);
  // The same for a failure that this tool found itself.
  int refuse(int exit, std::string_view code, std::string_view what, std::string_view hint = {});
  int usage(std::string_view what, std::string_view hint = {});
  // A warning or hint: stderr, not with -q.
  void note(std::string_view text) const;

  // Asks before something is destroyed. No value: go on. Without a terminal and without --yes it is
  // a usage error; a "no" is exit 1.
  std::optional<int> confirm(const std::string& what, const std::string& name);

 private:
  std::optional<int> prepare_contexts();
  std::optional<int> prepare_printer();
  std::optional<int> prepare_client();
  std::optional<int> read_token();
  std::optional<Document> document(goakt::admin::CallResult result, int& exit);
  bool errors_as_json() const;

  GivenFlags given_;
  ContextFile contexts_;
  std::string context_name_;
  Settings settings_;
  std::unique_ptr<Printer> printer_;
  goakt::admin::Endpoints endpoints_;
  goakt::admin::Client::Options options_;
  std::optional<goakt::admin::Client> client_;
};

// Whether stderr or stdout is a terminal.
bool is_terminal(int descriptor);

struct TerminalSize {
  std::size_t columns = 80;
  std::size_t rows = 24;
};

// Of stdout; none when it is no terminal.
std::optional<TerminalSize> terminal_size();

void to_stderr(std::string_view text);

}  // namespace goaktctl
