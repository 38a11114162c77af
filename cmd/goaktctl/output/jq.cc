#include "output/jq.h"

extern "C" {
#include <jq.h>
#include <jv.h>
}

namespace goaktctl {

namespace {

constexpr int kLongestComplaint = 200;

std::string text_of(jv value) {
  if (jv_get_kind(value) != JV_KIND_STRING) value = jv_dump_string(value, 0);
  std::string text(jv_string_value(value),
                   static_cast<std::size_t>(jv_string_length_bytes(jv_copy(value))));
  jv_free(value);
  return text;
}

std::string short_text(jv value) {
  std::string text = text_of(value);
  if (text.size() > kLongestComplaint) text.replace(kLongestComplaint, std::string::npos, "...");
  return text;
}

void collect(void* target, jv message) {
  auto& text = *static_cast<std::string*>(target);
  text += (text.empty() ? "" : "\n") + text_of(jq_format_error(message));
}

void ignore(void*, jv message) {
  jv_free(message);
}

jv no_input(jq_state*, void*) {
  return jv_invalid_with_msg(jv_string("there is no further input"));
}

}  // namespace

struct Jq::State {
  State() : jq(jq_init()) {
    jq_set_error_cb(jq, collect, &errors);
    // Without these `debug`, `input` and `import` go through pointers that nobody set.
    jq_set_debug_cb(jq, ignore, nullptr);
    jq_set_input_cb(jq, no_input, nullptr);
    jq_set_attr(jq, jv_string("JQ_LIBRARY_PATH"), jv_array());
  }

  State(const State&) = delete;
  State& operator=(const State&) = delete;

  ~State() { jq_teardown(&jq); }

  jq_state* jq;
  std::string errors;
};

Jq::Jq(std::unique_ptr<State> state) : state_(std::move(state)) {}

Jq::~Jq() = default;

std::unique_ptr<Jq> Jq::compile(const std::string& program, std::string& complaint) {
  auto state = std::make_unique<State>();
  if (jq_compile(state->jq, program.c_str()) != 0)
    return std::unique_ptr<Jq>(new Jq(std::move(state)));
  complaint = state->errors.empty() ? "jq refuses the expression" : state->errors;
  return nullptr;
}

bool Jq::run(std::string_view json, const Sink& sink, std::string& complaint) {
  jv input = jv_parse_sized(json.data(), static_cast<int>(json.size()));
  if (!jv_is_valid(input)) {
    complaint = short_text(jv_invalid_get_msg(input));
    return false;
  }
  jq_start(state_->jq, input, 0);
  for (;;) {
    jv result = jq_next(state_->jq);
    if (jv_is_valid(result)) {
      sink(text_of(result));
      continue;
    }
    const bool failed = jv_invalid_has_msg(jv_copy(result)) != 0;
    if (failed)
      complaint = short_text(jv_invalid_get_msg(result));
    else
      jv_free(result);
    if (jq_halted(state_->jq) != 0) {
      jv code = jq_get_exit_code(state_->jq);
      const bool bad =
          jv_is_valid(code) && jv_get_kind(code) == JV_KIND_NUMBER && jv_number_value(code) != 0;
      jv_free(code);
      if (bad) complaint = short_text(jq_get_error_message(state_->jq));
      return !bad;
    }
    return !failed;
  }
}

}  // namespace goaktctl
