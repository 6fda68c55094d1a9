#pragma once
#include <exception>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace lochan {

/// Which Java exception family of Spark a condition belongs to; clients choose their class by it.
enum class ErrorKind {
  kParse,       // ParseException
  kAnalysis,    // AnalysisException
  kArithmetic,  // SparkArithmeticException
  kArrayIndex,  // SparkArrayIndexOutOfBoundsException
  kDateTime,    // SparkDateTimeException
  kIllegalArgument,
  kNumberFormat,
  kRuntime,      // SparkRuntimeException
  kUnsupported,  // SparkUnsupportedOperationException
  kUpgrade,      // SparkUpgradeException
  kSpark,        // SparkException
  kNoSuchElement,
  kConcurrentModification,
  kInternal,  // a bug of ours
};

/// One row of the table of error conditions (base/error_conditions.cc). Names, SQLSTATEs and
/// parameters are Spark's own, so that clients recognise them.
struct ErrorCondition {
  std::string_view name;      // "DIVIDE_BY_ZERO", "CAST_INVALID_INPUT", "DATATYPE_MISMATCH.X"
  std::string_view sqlstate;  // five characters
  ErrorKind kind;
  std::string_view message;  // with <parameter> placeholders, without the leading [NAME]
};

/// The row called `name`, or null.
const ErrorCondition* find_error_condition(std::string_view name);

/// The piece of the user's query that an error points to (Spark's QueryContext). `start` and `stop`
/// are character offsets in the query text, stop inclusive, as Spark counts them. A context without
/// offsets (start < 0) and call site only carries `summary`: clients get no query context.
struct QueryContext {
  std::string object_type;
  std::string object_name;
  int start = -1;
  int stop = -1;
  std::string fragment;
  std::string call_site;  // DataFrame API only
  std::string
      summary;  // the text under the message: "== SQL (line 1, position 8) ==\nSELECT 1/0\n ..."
  bool operator==(const QueryContext&) const = default;
};

using ErrorParameters = std::map<std::string, std::string>;

/// What ends a request. Made from a row of the error table; carries Spark's condition, parameters
/// and query context. Immutable once thrown.
class Error : public std::exception {
 public:
  /// `condition` must be a row of the table; an unknown name becomes INTERNAL_ERROR and says so.
  explicit Error(std::string_view condition, ErrorParameters parameters = {},
                 std::optional<QueryContext> context = std::nullopt);

  /// A bug of ours: INTERNAL_ERROR with `message`.
  static Error internal(std::string message);
  /// Something Spark has and we lack, by name: UNSUPPORTED_FEATURE.NOT_YET with `what`.
  static Error not_supported(std::string what);

  const std::string& condition() const { return condition_; }
  const std::string& sqlstate() const { return sqlstate_; }
  ErrorKind kind() const { return kind_; }
  const ErrorParameters& parameters() const { return parameters_; }
  const std::optional<QueryContext>& context() const { return context_; }
  /// A copy of this error that points at `context`, unless it already points somewhere.
  Error with_context(const QueryContext& context) const;

  /// The message as Spark prints it: "[CONDITION] text SQLSTATE: 22012", then the query context.
  const char* what() const noexcept override { return text_.c_str(); }

  /// A lossless one-line form, so that an error can cross a library that keeps only text (DuckDB).
  std::string encode() const;
  /// The error inside `text` if encode() made a part of it.
  static std::optional<Error> decode(std::string_view text);

 private:
  void render();
  std::string condition_, sqlstate_, message_, text_;
  ErrorKind kind_ = ErrorKind::kInternal;
  ErrorParameters parameters_;
  std::optional<QueryContext> context_;
};

}  // namespace lochan
