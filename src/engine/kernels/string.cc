// Strings: case, size, parts, padding, trimming, search.
#include <algorithm>
#include <memory>

#include "engine/kernels/elements.h"
#include "engine/kernels/kernel_list.h"
#include "engine/kernels/like.h"
#include "engine/kernels/per_row.h"
#include "engine/kernels/utf8.h"

namespace lochan::engine::kernels {
namespace {

using Text = std::string_view;

bool is_binary(const KernelSpec& spec, size_t i = 0) {
  return spec.arguments[i].is(types::TypeId::kBinary);
}

Text bytes_substring(Text bytes, int32_t position, int32_t length) {
  const int64_t size = static_cast<int64_t>(bytes.size());
  const int64_t start = position > 0 ? position - 1 : position < 0 ? size + position : 0;
  const int64_t end = std::min<int64_t>(start + length, size), first = std::max<int64_t>(start, 0);
  return end <= first ? Text{} : bytes.substr(first, end - first);
}

std::string bytes_pad(Text bytes, int32_t length, Text pad, bool left) {
  if (length <= 0) return {};
  const size_t wanted = length;
  if (bytes.size() >= wanted) return std::string(bytes.substr(0, wanted));
  if (pad.empty()) return std::string(bytes);
  std::string fill;
  while (fill.size() < wanted - bytes.size()) fill += pad;
  fill.resize(wanted - bytes.size());
  return left ? fill.append(bytes) : std::string(bytes).append(fill);
}

ScalarBody bind_substring(const KernelSpec& spec) {
  if (is_binary(spec)) return per_row<Text, Text, int32_t, int32_t>(bytes_substring);
  return per_row<Text, Text, int32_t, int32_t>(utf8::substring);
}

template <bool kLeft>
ScalarBody bind_pad(const KernelSpec& spec) {
  const bool binary = is_binary(spec);
  return per_row<std::string, Text, int32_t, Text>([binary](Text s, int32_t n, Text p) {
    if (binary) return bytes_pad(s, n, p, kLeft);
    return kLeft ? utf8::lpad(s, n, p) : utf8::rpad(s, n, p);
  });
}

/// One argument: spaces. Two: (characters, text), as Spark's SQL function has them.
template <bool kLeft, bool kRight>
ScalarBody bind_trim(const KernelSpec& spec) {
  const auto trim = [](Text text, Text set) {
    if (kLeft) text = utf8::trim_left(text, set);
    return kRight ? utf8::trim_right(text, set) : text;
  };
  if (spec.arguments.size() == 1) {
    return per_row<Text, Text>([trim](Text text) { return trim(text, " "); });
  }
  return per_row<Text, Text, Text>([trim](Text set, Text text) { return trim(text, set); });
}

ScalarBody bind_concat(const KernelSpec& spec) {
  if (spec.result.is(types::TypeId::kArray)) return bind_array_concat(spec);
  const size_t n = spec.arguments.size();
  return [n](duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
    const bool constant = all_constant(args);
    const auto rows = constant ? 1 : args.size();
    std::vector<Column<Text>> columns;
    for (size_t i = 0; i < n; ++i) columns.emplace_back(args.data[i], args.size());
    auto* out = duckdb::FlatVector::GetData<duckdb::string_t>(result);
    for (duckdb::idx_t row = 0; row < rows; ++row) {
      size_t size = 0;
      for (const auto& c : columns) size += c[row].size();
      claim_memory(size);
      auto text = duckdb::StringVector::EmptyString(result, size);
      char* target = text.GetDataWriteable();
      for (const auto& c : columns) {
        const auto part = c[row];
        target = std::copy(part.begin(), part.end(), target);
      }
      text.Finalize();
      out[row] = text;
    }
    if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  };
}

/// concat_ws(separator, string or array<string>...): nulls are left out; a null separator gives
/// null.
ScalarBody bind_concat_ws(const KernelSpec& spec) {
  std::vector<bool> is_array;
  for (const auto& t : spec.arguments) is_array.push_back(t.is(types::TypeId::kArray));
  return [is_array](duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
    const bool constant = all_constant(args);
    const auto rows = constant ? 1 : args.size();
    Column<Text> separators(args.data[0], args.size());
    std::vector<std::pair<std::optional<Column<Text>>, std::optional<Column<duckdb::list_entry_t>>>>
        columns;
    for (size_t i = 1; i < is_array.size(); ++i) {
      auto& c = columns.emplace_back();
      auto& v = args.data[i];
      if (is_array[i]) {
        c.second.emplace(v, args.size());
        c.first.emplace(duckdb::ListVector::GetEntry(v), duckdb::ListVector::GetListSize(v));
      } else {
        c.first.emplace(v, args.size());
      }
    }
    std::string text;
    for (duckdb::idx_t row = 0; row < rows; ++row) {
      if (separators.is_null(row)) {
        duckdb::FlatVector::SetNull(result, row, true);
        continue;
      }
      text.clear();
      bool first = true;
      const auto add = [&](const Column<Text>& c, duckdb::idx_t i) {
        if (c.is_null(i)) return;
        if (!first) text += separators[row];
        first = false;
        text += c[i];
      };
      for (const auto& [texts, lists] : columns) {
        if (!lists) {
          add(*texts, row);
        } else if (!lists->is_null(row)) {
          const auto entry = (*lists)[row];
          for (duckdb::idx_t i = 0; i < entry.length; ++i) add(*texts, entry.offset + i);
        }
      }
      store(result, row, text);
    }
    if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  };
}

/// elt(n, a, b...): the n-th argument.
ScalarBody bind_elt(const KernelSpec& spec) {
  const size_t n = spec.arguments.size() - 1;
  return [&spec, n](duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
    const bool constant = all_constant(args);
    const auto rows = constant ? 1 : args.size();
    Column<int32_t> indexes(args.data[0], args.size());
    std::vector<Column<Text>> columns;
    for (size_t i = 1; i <= n; ++i) columns.emplace_back(args.data[i], args.size());
    for (duckdb::idx_t row = 0; row < rows; ++row) {
      const bool null_index = indexes.is_null(row);
      const int32_t index = null_index ? 0 : indexes[row];
      const bool inside = index >= 1 && static_cast<size_t>(index) <= n;
      if (!null_index && !inside && spec.mode == plan::CastMode::kAnsi) {
        raise(spec, "INVALID_ARRAY_INDEX",
              {{"indexValue", std::to_string(index)}, {"arraySize", std::to_string(n)}});
      }
      if (!inside || columns[index - 1].is_null(row)) {
        duckdb::FlatVector::SetNull(result, row, true);
      } else {
        store(result, row, columns[index - 1][row]);
      }
    }
    if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  };
}

/// like(text, pattern[, escape]); kFold compares in lower case (ILIKE).
template <bool kFold>
ScalarBody bind_like(const KernelSpec& spec) {
  struct Cached {
    std::string pattern, escape;
    std::unique_ptr<const LikePattern> compiled;
  };
  const bool has_escape = spec.arguments.size() > 2;
  return [&spec, has_escape](duckdb::DataChunk& args, duckdb::ExpressionState&,
                             duckdb::Vector& result) {
    const bool constant = all_constant(args);
    const auto rows = constant ? 1 : args.size();
    Column<Text> texts(args.data[0], args.size()), patterns(args.data[1], args.size());
    std::optional<Column<Text>> escapes;
    if (has_escape) escapes.emplace(args.data[2], args.size());
    auto* out = duckdb::FlatVector::GetData<bool>(result);
    Cached cached;
    for (duckdb::idx_t row = 0; row < rows; ++row) {
      const auto pattern = patterns[row];
      const auto escape = escapes ? (*escapes)[row] : Text("\\");
      if (!cached.compiled || cached.pattern != pattern || cached.escape != escape) {
        cached = {std::string(pattern), std::string(escape), nullptr};
        try {
          cached.compiled = std::make_unique<const LikePattern>(
              kFold ? Text(utf8::lower(pattern)) : pattern, escape);
        } catch (const Error& e) {
          raise(e);
        }
      }
      out[row] = kFold ? cached.compiled->matches(utf8::lower(texts[row]))
                       : cached.compiled->matches(texts[row]);
    }
    if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  };
}

/// like(text, pattern) where the pattern is the same in all rows and has no escapes.
ScalarBody bind_like_search(const KernelSpec&) {
  return [](duckdb::DataChunk& args, duckdb::ExpressionState&, duckdb::Vector& result) {
    const bool constant = all_constant(args);
    const auto rows = constant ? 1 : args.size();
    if (rows == 0) return;
    duckdb::UnifiedVectorFormat texts;
    args.data[0].ToUnifiedFormat(args.size(), texts);
    const auto* text = duckdb::UnifiedVectorFormat::GetData<duckdb::string_t>(texts);
    const LikePattern pattern(Column<Text>(args.data[1], args.size())[0], "\\");
    auto* out = duckdb::FlatVector::GetData<bool>(result);
    for (duckdb::idx_t row = 0; row < rows; ++row)
      out[row] = pattern.matches(view(text[texts.sel->get_index(row)]));
    if (constant) result.SetVectorType(duckdb::VectorType::CONSTANT_VECTOR);
  };
}

ScalarBody bind_split_part(const KernelSpec& spec) {
  return per_row<Text, Text, Text, int32_t>([&spec](Text text, Text delimiter,
                                                    int32_t index) -> Text {
    if (index == 0) raise(spec, "INVALID_INDEX_OF_ZERO", {});
    if (delimiter.empty()) return index == 1 || index == -1 ? text : Text{};
    std::vector<Text> parts;
    size_t from = 0;
    for (size_t at; (at = text.find(delimiter, from)) != Text::npos; from = at + delimiter.size()) {
      parts.push_back(text.substr(from, at - from));
    }
    parts.push_back(text.substr(from));
    const int64_t n = static_cast<int64_t>(parts.size());
    const int64_t i = index > 0 ? index - 1 : n + index;
    return i >= 0 && i < n ? parts[i] : Text{};
  });
}

template <class R, class... A, class F>
std::function<ScalarBody(const KernelSpec&)> rows(F f) {
  return [f](const KernelSpec&) { return per_row<R, A...>(f); };
}

const ScalarKernel kKernels[] = {
    {.name = "upper", .bind = rows<std::string, Text>(utf8::upper)},
    {.name = "lower", .bind = rows<std::string, Text>(utf8::lower)},
    {.name = "initcap", .bind = rows<std::string, Text>(utf8::initcap)},
    {.name = "length",
     .bind =
         [](const KernelSpec& spec) {
           const bool binary = is_binary(spec);
           return per_row<int32_t, Text>([binary](Text s) {
             return binary ? static_cast<int32_t>(s.size()) : utf8::length(s);
           });
         }},
    {.name = "octet_length",
     .bind = rows<int32_t, Text>([](Text s) { return static_cast<int32_t>(s.size()); })},
    {.name = "bit_length",
     .bind = rows<int32_t, Text>([](Text s) { return static_cast<int32_t>(s.size() * 8); })},
    {.name = "trim", .bind = bind_trim<true, true>},
    {.name = "ltrim", .bind = bind_trim<true, false>},
    {.name = "rtrim", .bind = bind_trim<false, true>},
    {.name = "lpad", .bind = bind_pad<true>},
    {.name = "rpad", .bind = bind_pad<false>},
    {.name = "substring", .bind = bind_substring},
    {.name = "left",
     .bind =
         [](const KernelSpec& spec) {
           const bool binary = is_binary(spec);
           return per_row<Text, Text, int32_t>([binary](Text s, int32_t n) {
             return binary ? bytes_substring(s, 1, std::max(n, 0)) : utf8::left(s, n);
           });
         }},
    {.name = "right", .bind = rows<Text, Text, int32_t>(utf8::right)},
    {.name = "concat", .bind = bind_concat},
    {.name = "concat_ws", .bind = bind_concat_ws, .handles_nulls = true},
    {.name = "elt", .bind = bind_elt, .fallible = true, .handles_nulls = true},
    {.name = "replace", .bind = rows<std::string, Text, Text, Text>(utf8::replace)},
    {.name = "translate", .bind = rows<std::string, Text, Text, Text>(utf8::translate)},
    {.name = "reverse",
     .bind =
         [](const KernelSpec& spec) {
           if (spec.result.is(types::TypeId::kArray)) return bind_array_reverse(spec);
           return per_row<std::string, Text>(utf8::reverse);
         }},
    {.name = "repeat", .bind = rows<std::string, Text, int32_t>([](Text s, int32_t n) {
                         std::string out;
                         if (n > 0) out.reserve(s.size() * n);
                         for (int32_t i = 0; i < n; ++i) out += s;
                         return out;
                       })},
    {.name = "locate",
     .bind =
         [](const KernelSpec&) {
           // A null start is 0, as in Spark: not found.
           using MaybeText = std::optional<Text>;
           return per_row<std::optional<int32_t>, MaybeText, MaybeText, std::optional<int32_t>>(
               [](MaybeText needle, MaybeText text,
                  std::optional<int32_t> start) -> std::optional<int32_t> {
                 if (!start) return 0;
                 if (!needle || !text) return std::nullopt;
                 return utf8::locate(*needle, *text, *start);
               });
         },
     .handles_nulls = true},
    {.name = "instr", .bind = rows<int32_t, Text, Text>([](Text text, Text needle) {
                        return utf8::locate(needle, text, 1);
                      })},
    {.name = "space", .bind = rows<std::string, int32_t>([](int32_t n) {
                        return std::string(std::max(n, 0), ' ');
                      })},
    {.name = "overlay",
     .bind =
         [](const KernelSpec& spec) {
           const bool binary = is_binary(spec);
           return per_row<std::string, Text, Text, int32_t, int32_t>([binary](Text text, Text with,
                                                                              int32_t position,
                                                                              int32_t length) {
             if (!binary) return utf8::overlay(text, with, position, length);
             const int32_t skipped = length >= 0 ? length : static_cast<int32_t>(with.size());
             std::string out(bytes_substring(text, 1, position - 1));
             return out.append(with).append(bytes_substring(text, position + skipped, INT32_MAX));
           });
         }},
    {.name = "split_part", .bind = bind_split_part, .fallible = true},
    {.name = "substring_index", .bind = rows<Text, Text, Text, int32_t>(utf8::substring_index)},
    {.name = "soundex", .bind = rows<std::string, Text>(utf8::soundex)},
    {.name = "levenshtein",
     .bind =
         [](const KernelSpec& spec) {
           if (spec.arguments.size() == 3) {
             return per_row<int32_t, Text, Text, int32_t>(
                 [](Text a, Text b, int32_t limit) { return utf8::levenshtein(a, b, limit); });
           }
           return per_row<int32_t, Text, Text>(
               [](Text a, Text b) { return utf8::levenshtein(a, b); });
         }},
    {.name = "startswith",
     .bind = rows<bool, Text, Text>([](Text s, Text p) { return s.starts_with(p); })},
    {.name = "endswith",
     .bind = rows<bool, Text, Text>([](Text s, Text p) { return s.ends_with(p); })},
    {.name = "contains",
     .bind = rows<bool, Text, Text>([](Text s, Text p) { return s.find(p) != Text::npos; })},
    {.name = "find_in_set", .bind = rows<int32_t, Text, Text>(utf8::find_in_set)},
    {.name = "luhn_check", .bind = rows<bool, Text>(utf8::luhn_check)},
    {.name = "like", .bind = bind_like<false>, .fallible = true},
    {.name = "like_search", .bind = bind_like_search},
    {.name = "ilike", .bind = bind_like<true>, .fallible = true},
};

}  // namespace

ScalarKernels string_kernels() { return pointers<ScalarKernel>(kKernels); }

}  // namespace lochan::engine::kernels
