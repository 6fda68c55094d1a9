#include "connect/call_context.h"
#include "sql/parser.h"

namespace lochan::connect {

ConversionEnvironment conversion_environment(const std::shared_ptr<session::Session>& session) {
  return {
      .find_artifact = [session](const std::string& name) { return session->artifact(name); },
      .parse_expression =
          [session](const std::string& text) {
            const auto& config = session->config();
            sql::ParseOptions options;
            options.double_quoted_identifiers =
                config.get_bool("spark.sql.ansi.doubleQuotedIdentifiers");
            options.timestamp_ntz = config.get_or("spark.sql.timestampType", "") == "TIMESTAMP_NTZ";
            options.time_zone = config.get_or("spark.sql.session.timeZone", "UTC");
            return sql::parse_expression(std::make_shared<const std::string>(text), options);
          },
      .session_id = session->id(),
  };
}

}  // namespace lochan::connect
