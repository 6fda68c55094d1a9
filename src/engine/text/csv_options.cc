#include "engine/text/csv_options.h"

#include <algorithm>

#include "base/ascii.h"
#include "base/error.h"

namespace lochan::engine::text {
namespace {

/// The separator as it is written: a backslash stands before t, r, b, f, ", ', \ and 0.
std::string separator_of(const std::string& text) {
  const auto refuse = [&](const std::string& reason) {
    throw Error("INVALID_OPTION_VALUE", {{"option", "sep"}, {"value", text}, {"reason", reason}});
  };
  if (text.empty()) refuse("it cannot be empty");
  std::string out;
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\') {
      out += text[i];
      continue;
    }
    if (text.size() == 1) refuse("a single backslash is not allowed");
    static constexpr std::string_view kWritten = "trbf\"'\\0", kMeant("\t\r\b\f\"'\\\0", 8);
    const size_t known = ++i < text.size() ? kWritten.find(text[i]) : std::string_view::npos;
    if (known == std::string_view::npos) refuse("it has an unknown character behind a backslash");
    out += kMeant[known];
  }
  return out;
}

/// What reading and writing share.
template <class Dialect>
void read_dialect(const OptionReader& options, Dialect& dialect) {
  dialect.separator = separator_of(options.text("sep").value_or(options.text_or("delimiter", ",")));
  dialect.quote = options.character("quote", '"');
  dialect.escape = options.character("escape", '\\');
  dialect.comment = options.character("comment", 0);
  dialect.escape_of_escape = options.character(
      "charToEscapeQuoteEscaping", dialect.escape == dialect.quote ? 0 : dialect.escape);
}

/// Reader and writer refuse malformed values of each other's options too, as in Spark.
void check_all(const OptionReader& options) {
  for (const char* key : {"maxColumns", "maxCharsPerColumn"}) options.number(key, 0);
  for (const char* key : {"header", "multiLine", "columnPruning", "inferSchema", "enforceSchema",
                          "preferDate", "ignoreLeadingWhiteSpace", "ignoreTrailingWhiteSpace",
                          "quoteAll", "escapeQuotes", "enableDateTimeParsingFallback"})
    options.flag(key, false);
}

}  // namespace

CsvOptions csv_options(const plan::Options& given, const QueryOptions& query) {
  const OptionReader options(given, "csv");
  options.refuse_missing();
  CsvOptions out;
  auto& dialect = out.dialect;
  read_dialect(options, dialect);
  dialect.trim_leading = options.flag("ignoreLeadingWhiteSpace", false);
  dialect.trim_trailing = options.flag("ignoreTrailingWhiteSpace", false);
  dialect.empty_value = options.text_or("emptyValue", "");
  const std::string handling =
      upper_case(options.text_or("unescapedQuoteHandling", "STOP_AT_DELIMITER"));
  if (handling != "STOP_AT_DELIMITER" && handling != "STOP_AT_CLOSING_QUOTE")
    throw Error::not_supported("unescapedQuoteHandling " + handling);
  dialect.stop_at_closing_quote = handling == "STOP_AT_CLOSING_QUOTE";
  dialect.max_columns = std::max(options.number("maxColumns", 20480), 0);
  check_all(options);

  out.lines = options.lines("CSVOptions");
  if (out.lines.separator.size() > 2)
    throw Error("INVALID_OPTION_VALUE", {{"option", "lineSep"},
                                         {"value", out.lines.separator},
                                         {"reason", "it can only have one character"}});
  out.mode = options.mode();
  out.formats = date_time_formats(options, query);
  out.header = options.flag("header", false);
  out.multi_line = options.flag("multiLine", false);
  out.prunes_columns = !out.multi_line && options.flag("columnPruning", true);
  out.infer_schema = options.flag("inferSchema", false);
  out.enforce_schema = options.flag("enforceSchema", true);
  out.prefer_date = options.flag("preferDate", true);
  out.null_value = options.text_or("nullValue", "");
  out.nan_value = options.text_or("nanValue", "NaN");
  out.positive_infinity = options.text_or("positiveInf", "Inf");
  out.negative_infinity = options.text_or("negativeInf", "-Inf");
  out.corrupt_column = options.text_or("columnNameOfCorruptRecord", "_corrupt_record");
  out.date_pattern = options.text_or("dateFormat", "");
  return out;
}

CsvStyle csv_style(const plan::Options& given) {
  const OptionReader options(given, "csv");
  CsvStyle out;
  check_all(options);
  read_dialect(options, out);
  out.quote_all = options.flag("quoteAll", false);
  out.escape_quotes = options.flag("escapeQuotes", true);
  out.trim_leading = options.flag("ignoreLeadingWhiteSpace", true);
  out.trim_trailing = options.flag("ignoreTrailingWhiteSpace", true);
  out.null_value = options.text_or("nullValue", "");
  out.empty_value = options.text_or("emptyValue", "\"\"");
  return out;
}

std::optional<std::string_view> cell_text(const CsvRecord& record, size_t i,
                                          const CsvOptions& options) {
  if (i >= record.cells.size() || record.cells[i].null) return std::nullopt;
  const auto text = record[i];
  if (text == options.null_value) return std::nullopt;
  return text;
}

bool is_no_record(std::string_view line, const CsvOptions& options) {
  const bool blank = std::all_of(line.begin(), line.end(),
                                 [](char c) { return static_cast<unsigned char>(c) <= ' '; });
  return blank || (options.dialect.comment && line.front() == options.dialect.comment);
}

}  // namespace lochan::engine::text
