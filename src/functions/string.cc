// Strings.
#include "base/ascii.h"
#include "functions/families.h"
#include "functions/type_rules.h"

namespace lochan::functions {
namespace {

using types::DataType;
using types::Value;

const int64_t kMaxInt = INT32_MAX;

Value bytes(std::string text) { return {kBinary, std::move(text)}; }
DataType string_array() { return DataType::array(kString, false); }

/// All arguments of one kind: arrays of a common type, binary, or else strings.
void concat_type(CallSite& call) {
  bool all_arrays = call.size() > 0, all_binary = call.size() > 0;
  for (size_t i = 0; i < call.size(); ++i) {
    all_arrays = all_arrays && call.type(i).is(kArray);
    all_binary = all_binary && call.type(i).is(kBinary);
  }
  if (all_binary) {
    call.result = kBinary;
    return;
  }
  if (!all_arrays) {
    bool any_array = false;
    for (size_t i = 0; i < call.size(); ++i) {
      any_array = any_array || call.type(i).is(kArray);
      if (auto type = implicit_cast(call.type(i), kString, call.context)) call.cast(i, *type);
    }
    if (!any_array) {
      for (size_t i = 0; i < call.size(); ++i) {
        if (!call.type(i).is_string()) {
          call.reject(i, "(\"STRING\" or \"BINARY\" or \"ARRAY\")");
        }
      }
      call.result = kString;
      return;
    }
  }
  call.result = unify(call, 0, call.size());
}

/// Two or three arguments that are all binary, or else strings.
TypeRule pad_type() {
  return [](CallSite& call) {
    const bool binary = call.type(0).is(kBinary);
    if (call.size() == 2) {
      call.arguments.push_back(
          plan::literal(binary ? bytes(std::string(1, '\0')) : Value::string(" ")));
    }
    const Accept accept = binary ? Accept(kBinary) : Accept(kString);
    accept_argument(call, 0, accept);
    accept_argument(call, 1, kInteger);
    accept_argument(call, 2, accept);
    call.result = call.type(0);
  };
}

TypeRule text_predicate() {
  return [](CallSite& call) {
    const bool binary = call.type(0).is(kBinary) && call.type(1).is(kBinary);
    for (size_t i = 0; i < 2; ++i)
      accept_argument(call, i, binary ? Accept(kBinary) : Accept(kString));
    call.result = kBoolean;
  };
}

TypeRule elt_type() {
  return [](CallSite& call) {
    accept_argument(call, 0, kInteger);
    bool binary = true;
    for (size_t i = 1; i < call.size(); ++i) binary = binary && call.type(i).is(kBinary);
    for (size_t i = 1; i < call.size(); ++i)
      accept_argument(call, i, binary ? Accept(kBinary) : Accept(kString));
    call.result = binary ? kBinary : kString;
    call.nullable = true;
  };
}

/// The place of a trim: TRIM(BOTH characters FROM text) when characters are given.
NameRule trim_name(std::string_view side) {
  return [side](const CallSite& call, const std::vector<std::string>& arguments) {
    if (arguments.size() == 1) return call.name + "(" + arguments[0] + ")";
    return "TRIM(" + std::string(side) + " " + arguments[0] + " FROM " + arguments[1] + ")";
  };
}

TypeRule mask_type() {
  return [](CallSite& call) {
    static constexpr std::string_view kNames[] = {"", "upperChar", "lowerChar", "digitChar",
                                                  "otherChar"};
    for (size_t i = 0; i < 5; ++i) {
      accept_argument(call, i, kString);
      if (i == 0) continue;
      const Value* value = call.constant(i);
      if (value == nullptr) {
        call.mismatch("NON_FOLDABLE_INPUT", {{"inputName", types::quote_identifier(kNames[i])},
                                             {"inputType", "\"STRING\""},
                                             {"inputExpr", "\"" + std::string(kNames[i]) + "\""}});
      }
      if (value->is_null()) continue;
      size_t characters = 0;
      for (unsigned char c : value->as_string()) characters += (c & 0xC0) != 0x80;
      if (characters != 1)
        call.mismatch("INPUT_SIZE_NOT_ONE", {{"exprName", std::string(kNames[i])}});
    }
    call.result = kString;
    call.nullable = call.arguments[0]->nullable;
  };
}

/// to_binary(text, format): the format is a constant. `tried`: null if there is no such format.
TypeRule to_binary_type(bool tried) {
  return args({kString, kString}).foldable(1).then([tried](CallSite& call) {
    call.result = kBinary;
    if (tried) {
      call.nullable = true;
      return;
    }
    const Value* format = call.constant(1);
    if (format == nullptr || format->is_null()) return;
    const std::string name =
        lower_case(format->type.is_string() ? format->as_string() : format->name_text());
    if (name != "hex" && name != "utf-8" && name != "utf8" && name != "base64") {
      call.mismatch("INVALID_ARG_VALUE", {{"inputName", "fmt"},
                                          {"requireType", "case-insensitive \"STRING\""},
                                          {"validValues", "'hex', 'utf-8', 'utf8', or 'base64'"},
                                          {"inputValue", Value::string(name).sql()}});
    }
  });
}

/// to_binary(text[, format]): in hexadecimal by default. The default does not print.
Rewrite to_binary(const char* row) {
  return {[row](CallSite& call) {
    accept_argument(call, 0, kString);
    plan::Expressions arguments = call.arguments;
    if (arguments.size() == 1)
      arguments.push_back(plan::literal(Value::string("hex"), call.origin));
    return resolve_call(*find_function(row), call.name, std::move(arguments), call.context,
                        call.origin, *call.options);
  }};
}

/// decode(x, search1, result1, ..., [default]) is CASE with null-safe comparisons.
plan::ExpressionPtr rewrite_decode(CallSite& call) {
  if (call.size() == 2) return plan::function("decode: charset", call.arguments, call.origin);
  plan::Expressions when;
  size_t i = 1;
  for (; i + 1 < call.size(); i += 2) {
    when.push_back(plan::function("<=>", {call.arguments[0], call.arguments[i]}, call.origin));
    when.push_back(call.arguments[i + 1]);
  }
  if (i < call.size()) when.push_back(call.arguments[i]);
  return plan::function("when", std::move(when), call.origin);
}

plan::ExpressionPtr rewrite_btrim(CallSite& call) {
  if (call.size() == 1) return plan::function("trim", call.arguments, call.origin);
  return plan::function("trim", {call.arguments[1], call.arguments[0]}, call.origin);
}

}  // namespace

std::span<const Function> string_functions() {
  static const std::vector<Function> rows = {
      {.name = "ascii",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kString}).returns(kInteger),
       .doc = "Code point of the first character; 0 for an empty string.",
       .example = "SELECT ascii('loch')",
       .lower = Kernel{"ascii"}},
      {.name = "base64",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kBinary}).returns(kString),
       .doc = "Base 64 of the bytes, in lines of 76 characters.",
       .example = "SELECT base64('loch')",
       .lower = Kernel{"base64"}},
      {.name = "bit_length",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kStringOrBinary}).returns(kInteger),
       .doc = "Length in bits.",
       .example = "SELECT bit_length('loch')",
       .lower = Kernel{"bit_length"}},
      {.name = "btrim",
       .min_arguments = 1,
       .max_arguments = 2,
       .type = nullptr,
       .parameters = {"str", "trimStr"},
       .doc = "Without the characters of `trimStr` (spaces) on both sides.",
       .example = "SELECT btrim('xxlochxx', 'x')",
       .lower = Rewrite{rewrite_btrim}},
      {.name = "char",
       .aliases = {"chr"},
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kLong}).returns(kString),
       .doc = "The character of a code, taken modulo 256; empty for negative ones.",
       .example = "SELECT char(76)",
       .lower = Kernel{"char"}},
      {.name = "concat",
       .min_arguments = 0,
       .max_arguments = kAnyNumber,
       .type = concat_type,
       .doc = "Strings, binaries or arrays one after another; null if any is null.",
       .example = "SELECT concat('loch', 'an')",
       .lower = Kernel{"concat"}},
      {.name = "concat_ws",
       .min_arguments = 1,
       .max_arguments = kAnyNumber,
       .type = args({kString, one_of({array_of(kString), kString})})
                   .returns(kString)
                   .then([](CallSite& call) { call.nullable = call.arguments[0]->nullable; }),
       .doc = "Strings and arrays of strings joined by the first argument; nulls are left out.",
       .example = "SELECT concat_ws('/', 'a', array('b', 'c'))",
       .lower = Kernel{"concat_ws"}},
      {.name = "contains",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = text_predicate(),
       .doc = "Whether the second is part of the first.",
       .example = "SELECT contains('lochan', 'och')",
       .lower = Kernel{"contains"}},
      {.name = "decode",
       .min_arguments = 2,
       .max_arguments = kAnyNumber,
       .type = nullptr,
       .doc = "With two arguments, text from bytes in a character set. With more, the result that "
              "stands after "
              "the value that equals the first argument, else the last one.",
       .example = "SELECT decode(2, 1, 'one', 2, 'two', 'many')",
       .lower = Rewrite{rewrite_decode}},
      {.name = "decode: charset",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = args({kBinary, kString}).returns(kString),
       .pretty_name = "decode",
       .fallible = true,
       .doc = "decode with two arguments.",
       .lower = Kernel{"decode"}},
      {.name = "elt",
       .min_arguments = 2,
       .max_arguments = kAnyNumber,
       .type = elt_type(),
       .fallible = true,
       .doc = "The n-th of the arguments that follow.",
       .example = "SELECT elt(2, 'a', 'b')",
       .lower = Kernel{"elt"}},
      {.name = "encode",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = args({kString, kString}).returns(kBinary),
       .fallible = true,
       .doc = "The bytes of a text in a character set.",
       .example = "SELECT encode('loch', 'utf-16be')",
       .lower = Kernel{"encode"}},
      {.name = "endswith",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = text_predicate(),
       .doc = "Whether the first ends with the second.",
       .example = "SELECT endswith('lochan', 'an')",
       .lower = Kernel{"endswith"}},
      {.name = "find_in_set",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = args({kString, kString}).returns(kInteger),
       .doc = "Place of a word, from 1, in a list separated by commas; 0 if absent.",
       .example = "SELECT find_in_set('b', 'a,b')",
       .lower = Kernel{"find_in_set"}},
      {.name = "format_string",
       .aliases = {"printf"},
       .min_arguments = 1,
       .max_arguments = kAnyNumber,
       .type =
           [](CallSite& call) {
             accept_argument(call, 0, kString);
             const Value* format = call.constant(0);
             if (format != nullptr && !format->is_null() &&
                 format->as_string().find("%0$") != std::string::npos) {
               throw Error("INVALID_PARAMETER_VALUE.ZERO_INDEX",
                           {{"parameter", "`strfmt`"}, {"functionName", "`format_string`"}},
                           call.origin.context());
             }
             call.result = kString;
             call.nullable = call.arguments[0]->nullable;
           },
       .fallible = true,
       .doc = "The arguments in a printf-style format.",
       .example = "SELECT format_string('%s has %d', 'loch', 3)",
       .lower = Kernel{"format_string"}},
      {.name = "ilike",
       .min_arguments = 2,
       .max_arguments = 3,
       .type = args({kString}).returns(kBoolean),
       .print = print_first(2),
       .fallible = true,
       .doc = "LIKE without regard to case.",
       .example = "SELECT 'Loch' ILIKE '%CH'",
       .lower = Kernel{"ilike"}},
      {.name = "initcap",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = string_unary(),
       .doc = "Each word, as separated by spaces, with a capital first letter and the rest in "
              "lower case.",
       .example = "SELECT initcap('loch NESS')",
       .lower = Kernel{"initcap"}},
      {.name = "instr",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = args({kString, kString}).returns(kInteger),
       .doc = "Place of the second in the first, from 1; 0 if absent.",
       .example = "SELECT instr('lochan', 'c')",
       .lower = Kernel{"instr"}},
      {.name = "is_valid_utf8",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kString}).returns(kBoolean),
       .doc = "Whether the text is well-formed UTF-8.",
       .example = "SELECT is_valid_utf8('loch')",
       .lower = Kernel{"is_valid_utf8"}},
      {.name = "left",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = args({kStringOrBinary, kInteger}).returns_argument(0),
       .doc = "The first characters.",
       .example = "SELECT left('lochan', 4)",
       .lower = Kernel{"left"}},
      {.name = "length",
       .aliases = {"len", "char_length", "character_length"},
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kStringOrBinary}).returns(kInteger),
       .doc = "Characters of a string, bytes of a binary.",
       .example = "SELECT length('lochan')",
       .lower = Kernel{"length"}},
      {.name = "levenshtein",
       .min_arguments = 2,
       .max_arguments = 3,
       .type = args({kString, kString, kInteger}).returns(kInteger),
       .doc = "Edit distance; -1 if it exceeds the threshold.",
       .example = "SELECT levenshtein('loch', 'lake')",
       .lower = Kernel{"levenshtein"}},
      {.name = "locate",
       .aliases = {"position"},
       .min_arguments = 2,
       .max_arguments = 3,
       .type = args({kString, kString, kInteger}).returns(kInteger),
       .parameters = {"substr", "str", "pos"},
       .defaults = {Value::integer(1)},
       .doc = "Place of the first in the second, from 1, at or after `pos`; 0 if absent.",
       .example = "SELECT locate('an', 'lochan')",
       .lower = Kernel{"locate"}},
      {.name = "lower",
       .aliases = {"lcase"},
       .min_arguments = 1,
       .max_arguments = 1,
       .type = string_unary(),
       .doc = "In lower case.",
       .example = "SELECT lower('LOCH')",
       .lower = Kernel{"lower"}},
      {.name = "lpad",
       .min_arguments = 2,
       .max_arguments = 3,
       .type = pad_type(),
       .parameters = {"str", "len", "pad"},
       .doc = "Filled on the left, or cut, to a length.",
       .example = "SELECT lpad('loch', 6, '.')",
       .lower = Kernel{"lpad"}},
      {.name = "ltrim",
       .min_arguments = 1,
       .max_arguments = 2,
       .type = args({kString}).returns(kString),
       .print = trim_name("LEADING"),
       .doc = "Without spaces, or the characters of the first of two arguments, on the left.",
       .example = "SELECT ltrim('  loch')",
       .lower = Kernel{"ltrim"}},
      {.name = "luhn_check",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kString}).returns(kBoolean),
       .doc = "Whether the digits pass the Luhn test.",
       .example = "SELECT luhn_check('79927398713')",
       .lower = Kernel{"luhn_check"}},
      {.name = "make_valid_utf8",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = string_unary(),
       .doc = "Ill-formed UTF-8 replaced by U+FFFD.",
       .example = "SELECT make_valid_utf8('loch')",
       .lower = Kernel{"make_valid_utf8"}},
      {.name = "mask",
       .min_arguments = 1,
       .max_arguments = 5,
       .type = mask_type(),
       .parameters = {"str", "upperChar", "lowerChar", "digitChar", "otherChar"},
       .defaults = {Value::string("X"), Value::string("x"), Value::string("n"),
                    Value::null(kString)},
       .doc = "Upper-case letters, lower-case letters, digits and others replaced by a character "
              "each; null keeps.",
       .example = "SELECT mask('Loch-42')",
       .lower = Kernel{"mask"}},
      {.name = "octet_length",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kStringOrBinary}).returns(kInteger),
       .doc = "Length in bytes.",
       .example = "SELECT octet_length('loch')",
       .lower = Kernel{"octet_length"}},
      {.name = "overlay",
       .min_arguments = 3,
       .max_arguments = 4,
       .type =
           [](CallSite& call) {
             const bool binary = call.type(0).is(kBinary) && call.type(1).is(kBinary);
             for (size_t i = 0; i < 2; ++i)
               accept_argument(call, i, binary ? Accept(kBinary) : Accept(kString));
             accept_argument(call, 2, kInteger);
             accept_argument(call, 3, kInteger);
             call.result = call.type(0);
           },
       .parameters = {"input", "replace", "pos", "len"},
       .defaults = {Value::integer(-1)},
       .doc = "The part from `pos` on, `len` characters long, replaced.",
       .example = "SELECT overlay('lochan', 'X', 2, 3)",
       .lower = Kernel{"overlay"}},
      {.name = "quote",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = string_unary(),
       .doc = "In single quotes, with a backslash before each quote inside.",
       .example = "SELECT quote('loch')",
       .lower = Kernel{"quote"}},
      {.name = "randstr",
       .min_arguments = 1,
       .max_arguments = 2,
       .type = nullptr,
       .lower = Missing{"random strings with Spark's generator"}},
      {.name = "repeat",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = args({kString, kInteger}).returns(kString),
       .doc = "The text n times.",
       .example = "SELECT repeat('lo', 2)",
       .lower = Kernel{"repeat"}},
      {.name = "replace",
       .min_arguments = 2,
       .max_arguments = 3,
       .type = args({kString}).returns(kString),
       .parameters = {"src", "search", "replace"},
       .defaults = {Value::string("")},
       .doc = "Every occurrence of `search` replaced.",
       .example = "SELECT replace('lochan', 'an', '!')",
       .lower = Kernel{"replace"}},
      {.name = "reverse",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({one_of({kString, kArray})}).returns_argument(0),
       .doc = "Characters or elements in reverse order.",
       .example = "SELECT reverse('loch')",
       .lower = Kernel{"reverse"}},
      {.name = "right",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = args({kString, kInteger}).returns(kString),
       .doc = "The last characters.",
       .example = "SELECT right('lochan', 2)",
       .lower = Kernel{"right"}},
      {.name = "rpad",
       .min_arguments = 2,
       .max_arguments = 3,
       .type = pad_type(),
       .parameters = {"str", "len", "pad"},
       .doc = "Filled on the right, or cut, to a length.",
       .example = "SELECT rpad('loch', 6, '.')",
       .lower = Kernel{"rpad"}},
      {.name = "rtrim",
       .min_arguments = 1,
       .max_arguments = 2,
       .type = args({kString}).returns(kString),
       .print = trim_name("TRAILING"),
       .doc = "Without spaces, or the characters of the first of two arguments, on the right.",
       .example = "SELECT rtrim('loch  ')",
       .lower = Kernel{"rtrim"}},
      {.name = "sentences",
       .min_arguments = 1,
       .max_arguments = 3,
       .type = args({kString}).returns(DataType::array(DataType::array(kString, false), false)),
       .defaults = {Value::string(""), Value::string("")},
       .doc = "Sentences, each an array of its words.",
       .example = "SELECT sentences('A loch. A lake!')",
       .lower = Kernel{"sentences"}},
      {.name = "soundex",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = string_unary(),
       .doc = "Soundex code.",
       .example = "SELECT soundex('lochan')",
       .lower = Kernel{"soundex"}},
      {.name = "space",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kInteger}).returns(kString),
       .doc = "A string of n spaces.",
       .example = "SELECT space(2)",
       .lower = Kernel{"space"}},
      {.name = "split",
       .min_arguments = 2,
       .max_arguments = 3,
       .type = args({kString, kString, kInteger}).returns(string_array()),
       .parameters = {"str", "regex", "limit"},
       .defaults = {Value::integer(-1)},
       .fallible = true,
       .doc = "Parts between matches of a regular expression, at most `limit` if that is positive.",
       .example = "SELECT split('a1b2c', '[0-9]')",
       .lower = Kernel{"split"}},
      {.name = "split_part",
       .min_arguments = 3,
       .max_arguments = 3,
       .type = args({kString, kString, kInteger}).returns(kString),
       .fallible = true,
       .doc = "The n-th part between delimiters, from the end if n is negative.",
       .example = "SELECT split_part('a.b.c', '.', 2)",
       .lower = Kernel{"split_part"}},
      {.name = "startswith",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = text_predicate(),
       .doc = "Whether the first starts with the second.",
       .example = "SELECT startswith('lochan', 'loch')",
       .lower = Kernel{"startswith"}},
      {.name = "substring",
       .aliases = {"substr"},
       .min_arguments = 2,
       .max_arguments = 3,
       .type = args({kStringOrBinary, kInteger, kInteger}).returns_argument(0),
       .parameters = {"str", "pos", "len"},
       .defaults = {Value::integer(kMaxInt)},
       .doc = "`len` characters from `pos` on: from 1, negative from the end.",
       .example = "SELECT substring('lochan', 5)",
       .lower = Kernel{"substring"}},
      {.name = "substring_index",
       .min_arguments = 3,
       .max_arguments = 3,
       .type = args({kString, kString, kInteger}).returns(kString),
       .doc = "What stands before the n-th delimiter; after it, counted from the end, if n is "
              "negative.",
       .example = "SELECT substring_index('a.b.c', '.', 2)",
       .lower = Kernel{"substring_index"}},
      {.name = "to_binary",
       .min_arguments = 1,
       .max_arguments = 2,
       .doc = "Bytes from text in hexadecimal, base64 or UTF-8.",
       .example = "SELECT to_binary('6c6f6368')",
       .lower = to_binary("to_binary: format")},
      {.name = "to_binary: format",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = to_binary_type(false),
       .parameters = {"str", "fmt"},
       .fallible = true,
       .lower = Kernel{"to_binary"}},
      {.name = "to_char",
       .aliases = {"to_varchar"},
       .min_arguments = 2,
       .max_arguments = 2,
       .lower = Missing{"number formats"}},
      {.name = "to_number",
       .aliases = {"try_to_number"},
       .min_arguments = 2,
       .max_arguments = 2,
       .lower = Missing{"number formats"}},
      {.name = "translate",
       .min_arguments = 3,
       .max_arguments = 3,
       .type = args({kString}).returns(kString),
       .doc = "Characters of the second argument replaced by those at the same place in the third.",
       .example = "SELECT translate('lochan', 'lo', 'LO')",
       .lower = Kernel{"translate"}},
      {.name = "trim",
       .min_arguments = 1,
       .max_arguments = 2,
       .type = args({kString}).returns(kString),
       .print = trim_name("BOTH"),
       .doc = "Without spaces, or the characters of the first of two arguments, on both sides.",
       .example = "SELECT trim('  loch ')",
       .lower = Kernel{"trim"}},
      {.name = "try_to_binary",
       .min_arguments = 1,
       .max_arguments = 2,
       .doc = "to_binary with null for malformed text.",
       .example = "SELECT try_to_binary('zz')",
       .lower = to_binary("try_to_binary: format")},
      {.name = "try_to_binary: format",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = to_binary_type(true),
       .parameters = {"str", "fmt"},
       .lower = Kernel{"try_to_binary"}},
      {.name = "try_validate_utf8",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = string_unary().nullable(),
       .doc = "The text if it is well-formed UTF-8, else null.",
       .example = "SELECT try_validate_utf8('loch')",
       .lower = Kernel{"try_validate_utf8"}},
      {.name = "unbase64",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = args({kString}).returns(kBinary),
       .fallible = true,
       .doc = "The bytes of a base 64 text.",
       .example = "SELECT unbase64('bG9jaA==')",
       .lower = Kernel{"unbase64"}},
      {.name = "upper",
       .aliases = {"ucase"},
       .min_arguments = 1,
       .max_arguments = 1,
       .type = string_unary(),
       .doc = "In upper case.",
       .example = "SELECT upper('loch')",
       .lower = Kernel{"upper"}},
      {.name = "validate_utf8",
       .min_arguments = 1,
       .max_arguments = 1,
       .type = string_unary(),
       .fallible = true,
       .doc = "The text, if it is well-formed UTF-8, else an error.",
       .example = "SELECT validate_utf8('loch')",
       .lower = Kernel{"validate_utf8"}},
  };
  return rows;
}

}  // namespace lochan::functions
