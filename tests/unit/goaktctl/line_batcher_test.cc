#include "line_batcher.h"

#include <doctest/doctest.h>

using namespace goaktctl;

TEST_CASE("lines are grouped up to the limit and keep their numbers") {
  LineBatcher batcher({2, 1000});
  batcher.feed("a\nb\nc");
  const auto first = batcher.full();
  REQUIRE(first);
  CHECK(first->text == "a\nb\n");
  CHECK(first->first_line == 1);
  CHECK(first->lines == 2);
  CHECK(!batcher.full());
  CHECK(!batcher.rest());  // "c" may go on
  batcher.feed("d\n");
  CHECK(batcher.has_lines());
  CHECK(!batcher.full());
  const auto second = batcher.rest();
  REQUIRE(second);
  CHECK(second->text == "cd\n");
  CHECK(second->first_line == 3);
  CHECK(!batcher.has_lines());
}

TEST_CASE("a batch ends before the line that would make it too large") {
  LineBatcher batcher({100, 8});
  batcher.feed("aaaa\nbbbb\nc\n");
  auto batch = batcher.full();
  REQUIRE(batch);
  CHECK(batch->text == "aaaa\n");
  CHECK(!batcher.full());
  batch = batcher.rest();
  REQUIRE(batch);
  CHECK(batch->text == "bbbb\nc\n");
}

TEST_CASE("a line longer than a batch goes alone") {
  LineBatcher batcher({100, 4});
  batcher.feed("a\nlonger than four\nb\n");
  CHECK(batcher.full()->text == "a\n");
  CHECK(batcher.full()->text == "longer than four\n");
  CHECK(!batcher.full());
  CHECK(batcher.rest()->first_line == 3);
}

TEST_CASE("a last line without a line feed counts, an empty end does not") {
  LineBatcher batcher({});
  batcher.feed("a\n\nb");
  batcher.finish();
  auto batch = batcher.rest();
  REQUIRE(batch);
  CHECK(batch->text == "a\n\nb\n");
  CHECK(batch->lines == 3);
  batcher.finish();
  CHECK(!batcher.rest());
}
