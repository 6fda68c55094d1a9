// Window functions. Their frames are fixed by Spark where it says so (row_number, rank, lag...);
// analysis sets them.
#include "functions/families.h"
#include "functions/names.h"
#include "functions/type_rules.h"

namespace lochan::functions {

using types::DataType;
using types::Value;

namespace {

Function ranking(std::string_view name, DataType result, std::string_view duckdb, NameRule print,
                 std::string_view doc, std::string_view example, int max_arguments = 0) {
  return {.name = name,
          .kind = FunctionKind::kWindow,
          .max_arguments = max_arguments,
          .type = no_args().returns(std::move(result)).not_null(),
          .print = std::move(print),
          .doc = doc,
          .example = example,
          .lower = Template{duckdb}};
}

/// RANK(): in upper case, and without the arguments that Spark accepts and ignores.
NameRule bare_upper() {
  return
      [](const CallSite& call, const std::vector<std::string>&) { return upper_name()(call, {}); };
}

/// ntile(n)
void buckets(CallSite& call) {
  if (!call.type(0).is(kInteger)) call.reject(0, "\"INT\"");
  call.result = kInteger;
  call.nullable = false;
}

/// lag(x, offset, default): the default takes the input's type.
void shifted(CallSite& call) {
  accept_argument(call, 1, kInteger);
  if (!call.type(2).is(kNull) && !call.type(2).same_type(call.type(0))) {
    if (!implicit_cast(call.type(2), Accept(call.type(0)), call.context)) {
      call.mismatch("UNEXPECTED_INPUT_TYPE",
                    {{"paramIndex", "third"},
                     {"requiredType", quoted_type(call.type(0))},
                     {"inputSql", quoted_name(*call.arguments[2], call.context)},
                     {"inputType", quoted_type(call.type(2))}});
    }
  }
  call.cast(2, call.type(0));
  call.result = call.type(0);
  call.nullable = call.arguments[0]->nullable || call.arguments[2]->nullable;
}

}  // namespace

std::span<const Function> window_functions() {
  static const std::vector<Function> rows = {
      ranking("row_number", kInteger, "CAST(row_number() AS INTEGER)", nullptr,
              "Number of the row in its partition, from 1.",
              "SELECT k, row_number() OVER (ORDER BY v) FROM VALUES ('a', 1), ('a', 1), ('b', 3) "
              "AS tab(k, v)"),
      ranking("rank", kInteger, "CAST(rank() AS INTEGER)", bare_upper(),
              "Rank of the row in its partition, with gaps after ties.",
              "SELECT k, rank() OVER (ORDER BY v) FROM VALUES ('a', 1), ('a', 1), ('b', 3) AS "
              "tab(k, v)",
              kAnyNumber),
      ranking("dense_rank", kInteger, "CAST(dense_rank() AS INTEGER)", bare_upper(),
              "Rank of the row in its partition, without gaps.",
              "SELECT k, dense_rank() OVER (ORDER BY v) FROM VALUES ('a', 1), ('a', 1), ('b', 3) "
              "AS tab(k, v)",
              kAnyNumber),
      ranking("percent_rank", kDouble, "percent_rank()", bare_upper(),
              "(rank - 1) / (rows of the partition - 1).",
              "SELECT k, percent_rank() OVER (ORDER BY v) FROM VALUES ('a', 1), ('a', 1), ('b', 3) "
              "AS tab(k, v)",
              kAnyNumber),
      ranking("cume_dist", kDouble, "cume_dist()", nullptr,
              "Share of the partition's rows that are not after this one.",
              "SELECT k, cume_dist() OVER (ORDER BY v) FROM VALUES ('a', 1), ('a', 1), ('b', 3) AS "
              "tab(k, v)"),
      {.name = "ntile",
       .kind = FunctionKind::kWindow,
       .max_arguments = 1,
       .type = buckets,
       .defaults = {Value::integer(1)},
       .doc = "Number of the row's bucket when the partition is cut into n equal ones.",
       .example = "SELECT k, ntile(2) OVER (ORDER BY v) FROM VALUES ('a', 1), ('a', 1), ('b', 3) "
                  "AS tab(k, v)",
       .lower = Template{"CAST(ntile($1) AS INTEGER)"}},
      {.name = "lag",
       .kind = FunctionKind::kWindow,
       .min_arguments = 1,
       .max_arguments = 3,
       .type = shifted,
       .parameters = {"input", "offset", "default"},
       .defaults = {Value::integer(1), Value::null(kNull)},
       .doc = "The value some rows before this one.",
       .example = "SELECT k, lag(v) OVER (ORDER BY v) FROM VALUES ('a', 1), ('a', 1), ('b', 3) AS "
                  "tab(k, v)",
       .lower = Template{"lag($1, $2, $3)"}},
      {.name = "lead",
       .kind = FunctionKind::kWindow,
       .min_arguments = 1,
       .max_arguments = 3,
       .type = shifted,
       .parameters = {"input", "offset", "default"},
       .defaults = {Value::integer(1), Value::null(kNull)},
       .doc = "The value some rows after this one.",
       .example = "SELECT k, lead(v) OVER (ORDER BY v) FROM VALUES ('a', 1), ('a', 1), ('b', 3) AS "
                  "tab(k, v)",
       .lower = Template{"lead($1, $2, $3)"}},
      {.name = "nth_value",
       .kind = FunctionKind::kWindow,
       .min_arguments = 2,
       .max_arguments = 2,
       .type = args({kAnything, kInteger}).returns_argument(0).nullable(),
       .doc = "The value of the n-th row of the frame.",
       .example = "SELECT k, nth_value(v, 2) OVER (ORDER BY v) FROM VALUES ('a', 1), ('a', 1), "
                  "('b', 3) AS tab(k, v)",
       .lower = Template{"nth_value($1, $2)"}},
  };
  return rows;
}

}  // namespace lochan::functions
