#include "engine/text/json_options.h"

namespace lochan::engine::text {

JsonOptions json_options(const plan::Options& given, const QueryOptions& query) {
  const OptionReader options(given, "json");
  options.refuse_missing();
  JsonOptions out;
  auto& dialect = out.dialect;
  dialect.comments = options.flag("allowComments", false);
  dialect.unquoted_names = options.flag("allowUnquotedFieldNames", false);
  dialect.single_quotes = options.flag("allowSingleQuotes", true);
  dialect.leading_zeros = options.flag("allowNumericLeadingZeros", false);
  dialect.any_escape = options.flag("allowBackslashEscapingAnyCharacter", false);
  dialect.control_characters = options.flag("allowUnquotedControlChars", false);
  dialect.non_numbers = options.flag("allowNonNumericNumbers", true);
  out.lines = options.lines("JSONOptionsInRead");
  out.mode = options.mode();
  out.formats = date_time_formats(options, query);
  out.multi_line = options.flag("multiLine", false);
  out.decodes = out.multi_line && (options.text("encoding") || options.text("charset"));
  out.primitives_as_string = options.flag("primitivesAsString", false);
  out.prefers_decimal = options.flag("prefersDecimal", false);
  out.drop_nulls = options.flag("dropFieldIfAllNull", false);
  out.infer_timestamp = options.flag("inferTimestamp", false);
  out.case_sensitive = query.context.case_sensitive;
  out.corrupt_column = options.text_or("columnNameOfCorruptRecord", "_corrupt_record");
  return out;
}

}  // namespace lochan::engine::text
