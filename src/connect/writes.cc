// commands.proto: the commands that are plans.
#include "connect/invalid_plan.h"
#include "connect/plan_converter.h"

namespace lochan::connect {

namespace proto = spark::connect;
using plan::PlanPtr;

namespace {

plan::SaveMode save_mode(proto::WriteOperation::SaveMode mode) {
  switch (mode) {
    case proto::WriteOperation::SAVE_MODE_APPEND: return plan::SaveMode::kAppend;
    case proto::WriteOperation::SAVE_MODE_OVERWRITE: return plan::SaveMode::kOverwrite;
    case proto::WriteOperation::SAVE_MODE_IGNORE: return plan::SaveMode::kIgnore;
    case proto::WriteOperation::SAVE_MODE_UNSPECIFIED:
    case proto::WriteOperation::SAVE_MODE_ERROR_IF_EXISTS: return plan::SaveMode::kErrorIfExists;
    default: throw invalid_enum("spark.connect.WriteOperation.SaveMode", mode);
  }
}

plan::WriteV2::Mode write_mode(proto::WriteOperationV2::Mode mode) {
  switch (mode) {
    case proto::WriteOperationV2::MODE_CREATE: return plan::WriteV2::kCreate;
    case proto::WriteOperationV2::MODE_OVERWRITE: return plan::WriteV2::kOverwrite;
    case proto::WriteOperationV2::MODE_OVERWRITE_PARTITIONS:
      return plan::WriteV2::kOverwritePartitions;
    case proto::WriteOperationV2::MODE_APPEND: return plan::WriteV2::kAppend;
    case proto::WriteOperationV2::MODE_REPLACE: return plan::WriteV2::kReplace;
    case proto::WriteOperationV2::MODE_CREATE_OR_REPLACE: return plan::WriteV2::kCreateOrReplace;
    default: throw invalid_enum("spark.connect.WriteOperationV2.Mode", mode);
  }
}

}  // namespace

PlanPtr PlanConverter::write(const proto::WriteOperation& in) {
  if (in.has_bucket_by() || in.sort_column_names_size() > 0)
    throw Error::not_supported("bucketBy and sortBy");
  plan::Write out;
  out.query = input(in);
  out.format = in.source();
  out.mode = save_mode(in.mode());
  out.partition_by.assign(in.partitioning_columns().begin(), in.partitioning_columns().end());
  out.cluster_by.assign(in.clustering_columns().begin(), in.clustering_columns().end());
  out.options = lower_case_options(in.options());
  if (in.with_schema_evolution()) out.options["mergeschema"] = "true";
  switch (in.save_type_case()) {
    case proto::WriteOperation::kPath: out.path = in.path(); break;
    case proto::WriteOperation::kTable:
      out.table = parse_identifier(in.table().table_name());
      switch (in.table().save_method()) {
        case proto::WriteOperation::SaveTable::TABLE_SAVE_METHOD_SAVE_AS_TABLE: break;
        case proto::WriteOperation::SaveTable::TABLE_SAVE_METHOD_INSERT_INTO:
          out.insert_into = true;
          break;
        default:
          throw invalid_enum("spark.connect.WriteOperation.SaveTable.TableSaveMethod",
                             in.table().save_method());
      }
      break;
    case proto::WriteOperation::SAVE_TYPE_NOT_SET:
      // df.write.option("path", ...).save(), or a format that needs no path.
      if (auto path = out.options.find("path"); path != out.options.end()) out.path = path->second;
      break;
  }
  return plan::make_plan(std::move(out));
}

PlanPtr PlanConverter::write_v2(const proto::WriteOperationV2& in) {
  plan::WriteV2 out;
  out.query = input(in);
  out.table = parse_identifier(in.table_name());
  out.mode = write_mode(in.mode());
  out.format = in.provider();
  out.options = lower_case_options(in.options());
  if (in.with_schema_evolution()) out.options["mergeschema"] = "true";
  for (const auto& [key, value] : in.table_properties()) out.properties[key] = value;
  out.partitioning = expressions(in.partitioning_columns());
  if (in.clustering_columns_size() > 0) throw Error::not_supported("DataFrameWriterV2.clusterBy");
  if (out.mode == plan::WriteV2::kOverwrite)
    out.overwrite_condition =
        required(in.has_overwrite_condition(), in.overwrite_condition(), "overwrite_condition");
  return plan::make_plan(std::move(out));
}

}  // namespace lochan::connect
