// Config: Spark's defaults and what the client set. Keys that this server does not know can be set
// and read, as in Spark.
#include "connect/handlers.h"
#include "connect/invalid_plan.h"

namespace lochan::connect {

namespace proto = spark::connect;

namespace {

struct DeprecatedConfig {
  std::string_view key, version, comment;
};

// Spark's SQLConf.deprecatedSQLConfigs, as far as clients may still set them.
constexpr DeprecatedConfig kDeprecated[] = {
    {"spark.sql.execution.pandas.respectSessionTimeZone", "2.3",
     "Behavior for `false` config value is considered as a bug, and it will be prohibited in the "
     "future releases."},
    {"spark.sql.hive.verifyPartitionPath", "3.0",
     "This config is replaced by 'spark.files.ignoreMissingFiles'."},
    {"spark.sql.adaptive.shuffle.targetPostShuffleInputSize", "3.0",
     "Use 'spark.sql.adaptive.advisoryPartitionSizeInBytes' instead of it."},
    {"spark.sql.parquet.int64AsTimestampMillis", "3.0",
     "Use 'spark.sql.parquet.outputTimestampType' instead of it."},
    {"spark.sql.execution.arrow.maxRecordsPerBatch.fallback", "3.0", ""},
};

constexpr std::string_view kUnsupported[] = {"spark.sql.execution.arrow.enabled",
                                             "spark.sql.execution.arrow.pyspark.fallback.enabled"};

void add_warning(const std::string& key, proto::ConfigResponse& out) {
  for (const auto unsupported : kUnsupported)
    if (key == unsupported) {
      out.add_warnings("The SQL config '" + key + "' is NOT supported in Spark Connect");
      return;
    }
  for (const auto& row : kDeprecated)
    if (key == row.key) {
      out.add_warnings("The SQL config '" + key + "' has been deprecated in Spark v" +
                       std::string(row.version) + " and may be removed in the future. " +
                       std::string(row.comment));
      return;
    }
}

void add_pair(const std::string& key, const std::optional<std::string>& value,
              proto::ConfigResponse& out) {
  auto* pair = out.add_pairs();
  pair->set_key(key);
  if (value) pair->set_value(*value);
}

void set(const proto::ConfigRequest::Set& request, session::Config& config,
         proto::ConfigResponse& out) {
  for (const auto& pair : request.pairs()) {
    try {
      if (!pair.has_value())
        throw invalid_plan_message("requirement failed: value cannot be null for key: " +
                                   pair.key());
      config.set(pair.key(), pair.value());
      add_warning(pair.key(), out);
    } catch (const Error& error) {
      if (!request.silent()) throw;
      out.add_warnings("Failed to set " + pair.key() + " to " +
                       (pair.has_value() ? "Some(" + pair.value() + ")" : "None") + " due to " +
                       error.what());
    }
  }
}

void get(const proto::ConfigRequest::Get& request, session::Config& config,
         proto::ConfigResponse& out) {
  for (const auto& key : request.keys()) {
    const auto value = config.get(key);
    if (!value) throw Error("SQL_CONF_NOT_FOUND", {{"sqlConf", "\"" + key + "\""}});
    add_pair(key, value, out);
    add_warning(key, out);
  }
}

void get_with_default(const proto::ConfigRequest::GetWithDefault& request, session::Config& config,
                      proto::ConfigResponse& out) {
  for (const auto& pair : request.pairs()) {
    auto value = config.get(pair.key());
    if (!value && pair.has_value()) value = pair.value();
    add_pair(pair.key(), value, out);
    add_warning(pair.key(), out);
  }
}

void get_all(const proto::ConfigRequest::GetAll& request, session::Config& config,
             proto::ConfigResponse& out) {
  for (const auto& [key, value] : config.all(request.prefix())) {
    add_pair(key.substr(request.prefix().size()), value, out);
    add_warning(key, out);
  }
}

}  // namespace

proto::ConfigResponse config(const proto::ConfigRequest& request, CallContext& context) {
  auto session = open_session(caller_of(request, context), context);
  session::Config& config = session->config();
  proto::ConfigResponse out;
  out.set_session_id(session->id());
  out.set_server_side_session_id(session->server_side_id());
  const auto& operation = request.operation();
  switch (operation.op_type_case()) {
    case proto::ConfigRequest::Operation::kSet: set(operation.set(), config, out); break;
    case proto::ConfigRequest::Operation::kGet: get(operation.get(), config, out); break;
    case proto::ConfigRequest::Operation::kGetWithDefault:
      get_with_default(operation.get_with_default(), config, out);
      break;
    case proto::ConfigRequest::Operation::kGetOption:
      for (const auto& key : operation.get_option().keys()) {
        add_pair(key, config.get(key), out);
        add_warning(key, out);
      }
      break;
    case proto::ConfigRequest::Operation::kGetAll: get_all(operation.get_all(), config, out); break;
    case proto::ConfigRequest::Operation::kUnset:
      for (const auto& key : operation.unset().keys()) {
        config.unset(key);
        add_warning(key, out);
      }
      break;
    case proto::ConfigRequest::Operation::kIsModifiable:
      for (const auto& key : operation.is_modifiable().keys()) {
        add_pair(key, config.is_modifiable(key) ? "true" : "false", out);
        add_warning(key, out);
      }
      break;
    case proto::ConfigRequest::Operation::OP_TYPE_NOT_SET:
      throw oneof_not_set(operation, "op_type");
  }
  return out;
}

}  // namespace lochan::connect
