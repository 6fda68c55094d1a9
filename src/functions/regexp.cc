// Regular expressions, in Java's syntax.
#include "functions/families.h"
#include "functions/type_rules.h"

namespace lochan::functions {

using types::DataType;
using types::Value;

std::span<const Function> regexp_functions() {
  static const std::vector<Function> rows = {
      {.name = "regexp_count",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = args({kString}).returns(kInteger),
       .fallible = true,
       .doc = "How often a pattern matches.",
       .example = "SELECT regexp_count('a1b2', '[0-9]')",
       .lower = Kernel{"regexp_count"}},
      {.name = "regexp_extract",
       .min_arguments = 2,
       .max_arguments = 3,
       .type = args({kString, kString, kInteger}).returns(kString),
       .parameters = {"str", "regexp", "idx"},
       .defaults = {Value::integer(1)},
       .fallible = true,
       .doc = "A group of the first match; empty if nothing matches.",
       .example = "SELECT regexp_extract('a1b2', '([a-z])([0-9])', 2)",
       .lower = Kernel{"regexp_extract"}},
      {.name = "regexp_extract_all",
       .min_arguments = 2,
       .max_arguments = 3,
       .type = args({kString, kString, kInteger}).returns(DataType::array(kString, true)),
       .parameters = {"str", "regexp", "idx"},
       .defaults = {Value::integer(1)},
       .fallible = true,
       .doc = "A group of every match.",
       .example = "SELECT regexp_extract_all('a1b2', '([a-z])', 1)",
       .lower = Kernel{"regexp_extract_all"}},
      {.name = "regexp_instr",
       .min_arguments = 2,
       .max_arguments = 3,
       .type = args({kString, kString, kInteger}).returns(kInteger),
       .parameters = {"str", "regexp", "idx"},
       .defaults = {Value::integer(0)},
       .fallible = true,
       .doc = "Place of the first match, from 1; 0 if nothing matches.",
       .example = "SELECT regexp_instr('ab1', '[0-9]')",
       .lower = Kernel{"regexp_instr"}},
      {.name = "regexp_replace",
       .min_arguments = 3,
       .max_arguments = 4,
       .type = args({kString, kString, kString, kInteger})
                   .returns(kString)
                   .foldable(3)
                   .then([](CallSite& call) {
                     const Value* position = call.constant(3);
                     if (position != nullptr && !position->is_null() && position->as_int() <= 0) {
                       call.mismatch("VALUE_OUT_OF_RANGE",
                                     {{"exprName", "position"},
                                      {"valueRange", "(0, 2147483647]"},
                                      {"currentValue", std::to_string(position->as_int())}});
                     }
                   }),
       .parameters = {"str", "regexp", "rep", "position"},
       .defaults = {Value::integer(1)},
       .fallible = true,
       .doc = "Every match, from a position on, replaced; $1 stands for a group.",
       .example = "SELECT regexp_replace('a1b2', '([0-9])', '<$1>')",
       .lower = Kernel{"regexp_replace"}},
      {.name = "regexp_substr",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = nullptr,
       .doc = "The first match, or null if there is none or it is empty.",
       .example = "SELECT regexp_substr('ab12', '[0-9]+')",
       .lower = Rewrite{[](CallSite& call) {
         return plan::function("nullif",
                               {plan::function("regexp_substr: any", call.arguments, call.origin),
                                plan::literal(types::Value::string(""))});
       }}},
      {.name = "regexp_substr: any",
       .min_arguments = 2,
       .max_arguments = 2,
       .type = args({kString}).returns(kString).nullable(),
       .fallible = true,
       .lower = Kernel{"regexp_substr"}},
      {.name = "rlike",
       .aliases = {"regexp", "regexp_like"},
       .min_arguments = 2,
       .max_arguments = 2,
       .type = args({kString}).returns(kBoolean),
       .print = upper_name(),
       .fallible = true,
       .doc = "Whether a part of the text matches a regular expression.",
       .example = "SELECT 'loch' RLIKE 'o.h'",
       .lower = Kernel{"rlike"}},
  };
  return rows;
}

}  // namespace lochan::functions
