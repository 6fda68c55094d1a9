#pragma once
#include <string>
#include <string_view>

#include "base/error.h"

/// Places in a user's text, as Spark shows and counts them. Offsets that come in are bytes of
/// `text`; offsets in a QueryContext are characters (code points), from 0.
namespace lochan {

struct TextPosition {
  int line = 1;    // from 1
  int column = 0;  // from 0, in characters
};
TextPosition text_position(std::string_view text, size_t offset);

/// The number of characters in the first `offset` bytes of UTF-8 `text`.
int character_count(std::string_view text, size_t offset);

/// The context of the piece of text from byte `start` to byte `stop` (inclusive), with its summary.
/// `object_type` and `object_name` say whose text it is ("VIEW", "db.v"), or are empty.
QueryContext sql_context(std::string_view text, size_t start, size_t stop,
                         std::string object_type = {}, std::string object_name = {});

/// The context of a syntax error: only a summary, as Spark's parser reports it.
QueryContext syntax_context(std::string_view text, size_t offset);

}  // namespace lochan
