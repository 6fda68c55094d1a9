#include "types/ddl.h"

#include <algorithm>
#include <cctype>

#include <nlohmann/json.hpp>

#include "base/ascii.h"
#include "base/error.h"
#include "base/source_text.h"

/// The grammar of types:
///   type    := ARRAY '<' type '>' | MAP '<' type ',' type '>' | STRUCT ('<' [field (',' field)*]
///   '>' | '<>')
///            | INTERVAL [unit [TO unit]] | name ['(' number (',' number)* ')'] [COLLATE name]
///            | TIMESTAMP [WITH|WITHOUT LOCAL? TIME ZONE]   (only the names of Spark: _NTZ, _LTZ)
///   field   := name [':'] type [NOT NULL] [COMMENT string]
///   columns := column (',' column)*,  column := name [':'] type [NOT NULL] [COMMENT string]
namespace lochan::types {
namespace {

constexpr int kMaxDepth = 200;

int year_month_index(std::string_view name) {
  return name == "year" || name == "years" ? 0 : name == "month" || name == "months" ? 1 : -1;
}

int day_time_index(std::string_view name) {
  if (name == "day" || name == "days") return 0;
  if (name == "hour" || name == "hours") return 1;
  if (name == "minute" || name == "minutes") return 2;
  if (name == "second" || name == "seconds") return 3;
  return -1;
}

std::optional<DataType> plain_type(std::string_view name) {
  struct Row {
    std::string_view name;
    TypeId id;
  };
  constexpr Row kRows[] = {
      {"boolean", TypeId::kBoolean},
      {"tinyint", TypeId::kByte},
      {"byte", TypeId::kByte},
      {"smallint", TypeId::kShort},
      {"short", TypeId::kShort},
      {"int", TypeId::kInteger},
      {"integer", TypeId::kInteger},
      {"bigint", TypeId::kLong},
      {"long", TypeId::kLong},
      {"float", TypeId::kFloat},
      {"real", TypeId::kFloat},
      {"double", TypeId::kDouble},
      {"date", TypeId::kDate},
      {"string", TypeId::kString},
      {"binary", TypeId::kBinary},
      {"void", TypeId::kNull},
      {"variant", TypeId::kVariant},
      {"timestamp", TypeId::kTimestamp},
      {"timestamp_ltz", TypeId::kTimestamp},
      {"timestamp_ntz", TypeId::kTimestampNtz},
  };
  for (const Row& row : kRows) {
    if (row.name == name) return DataType(row.id);
  }
  return std::nullopt;
}

class TypeParser {
 public:
  TypeParser(std::string_view text, size_t begin) : text_(text), next_(begin) { advance(); }

  DataType type() {
    if (++depth_ > kMaxDepth) throw Error("FAILED_TO_PARSE_TOO_COMPLEX");
    DataType result = type_here();
    --depth_;
    return result;
  }

  DataType columns() {
    std::vector<StructField> fields;
    if (kind_ != Kind::kEnd) {
      do fields.push_back(field());
      while (accept(','));
    }
    return DataType::structure(std::move(fields));
  }

  void expect_end() {
    if (kind_ != Kind::kEnd) fail_here();
  }
  size_t end() const { return last_end_; }

 private:
  enum class Kind { kEnd, kWord, kQuoted, kNumber, kString, kSymbol };

  void skip_space() {
    while (next_ < text_.size()) {
      if (std::isspace(static_cast<unsigned char>(text_[next_]))) {
        ++next_;
      } else if (text_.substr(next_, 2) == "--") {
        next_ = std::min(text_.find('\n', next_), text_.size());
      } else if (text_.substr(next_, 2) == "/*") {
        const size_t close = text_.find("*/", next_ + 2);
        next_ = close == std::string_view::npos ? text_.size() : close + 2;
      } else {
        break;
      }
    }
  }

  void advance() {
    last_end_ = next_;
    skip_space();
    start_ = next_;
    word_.clear();
    if (next_ >= text_.size()) {
      kind_ = Kind::kEnd;
      return;
    }
    const char c = text_[next_];
    if (c == '`' || c == '\'' || c == '"') {
      quoted(c);
    } else if (is_word(c)) {
      while (next_ < text_.size() && is_word(text_[next_])) ++next_;
      word_ = text_.substr(start_, next_ - start_);
      kind_ =
          std::all_of(word_.begin(), word_.end(), [](unsigned char d) { return std::isdigit(d); })
              ? Kind::kNumber
              : Kind::kWord;
    } else {
      ++next_;
      word_ = c;
      kind_ = Kind::kSymbol;
    }
  }

  static bool is_word(char c) {
    return c == '_' || std::isalnum(static_cast<unsigned char>(c)) ||
           static_cast<unsigned char>(c) >= 0x80;
  }

  void quoted(char quote) {
    kind_ = quote == '`' ? Kind::kQuoted : Kind::kString;
    for (++next_; next_ < text_.size(); ++next_) {
      if (text_[next_] == quote) {
        if (next_ + 1 < text_.size() && text_[next_ + 1] == quote) {
          ++next_;
        } else {
          ++next_;
          return;
        }
      } else if (quote != '`' && text_[next_] == '\\' && next_ + 1 < text_.size()) {
        ++next_;
      }
      word_ += text_[next_];
    }
    fail_here();
  }

  [[noreturn]] void fail_here(std::string hint = "") {
    std::string token = "end of input";
    if (kind_ != Kind::kEnd) token = "'" + std::string(text_.substr(start_, next_ - start_)) + "'";
    throw Error("PARSE_SYNTAX_ERROR", {{"error", token}, {"hint", std::move(hint)}},
                syntax_context(text_, start_));
  }

  [[noreturn]] void fail(const char* condition, ErrorParameters parameters, size_t start) {
    throw Error(condition, std::move(parameters),
                sql_context(text_, start, last_end_ > start ? last_end_ - 1 : start));
  }

  bool at(char symbol) const { return kind_ == Kind::kSymbol && word_[0] == symbol; }
  bool accept(char symbol) {
    if (!at(symbol)) return false;
    advance();
    return true;
  }
  void expect(char symbol) {
    if (!accept(symbol)) fail_here(std::string(": missing '") + symbol + "'");
  }
  bool at_word(std::string_view word) const {
    return kind_ == Kind::kWord && lower_case(word_) == word;
  }
  bool accept_word(std::string_view word) {
    if (!at_word(word)) return false;
    advance();
    return true;
  }

  std::string identifier() {
    if (kind_ != Kind::kWord && kind_ != Kind::kQuoted) fail_here();
    std::string name = word_;
    advance();
    return name;
  }

  StructField field() {
    StructField result;
    result.name = identifier();
    accept(':');
    result.type = type();
    while (true) {
      if (accept_word("not")) {
        if (!accept_word("null")) fail_here();
        result.nullable = false;
      } else if (accept_word("comment")) {
        if (kind_ != Kind::kString) fail_here();
        result.metadata = nlohmann::json{{"comment", word_}}.dump();
        advance();
      } else {
        return result;
      }
    }
  }

  std::vector<int> numbers() {
    std::vector<int> result;
    if (!accept('(')) return result;
    do {
      if (kind_ != Kind::kNumber || word_.size() > 9) fail_here();
      result.push_back(std::stoi(word_));
      advance();
    } while (accept(','));
    expect(')');
    return result;
  }

  DataType interval() {
    const std::string first = kind_ == Kind::kWord ? lower_case(word_) : "";
    for (const auto index : {year_month_index, day_time_index}) {
      const int start = index(first);
      if (start < 0) continue;
      const size_t begin = start_;
      advance();
      int end = start;
      if (accept_word("to")) {
        const std::string second = kind_ == Kind::kWord ? lower_case(word_) : "";
        end = index(second);
        advance();
        if (end <= start) {
          fail("PARSE_SYNTAX_ERROR", {{"error", "'" + second + "'"}, {"hint", ""}}, begin);
        }
      }
      return index == year_month_index ? DataType::year_month(start, end)
                                       : DataType::day_time(start, end);
    }
    return TypeId::kCalendarInterval;
  }

  DataType type_here() {
    const size_t start = start_;
    if (kind_ != Kind::kWord && kind_ != Kind::kQuoted) fail_here();
    const std::string name = lower_case(word_);
    advance();
    if (name == "interval") return interval();
    if (at('<') && (name == "array" || name == "map" || name == "struct")) {
      advance();
      if (name == "array") {
        DataType element = type();
        expect('>');
        return DataType::array(std::move(element));
      }
      if (name == "map") {
        DataType key = type();
        expect(',');
        DataType value = type();
        expect('>');
        return DataType::map(std::move(key), std::move(value));
      }
      std::vector<StructField> fields;
      if (!at('>')) {
        do fields.push_back(field());
        while (accept(','));
      }
      expect('>');
      return DataType::structure(std::move(fields));
    }
    if (name == "array" || name == "map" || name == "struct") {
      fail(name == "array" ? "INCOMPLETE_TYPE_DEFINITION.ARRAY"
           : name == "map" ? "INCOMPLETE_TYPE_DEFINITION.MAP"
                           : "INCOMPLETE_TYPE_DEFINITION.STRUCT",
           {}, start);
    }
    const std::vector<int> sizes = numbers();
    if (name == "decimal" || name == "dec" || name == "numeric") {
      if (sizes.size() > 2) fail_unsupported(name, sizes, start);
      const int precision = sizes.empty() ? 10 : sizes[0], scale = sizes.size() > 1 ? sizes[1] : 0;
      if (precision > 38) {
        fail("DECIMAL_PRECISION_EXCEEDS_MAX_PRECISION",
             {{"precision", std::to_string(precision)}, {"maxPrecision", "38"}}, start);
      }
      if (scale > precision) {
        fail("_LEGACY_ERROR_TEMP_1228",
             {{"scale", std::to_string(scale)}, {"precision", std::to_string(precision)}}, start);
      }
      return DataType::decimal(precision, scale);
    }
    if (name == "char" || name == "character" || name == "varchar") {
      if (sizes.empty())
        fail("DATATYPE_MISSING_SIZE", {{"type", "\"" + upper_case(name) + "\""}}, start);
      if (sizes.size() > 1) fail_unsupported(name, sizes, start);
      return name == "varchar" ? DataType::varchar(sizes[0]) : DataType::character(sizes[0]);
    }
    if (name == "time" && sizes.size() <= 1) {
      const int precision = sizes.empty() ? 6 : sizes[0];
      if (precision > 6) {
        fail("UNSUPPORTED_TIME_PRECISION", {{"precision", std::to_string(precision)}}, start);
      }
      if (accept_word("without")) {
        if (!accept_word("time") || !accept_word("zone")) fail_here();
      }
      return DataType::time(precision);
    }
    if (name == "string" && sizes.empty()) {
      if (accept_word("collate")) return DataType::string_with_collation(collation());
      return TypeId::kString;
    }
    const auto plain = plain_type(name);
    if (!plain || !sizes.empty()) fail_unsupported(name, sizes, start);
    return *plain;
  }

  // Names of collations are written in capitals; system.builtin. may precede.
  std::string collation() {
    std::string name = identifier();
    while (accept('.')) name = identifier();
    return upper_case(name);
  }

  [[noreturn]] void fail_unsupported(const std::string& name, const std::vector<int>& sizes,
                                     size_t start) {
    std::string text = upper_case(name);
    for (size_t i = 0; i < sizes.size(); ++i) {
      text += (i == 0 ? "(" : ",") + std::to_string(sizes[i]);
    }
    if (!sizes.empty()) text += ")";
    fail("UNSUPPORTED_DATATYPE", {{"typeName", "\"" + text + "\""}}, start);
  }

  std::string_view text_;
  size_t next_ = 0, start_ = 0, last_end_ = 0;
  int depth_ = 0;
  Kind kind_ = Kind::kEnd;
  std::string word_;
};

}  // namespace

ParsedType parse_type_at(std::string_view text, size_t begin) {
  TypeParser parser(text, begin);
  DataType type = parser.type();
  return {std::move(type), parser.end()};
}

DataType parse_ddl_type(std::string_view ddl) {
  TypeParser parser(ddl, 0);
  DataType type = parser.type();
  parser.expect_end();
  return type;
}

DataType parse_ddl_schema(std::string_view ddl) {
  TypeParser parser(ddl, 0);
  DataType schema = parser.columns();
  parser.expect_end();
  return schema;
}

std::optional<DataType> scalar_type_by_json_name(std::string_view name) {
  // JSON has the names of typeName: of the synonyms that SQL has, it knows only these.
  if (name == "decimal") return DataType::decimal(10, 0);
  if (name == "null") return DataType(TypeId::kNull);
  constexpr std::string_view kSqlOnly[] = {"tinyint", "smallint", "int",     "bigint",
                                           "real",    "dec",      "numeric", "character"};
  for (const auto other : kSqlOnly) {
    if (name.substr(0, name.find('(')) == other) return std::nullopt;
  }
  if (name.starts_with("array") || name.starts_with("map") || name.starts_with("struct"))
    return std::nullopt;
  try {
    return parse_ddl_type(name);
  } catch (const Error&) {
    return std::nullopt;
  }
}

}  // namespace lochan::types
