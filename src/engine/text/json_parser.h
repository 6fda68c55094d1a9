#pragma once
#include <string>
#include <string_view>

/// JSON as Spark's parser (Jackson) reads it, one value after the other, without a tree.
namespace lochan::engine::text {

struct JsonDialect {
  bool comments = false, unquoted_names = false, single_quotes = true, leading_zeros = false,
       any_escape = false, control_characters = false, non_numbers = true;  // NaN, Infinity
};

enum class JsonKind { kObject, kArray, kString, kNumber, kTrue, kFalse, kNull, kEnd, kBad };

/// Stands before a value. What is no JSON makes it fail: then every method returns false or kBad
/// from then on.
class JsonParser {
 public:
  JsonParser(std::string_view text, const JsonDialect& dialect) : text_(text), dialect_(dialect) {}

  /// What comes next, without taking it; kEnd at the end of the text.
  JsonKind peek();
  bool failed() const { return failed_; }

  /// Goes into an object or an array; then next_member or next_item until they return false, which
  /// leaves it.
  void enter();
  /// Moves to the value of the next member of an object.
  bool next_member(std::string& name);
  /// Moves to the next item of an array.
  bool next_item();

  bool take_string(std::string& out);
  /// The number as it is written. `is_integer`: without point and exponent.
  bool take_number(std::string_view& out, bool& is_integer);
  /// true, false, null.
  bool take_word();
  /// Leaves out a value; `text` is what it was.
  bool skip(std::string_view* text = nullptr);

 private:
  bool fail();
  bool skip_blanks();
  bool take_escape(std::string& out);
  bool take_literal(std::string_view word);
  int hex4();
  bool more() const { return at_ < text_.size(); }

  std::string_view text_;
  const JsonDialect& dialect_;
  size_t at_ = 0;
  int depth_ = 0;
  bool failed_ = false, first_ = false;
  std::string scratch_;
};

/// The bytes of a record as UTF-8, decoded as the parser has it: longer encodings than needed count
/// (as escapes, so that no quote comes out of one), code points beyond the last one are '?'. False
/// for bytes that it refuses.
bool decode_record(std::string_view bytes, std::string& out);

}  // namespace lochan::engine::text
