#include "connect/error_status.h"

#include <nlohmann/json.hpp>

#include <algorithm>

#include "base/clock.h"

namespace lochan::connect {

namespace proto = spark::connect;

namespace {

using Classes = std::vector<std::string>;

// The client refuses trailers of more than 8 KB.
constexpr size_t kMaxMessage = 2048;
constexpr size_t kMaxParameters = 1024;

const char* kThrowable[] = {"java.lang.Throwable", "java.lang.Object"};

Classes chain(std::initializer_list<const char*> classes) {
  Classes out(classes.begin(), classes.end());
  out.insert(out.end(), {"java.lang.Exception", kThrowable[0], kThrowable[1]});
  return out;
}

Classes runtime(std::initializer_list<const char*> classes) {
  Classes out(classes.begin(), classes.end());
  out.insert(out.end(),
             {"java.lang.RuntimeException", "java.lang.Exception", kThrowable[0], kThrowable[1]});
  return out;
}

bool casts_to_datetime(const Error& error) {
  if (error.condition() != "CAST_INVALID_INPUT") return false;
  const auto target = error.parameters().find("targetType");
  if (target == error.parameters().end()) return false;
  const std::string& type = target->second;
  return type.find("DATE") != std::string::npos || type.find("TIME") != std::string::npos;
}

// Cuts before `limit` bytes, never inside a UTF-8 sequence.
std::string abbreviate(std::string text, size_t limit) {
  if (text.size() <= limit) return text;
  size_t end = limit - 3;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xC0) == 0x80) --end;
  return text.substr(0, end) + "...";
}

// protobuf wire format, as much as google.rpc.Status needs: its .proto files are not part of the
// protocol's descriptors.
class WireWriter {
 public:
  void number(int field, uint64_t value) {
    varint(static_cast<uint64_t>(field) << 3);
    varint(value);
  }
  void bytes(int field, const std::string& value) {
    varint((static_cast<uint64_t>(field) << 3) | 2);
    varint(value.size());
    out_ += value;
  }
  std::string take() { return std::move(out_); }

 private:
  void varint(uint64_t value) {
    while (value >= 0x80) {
      out_ += static_cast<char>(value | 0x80);
      value >>= 7;
    }
    out_ += static_cast<char>(value);
  }
  std::string out_;
};

// google/rpc/error_details.proto: ErrorInfo { reason = 1; domain = 2; map<string, string> metadata
// = 3; }
std::string error_info(const std::string& reason,
                       const std::map<std::string, std::string>& metadata) {
  WireWriter info;
  info.bytes(1, reason);
  info.bytes(2, "org.apache.spark");
  for (const auto& [key, value] : metadata) {
    WireWriter entry;
    entry.bytes(1, key);
    entry.bytes(2, value);
    info.bytes(3, entry.take());
  }
  return info.take();
}

// google/rpc/status.proto: Status { int32 code = 1; string message = 2; repeated
// google.protobuf.Any details = 3; }
std::string rpc_status(int code, const std::string& message, const std::string& info) {
  WireWriter any;
  any.bytes(1, "type.googleapis.com/google.rpc.ErrorInfo");
  any.bytes(2, info);
  WireWriter status;
  status.number(1, code);
  status.bytes(2, message);
  status.bytes(3, any.take());
  return status.take();
}

std::string json(const nlohmann::json& value) {
  return value.dump(-1, ' ', false, nlohmann::json::error_handler_t::replace);
}

// Status messages and protobuf strings must be UTF-8, whatever a query's text was.
std::string valid_utf8(const std::string& text) {
  return nlohmann::json::parse(json(text)).get<std::string>();
}

}  // namespace

std::vector<std::string> java_classes(const Error& error) {
  const std::string& condition = error.condition();
  if (condition.starts_with("CONNECT_INVALID_PLAN"))
    return chain({"org.apache.spark.sql.connect.common.InvalidPlanInput"});
  if (condition.starts_with("INVALID_HANDLE") || condition.starts_with("INVALID_CURSOR") ||
      condition.starts_with("INVALID_CLONE_SESSION_REQUEST") || condition == "OPERATION_CANCELED" ||
      condition == "UNSUPPORTED_FEATURE.INTERRUPT_TYPE" ||
      condition.starts_with("INVALID_PARAMETER_VALUE.INTERRUPT_TYPE"))
    return chain({"org.apache.spark.SparkSQLException", "java.sql.SQLException"});
  if (casts_to_datetime(error))
    return runtime({"org.apache.spark.SparkDateTimeException", "java.time.DateTimeException"});
  switch (error.kind()) {
    case ErrorKind::kParse:
      return chain({"org.apache.spark.sql.catalyst.parser.ParseException",
                    "org.apache.spark.sql.AnalysisException"});
    case ErrorKind::kAnalysis: return chain({"org.apache.spark.sql.AnalysisException"});
    case ErrorKind::kArithmetic:
      return runtime(
          {"org.apache.spark.SparkArithmeticException", "java.lang.ArithmeticException"});
    case ErrorKind::kArrayIndex:
      return runtime({"org.apache.spark.SparkArrayIndexOutOfBoundsException",
                      "java.lang.ArrayIndexOutOfBoundsException",
                      "java.lang.IndexOutOfBoundsException"});
    case ErrorKind::kDateTime:
      return runtime({"org.apache.spark.SparkDateTimeException", "java.time.DateTimeException"});
    case ErrorKind::kIllegalArgument:
      return runtime(
          {"org.apache.spark.SparkIllegalArgumentException", "java.lang.IllegalArgumentException"});
    case ErrorKind::kNumberFormat:
      return runtime({"org.apache.spark.SparkNumberFormatException",
                      "java.lang.NumberFormatException", "java.lang.IllegalArgumentException"});
    case ErrorKind::kRuntime: return runtime({"org.apache.spark.SparkRuntimeException"});
    case ErrorKind::kUnsupported:
      return runtime({"org.apache.spark.SparkUnsupportedOperationException",
                      "java.lang.UnsupportedOperationException"});
    case ErrorKind::kUpgrade: return runtime({"org.apache.spark.SparkUpgradeException"});
    case ErrorKind::kNoSuchElement:
      return runtime(
          {"org.apache.spark.SparkNoSuchElementException", "java.util.NoSuchElementException"});
    case ErrorKind::kConcurrentModification:
      return runtime({"org.apache.spark.SparkConcurrentModificationException",
                      "java.util.ConcurrentModificationException"});
    case ErrorKind::kSpark:
    case ErrorKind::kInternal: break;
  }
  return chain({"org.apache.spark.SparkException"});
}

grpc::Status to_status(const Error& error, const std::string& error_id) {
  const auto classes = java_classes(error);
  std::map<std::string, std::string> metadata;
  metadata["classes"] = json(classes);
  if (!error.sqlstate().empty()) metadata["sqlState"] = error.sqlstate();
  const std::string parameters = json(error.parameters());
  if (parameters.size() <= kMaxParameters) {
    metadata["errorClass"] = error.condition();
    metadata["messageParameters"] = parameters;
  }
  if (!error_id.empty()) metadata["errorId"] = error_id;
  const std::string message = abbreviate(valid_utf8(error.what()), kMaxMessage);
  return grpc::Status(
      grpc::StatusCode::INTERNAL, message,
      rpc_status(grpc::StatusCode::INTERNAL, message, error_info(classes.front(), metadata)));
}

void to_proto(const Error& error, proto::FetchErrorDetailsResponse* response) {
  response->set_root_error_idx(0);
  auto* out = response->add_errors();
  for (auto& name : java_classes(error)) out->add_error_type_hierarchy(std::move(name));
  out->set_message(valid_utf8(error.what()));
  auto* throwable = out->mutable_spark_throwable();
  throwable->set_error_class(error.condition());
  // Spark's old conditions have none.
  if (!error.sqlstate().empty()) throwable->set_sql_state(error.sqlstate());
  for (const auto& [name, value] : error.parameters())
    (*throwable->mutable_message_parameters())[valid_utf8(name)] = valid_utf8(value);
  if (!error.context()) return;
  const QueryContext& context = *error.context();
  if (context.start < 0 && context.call_site.empty()) return;
  auto* added = throwable->add_query_contexts();
  added->set_fragment(valid_utf8(context.fragment));
  added->set_summary(valid_utf8(context.summary));
  if (context.start >= 0) {
    added->set_context_type(proto::FetchErrorDetailsResponse::QueryContext::SQL);
    added->set_object_type(context.object_type);
    added->set_object_name(context.object_name);
    added->set_start_index(context.start);
    added->set_stop_index(context.stop);
  } else {
    added->set_context_type(proto::FetchErrorDetailsResponse::QueryContext::DATAFRAME);
    added->set_call_site(context.call_site);
  }
}

std::string ErrorStore::put(const std::string& session_key, const Error& error) {
  std::string id = random_uuid();
  std::lock_guard lock(mutex_);
  entries_.push_back({session_key, id, error, std::chrono::steady_clock::now()});
  if (entries_.size() > kCapacity) entries_.pop_front();
  return id;
}

std::optional<Error> ErrorStore::take(const std::string& session_key, const std::string& error_id) {
  std::lock_guard lock(mutex_);
  const auto entry = std::find_if(entries_.begin(), entries_.end(), [&](const Entry& e) {
    return e.id == error_id && e.session_key == session_key;
  });
  if (entry == entries_.end()) return std::nullopt;
  Error error = std::move(entry->error);
  entries_.erase(entry);
  return error;
}

bool ErrorStore::any_since(std::chrono::steady_clock::time_point moment) const {
  std::lock_guard lock(mutex_);
  return !entries_.empty() && entries_.back().made >= moment;
}

}  // namespace lochan::connect
