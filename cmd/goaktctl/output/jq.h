#pragma once

#include <functional>
#include <memory>
#include <string>
#include <string_view>

namespace goaktctl {

// A compiled jq program. Compiling costs 20 ms, so one is made only for --jq.
class Jq {
 public:
  using Sink = std::function<void(std::string_view)>;

  // Null when the program is wrong; `complaint` then holds jq's own text.
  static std::unique_ptr<Jq> compile(const std::string& program, std::string& complaint);
  ~Jq();

  // Each result once: strings raw, everything else as compact JSON. False when the program failed
  // on this input; `complaint` then says why.
  bool run(std::string_view json, const Sink& sink, std::string& complaint);

 private:
  struct State;

  explicit Jq(std::unique_ptr<State> state);

  std::unique_ptr<State> state_;
};

}  // namespace goaktctl
