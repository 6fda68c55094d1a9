// AnalyzePlan: questions about a plan that is not run.
#include "connect/handlers.h"
#include "connect/invalid_plan.h"
#include "connect/storage_level.h"
#include "connect/types_proto.h"

namespace lochan::connect {

namespace proto = spark::connect;
using session::Session;

namespace {

plan::PlanPtr to_plan(const proto::Plan& plan, PlanConverter& converter) {
  proto::Plan buffer;
  return converter.relation(decompress(plan, buffer).root());
}

session::ExplainMode explain_mode(proto::AnalyzePlanRequest::Explain::ExplainMode mode) {
  switch (mode) {
    case proto::AnalyzePlanRequest::Explain::EXPLAIN_MODE_SIMPLE:
      return session::ExplainMode::kSimple;
    case proto::AnalyzePlanRequest::Explain::EXPLAIN_MODE_EXTENDED:
      return session::ExplainMode::kExtended;
    case proto::AnalyzePlanRequest::Explain::EXPLAIN_MODE_CODEGEN:
      return session::ExplainMode::kCodegen;
    case proto::AnalyzePlanRequest::Explain::EXPLAIN_MODE_COST: return session::ExplainMode::kCost;
    case proto::AnalyzePlanRequest::Explain::EXPLAIN_MODE_FORMATTED:
      return session::ExplainMode::kFormatted;
    default: throw invalid_enum("spark.connect.AnalyzePlanRequest.Explain.ExplainMode", mode);
  }
}

// "a INT NOT NULL COMMENT 'x',`b c` ARRAY<STRING>"
std::string to_ddl(const types::DataType& type) {
  if (!type.is(types::TypeId::kStruct))
    throw Error("INVALID_SCHEMA_TYPE_NON_STRUCT", {{"dataType", "\"" + type.sql() + "\""}});
  std::string out;
  for (const auto& field : type.fields()) {
    if (!out.empty()) out += ",";
    // A struct's own form writes "name: TYPE [NOT NULL] [COMMENT '...']"; in a list of columns
    // there is no colon.
    const std::string name = types::quote_if_needed(field.name);
    const std::string whole = types::DataType::structure({field}).sql();
    const std::string prefix = "STRUCT<" + name + ": ";
    out += name + " " + whole.substr(prefix.size(), whole.size() - prefix.size() - 1);
  }
  return out;
}

}  // namespace

proto::AnalyzePlanResponse analyze_plan(const proto::AnalyzePlanRequest& request,
                                        CallContext& context) {
  using Request = proto::AnalyzePlanRequest;
  auto session = open_session(caller_of(request, context), context);
  PlanConverter converter(conversion_environment(session));
  proto::AnalyzePlanResponse out;
  out.set_session_id(session->id());
  out.set_server_side_session_id(session->server_side_id());
  switch (request.analyze_case()) {
    case Request::kSchema:
      to_proto(session->schema_of(to_plan(request.schema().plan(), converter)),
               out.mutable_schema()->mutable_schema());
      break;
    case Request::kExplain:
      out.mutable_explain()->set_explain_string(
          session->explain(to_plan(request.explain().plan(), converter),
                           explain_mode(request.explain().explain_mode())));
      break;
    case Request::kTreeString: {
      const auto schema = session->schema_of(to_plan(request.tree_string().plan(), converter));
      const int level =
          request.tree_string().has_level() ? request.tree_string().level() : INT32_MAX;
      out.mutable_tree_string()->set_tree_string(
          types::DataType::structure(schema).tree_string(level));
      break;
    }
    case Request::kIsLocal:
      out.mutable_is_local()->set_is_local(
          session->is_local(to_plan(request.is_local().plan(), converter)));
      break;
    case Request::kIsStreaming:
      session->analyze(to_plan(request.is_streaming().plan(), converter));
      out.mutable_is_streaming()->set_is_streaming(false);
      break;
    case Request::kInputFiles: {
      auto* files = out.mutable_input_files();
      for (auto& file : session->input_files(to_plan(request.input_files().plan(), converter)))
        files->add_files(std::move(file));
      break;
    }
    case Request::kSparkVersion:
      out.mutable_spark_version()->set_version(std::string(session::kSparkVersion));
      break;
    case Request::kDdlParse:
      to_proto(parse_schema_string(request.ddl_parse().ddl_string()),
               out.mutable_ddl_parse()->mutable_parsed());
      break;
    case Request::kSameSemantics:
      out.mutable_same_semantics()->set_result(
          session->same_semantics(to_plan(request.same_semantics().target_plan(), converter),
                                  to_plan(request.same_semantics().other_plan(), converter)));
      break;
    case Request::kSemanticHash:
      out.mutable_semantic_hash()->set_result(
          session->semantic_hash(to_plan(request.semantic_hash().plan(), converter)));
      break;
    case Request::kPersist:
      session->persist(converter.relation(request.persist().relation()),
                       request.persist().has_storage_level()
                           ? to_text(request.persist().storage_level())
                           : std::string(kMemoryAndDisk));
      out.mutable_persist();
      break;
    case Request::kUnpersist:
      session->unpersist(converter.relation(request.unpersist().relation()));
      out.mutable_unpersist();
      break;
    case Request::kGetStorageLevel:
      *out.mutable_get_storage_level()->mutable_storage_level() = parse_storage_level(
          session->storage_level(converter.relation(request.get_storage_level().relation())));
      break;
    case Request::kJsonToDdl:
      out.mutable_json_to_ddl()->set_ddl_string(
          to_ddl(types::parse_json_type(request.json_to_ddl().json_string())));
      break;
    case Request::ANALYZE_NOT_SET:
      throw invalid_plan("UNKNOWN_ANALYZE_METHOD", {{"other", "ANALYZE_NOT_SET"}});
  }
  return out;
}

}  // namespace lochan::connect
