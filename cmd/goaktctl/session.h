#pragma once

#include "goakt/admin/client/client.h"
#include "output/printer.h"

#include <nlohmann/json_fwd.hpp>

#include <chrono>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace goaktctl {

// The global flags as given, before anything is opened.
struct Globals {
  std::vector<std::string> endpoints;
  std::string output = "table";
  bool no_headers = false;
  bool no_trunc = false;
  std::string columns;
  std::chrono::milliseconds timeout{10'000};
  std::int64_t retries = 2;
  std::string request_id;
  bool quiet = false;
  std::int64_t verbose = 0;
  bool yes = false;
  std::string color = "auto";
};

// What a running command works with: the client, the output and the user's wishes. One thread.
class Session {
 public:
  explicit Session(Globals globals) : globals_(std::move(globals)) {}

  // Checks the global flags; an exit code when one of them is wrong.
  std::optional<int> prepare();

  // Connected at the first call.
  goakt::admin::Client& client();

  Printer& out() { return *printer_; }

  const Globals& globals() const { return globals_; }

  bool quiet() const { return globals_.quiet; }

  // A call whose answer is one JSON document. On failure it has been reported and `exit` holds the
  // code.
  std::optional<Document> get(std::string_view target, int& exit);
  std::optional<Document> post(std::string_view target, const Document& body, int& exit);

  // Reports the failure on stderr, as the problem document for -o json, and gives its exit code.
  int report(const goakt::admin::CallFailure& failure);
  int usage(std::string_view what, std::string_view hint = {});
  // A warning or hint: stderr, not with -q.
  void note(std::string_view text) const;

 private:
  std::optional<Document> document(goakt::admin::CallResult result, int& exit);
  bool errors_as_json() const;

  Globals globals_;
  std::optional<Printer> printer_;
  std::optional<goakt::admin::Client> client_;
};

// Whether stderr or stdout is a terminal.
bool is_terminal(int descriptor);
std::optional<std::size_t> terminal_width();

}  // namespace goaktctl
