// Regular expressions. A pattern is compiled once for as long as it stays the same from row to row.
#include "engine/kernels/java_regex.h"
#include "engine/kernels/kernel_list.h"
#include "engine/kernels/per_row.h"
#include "engine/kernels/utf8.h"
#include "types/value.h"

namespace lochan::engine::kernels {
namespace {

using Text = std::string_view;

std::string sql_text(Text text) { return types::Value::string(std::string(text)).sql(); }

/// The regular expression of the row before, which is nearly always the same.
class PatternCache {
 public:
  explicit PatternCache(const KernelSpec& spec) : spec_(spec) {}
  const JavaRegex& get(Text pattern) {
    if (!regex_ || pattern != pattern_) {
      pattern_ = pattern;
      std::string problem;
      regex_ = JavaRegex::compile(pattern, &problem);
      if (!regex_) {
        raise(spec_, "INVALID_PARAMETER_VALUE.PATTERN",
              {{"parameter", "`regexp`"},
               {"functionName", "`" + spec_.name + "`"},
               {"value", sql_text(pattern)}});
      }
    }
    return *regex_;
  }

 private:
  const KernelSpec& spec_;
  std::string pattern_;
  std::shared_ptr<const JavaRegex> regex_;
};

/// Only where something matched, as in Spark: without a match no group is asked for.
void check_group(const KernelSpec& spec, const JavaRegex& regex, int32_t group) {
  if (group >= 0 && group <= regex.group_count()) return;
  raise(spec, "INVALID_PARAMETER_VALUE.REGEX_GROUP_INDEX",
        {{"parameter", "`idx`"},
         {"functionName", "`" + spec.name + "`"},
         {"groupCount", std::to_string(regex.group_count())},
         {"groupIndex", std::to_string(group)}});
}

Text part(Text text, const JavaRegex::Span& span) {
  return span.start < 0 ? Text{} : text.substr(span.start, span.end - span.start);
}

/// A kernel over (text, pattern, A...): `f` gets the compiled pattern. Errors of matching cross
/// DuckDB.
template <class R, class... A, class F>
std::function<ScalarBody(const KernelSpec&)> over_pattern(F f) {
  return [f](const KernelSpec& spec) -> ScalarBody {
    return [&spec, f](duckdb::DataChunk& args, duckdb::ExpressionState& state,
                      duckdb::Vector& result) {
      PatternCache cache(spec);
      try {
        per_row<R, Text, Text, A...>([&](Text text, Text pattern, A... rest) {
          return f(spec, cache.get(pattern), text, rest...);
        })(args, state, result);
      } catch (const Error& e) {
        raise(e);
      }
    };
  };
}

/// Kernels whose result is an array of strings: `f(add, ...)` adds the parts of one row.
template <class F>
ScalarBody string_list(const KernelSpec& spec, bool has_group, F f) {
  return [&spec, has_group, f](duckdb::DataChunk& args, duckdb::ExpressionState&,
                               duckdb::Vector& result) {
    const bool constant = all_constant(args);
    const auto rows = constant ? 1 : args.size();
    Column<Text> texts(args.data[0], args.size()), patterns(args.data[1], args.size());
    Column<int32_t> numbers(args.data[has_group ? 2 : 0], args.size());
    auto* entries = duckdb::FlatVector::GetData<duckdb::list_entry_t>(result);
    duckdb::idx_t total = 0, reserved = STANDARD_VECTOR_SIZE;
    duckdb::ListVector::Reserve(result, reserved);
    PatternCache cache(spec);
    try {
      for (duckdb::idx_t row = 0; row < rows; ++row) {
        check_cancelled();
        entries[row].offset = total;
        f(cache, texts[row], patterns[row], has_group ? numbers[row] : 0, [&](Text value) {
          if (total == reserved) {
            claim_memory(reserved * sizeof(duckdb::string_t));
            duckdb::ListVector::Reserve(result, reserved *= 2);
          }
          store(duckdb::ListVector::GetEntry(result), total++, value);
        });
        entries[row].length = total - entries[row].offset;
      }
    } catch (const Error& e) {
      raise(e);
    }
    duckdb::ListVector::SetListSize(result, total);
    if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  };
}

/// split(text, regex, limit): limit <= 0 keeps all parts, even empty ones at the end.
ScalarBody bind_split(const KernelSpec& spec) {
  return string_list(spec, true,
                     [](PatternCache& cache, Text text, Text pattern, int32_t limit, auto add) {
                       if (limit <= 0) limit = INT32_MAX;
                       if (text.empty()) return add(text);
                       if (pattern.empty()) {
                         // Spark splits into characters, without the empty string that Java adds at
                         // the end.
                         size_t i = 0;
                         for (int32_t n = 1; i < text.size() && n < limit; ++n) {
                           const size_t size = utf8::character_size(text, i);
                           add(text.substr(i, size));
                           i += size;
                         }
                         if (i < text.size()) add(text.substr(i));
                         return;
                       }
                       cache.get(pattern).split(text, limit, add);
                     });
}

ScalarBody bind_extract_all(const KernelSpec& spec) {
  return string_list(
      spec, true, [&spec](PatternCache& cache, Text text, Text pattern, int32_t group, auto add) {
        const auto& regex = cache.get(pattern);
        regex.for_each(text, [&](const auto& groups) {
          check_group(spec, regex, group);
          add(part(text, groups[group]));
          return true;
        });
      });
}

/// regexp_replace(text, pattern, replacement, position): what stands before the position is kept.
std::string replace(const KernelSpec& spec, const JavaRegex& regex, Text text, Text replacement,
                    int32_t position, Text pattern) {
  const size_t start = utf8::offset_of(text, position - 1);
  if (position > 1 && start >= text.size()) return std::string(text);
  std::string out;
  size_t copied = 0, from = start;
  std::vector<JavaRegex::Span> groups;
  std::optional<JavaRegex::Replacement> pieces;
  // Java searches in the region from `position` on, so that ^ matches there.
  const Text region = text.substr(start);
  from = 0;
  out.append(text.substr(0, start));
  while (from <= region.size() && regex.find(region, from, groups)) {
    if (!pieces && !(pieces = regex.parse_replacement(replacement))) {
      raise(spec, "INVALID_REGEXP_REPLACE",
            {{"source", std::string(text)},
             {"pattern", std::string(pattern)},
             {"replacement", std::string(replacement)},
             {"position", std::to_string(position)}});
    }
    out.append(region.substr(copied, groups[0].start - copied));
    JavaRegex::append(out, *pieces, region, groups);
    copied = groups[0].end;
    from = groups[0].end > groups[0].start
               ? copied
               : (copied >= region.size() ? region.size() + 1
                                          : copied + utf8::character_size(region, copied));
  }
  return out.append(region.substr(std::min(copied, region.size())));
}

ScalarBody bind_replace(const KernelSpec& spec) {
  return [&spec](duckdb::DataChunk& args, duckdb::ExpressionState& state, duckdb::Vector& result) {
    PatternCache cache(spec);
    try {
      per_row<std::string, Text, Text, Text, int32_t>(
          [&](Text text, Text pattern, Text replacement, int32_t position) {
            return replace(spec, cache.get(pattern), text, replacement, position, pattern);
          })(args, state, result);
    } catch (const Error& e) {
      raise(e);
    }
  };
}

std::optional<Text> first_match(const KernelSpec& spec, const JavaRegex& regex, Text text,
                                int32_t group) {
  std::vector<JavaRegex::Span> groups;
  if (!regex.find(text, 0, groups)) return std::nullopt;
  check_group(spec, regex, group);
  return part(text, groups[group]);
}

const ScalarKernel kKernels[] = {
    {.name = "rlike",
     .bind = over_pattern<bool>(
         [](const KernelSpec&, const JavaRegex& regex, Text text) { return regex.found_in(text); }),
     .fallible = true},
    {.name = "regexp_extract",
     .bind = over_pattern<Text, int32_t>(
         [](const KernelSpec& spec, const JavaRegex& regex, Text text, int32_t group) {
           return first_match(spec, regex, text, group).value_or(Text{});
         }),
     .fallible = true},
    {.name = "regexp_extract_all", .bind = bind_extract_all, .fallible = true},
    {.name = "regexp_replace", .bind = bind_replace, .fallible = true},
    {.name = "regexp_substr",
     .bind = over_pattern<std::optional<Text>>(
         [](const KernelSpec& spec, const JavaRegex& regex, Text text) {
           return first_match(spec, regex, text, 0);
         }),
     .fallible = true},
    {.name = "regexp_count",
     .bind = over_pattern<int32_t>([](const KernelSpec&, const JavaRegex& regex, Text text) {
       int32_t n = 0;
       regex.for_each(text, [&](const auto&) {
         ++n;
         return true;
       });
       return n;
     }),
     .fallible = true},
    // Spark's regexp_instr takes a group index and ignores it.
    {.name = "regexp_instr",
     .bind = over_pattern<int32_t, int32_t>(
         [](const KernelSpec&, const JavaRegex& regex, Text text, int32_t) -> int32_t {
           std::vector<JavaRegex::Span> groups;
           if (!regex.find(text, 0, groups)) return 0;
           return utf8::length(text.substr(0, groups[0].start)) + 1;
         }),
     .fallible = true},
    {.name = "split", .bind = bind_split, .fallible = true},
};

}  // namespace

ScalarKernels regexp_kernels() { return pointers<ScalarKernel>(kKernels); }

}  // namespace lochan::engine::kernels
