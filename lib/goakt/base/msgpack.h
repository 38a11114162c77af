#pragma once

#include "goakt/base/export.h"

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

// MessagePack, as far as the peers of the wire speak it. No recursion, no exceptions, nothing is
// reserved because of an announced length. Readers are lenient, writers byte-exact.
namespace goakt::msgpack {

enum class Type : std::uint8_t {
  nil,
  boolean,
  positive,
  negative,
  real,
  bytes,
  array,
  map,
  extension
};

struct Token {
  Type type = Type::nil;
  // boolean: 0 or 1; positive: the value; negative: its two's complement; array, map: the count.
  std::uint64_t number = 0;
  // bytes and extension; into the reader's input.
  std::string_view bytes = {};
};

// Walks over one input, token by token. Views point into the input, which must outlive them.
class GOAKT_API Reader {
 public:
  explicit Reader(std::string_view input) noexcept : input_(input) {}

  // The head of the next value; the elements of arrays and maps follow as values of their own.
  // None: the input is cut there (needed() says how much is missing) or no MessagePack.
  std::optional<Token> next() noexcept;
  // Passes over one whole value, at most 64 levels deep.
  bool skip() noexcept;

  std::size_t position() const noexcept { return at_; }

  std::string_view rest() const noexcept { return input_.substr(at_); }

  // After a failure: the least length of input with which reading could get further; 0 if no more
  // bytes can help.
  std::size_t needed() const noexcept { return needed_; }

 private:
  std::optional<std::uint64_t> big_endian(std::size_t bytes) noexcept;
  std::optional<Token> blob(Type type, std::optional<std::uint64_t> length) noexcept;
  std::optional<Token> container(Type type, std::optional<std::uint64_t> count) noexcept;
  bool has(std::uint64_t bytes) noexcept;

  std::string_view input_;
  std::size_t at_ = 0;
  std::size_t needed_ = 0;
};

// Appends values in the form of the old specification: one family for strings and bytes. It never
// writes str8 or bin, which the first readers did not know.
class GOAKT_API Writer {
 public:
  explicit Writer(std::string& out) noexcept : out_(out) {}

  void nil();
  void boolean(bool value);
  void map(std::uint32_t count);
  void array(std::uint32_t count);
  void raw(std::string_view bytes);
  // The shortest unsigned form.
  void number(std::uint64_t value);
  // The shortest signed form: beyond 127 a positive value gets D1, D2 or D3, as Go's int does.
  void signed_number(std::int64_t value);

 private:
  void head(std::uint8_t byte, std::uint64_t value, std::size_t bytes);

  std::string& out_;
};

}  // namespace goakt::msgpack
