#include "session/data_sources.h"

#include <algorithm>
#include <array>
#include <set>

#include "analysis/time_travel.h"
#include "base/ascii.h"
#include "base/error.h"
#include "base/version.h"
#include "delta/snapshot.h"
#include "engine/sources.h"
#include "engine/text_files.h"
#include "session/file_listing.h"
#include "session/merge_schemas.h"
#include "session/session_state.h"
#include "session/timestamp_text.h"
#include "storage/object_store.h"
#include "storage/path_resolver.h"
#include "types/time_zone.h"

namespace lochan::session {
namespace {

/// What a row of the formats table needs to open a source.
struct Opening {
  Session& session;
  const plan::UnresolvedRead& read;
  std::optional<int64_t> timestamp_micros;
  types::Schema schema;
};

/// Case-insensitive options with what Spark allows for paths: load(path), load([paths]) and
/// option("path").
std::vector<std::string> paths_of(const plan::UnresolvedRead& read) {
  std::vector<std::string> paths = read.paths;
  if (auto it = read.options.find("path"); it != read.options.end() && paths.empty())
    paths.push_back(it->second);
  if (paths.empty())
    throw Error("UNABLE_TO_INFER_SCHEMA", {{"format", display_format(read.format)}});
  return paths;
}

plan::ScanSourcePtr open_delta(const Opening& opening) {
  const auto paths = paths_of(opening.read);
  if (paths.size() != 1)
    throw Error("DELTA_MULTIPLE_LOAD_PATHS", {{"paths", std::to_string(paths.size())}});
  std::string path = paths[0];
  std::optional<int64_t> version, timestamp = opening.timestamp_micros;
  const auto& options = opening.read.options;
  if (auto it = options.find("versionasof"); it != options.end())
    version = analysis::parse_version(it->second);
  if (auto it = options.find("timestampasof"); it != options.end())
    timestamp = parse_timestamp(it->second, opening.session.resolve_context().zone);
  if (version && timestamp) throw Error("DELTA_TIME_TRAVEL_INVALID_BOTH", {});
  // path@v3: a version in the name, where no folder is called so.
  if (const size_t at = path.rfind("@v");
      at != std::string::npos && !version && !timestamp &&
      path.find_first_not_of("0123456789", at + 2) == std::string::npos && at + 2 < path.size()) {
    version = analysis::parse_version(path.substr(at + 2));
    path.resize(at);
  }
  const auto access = delta_access(opening.session, path, storage::Access::kRead);
  auto snapshot =
      timestamp ? delta::Snapshot::load_at(access, *timestamp / 1000)
                : delta::Snapshot::load(
                      access, version ? std::optional<delta::Version>(*version) : std::nullopt);
  return engine::delta_source(std::move(snapshot), access.name, !version && !timestamp);
}

/// The columns of a schema that are not of the partitioning.
types::Schema data_columns(const types::Schema& schema, const engine::TextFiles& files) {
  types::Schema out;
  for (const auto& field : schema) {
    const bool is_partition =
        std::any_of(files.partition_columns.begin(), files.partition_columns.end(),
                    [&](const auto& p) { return lower_case(p.name) == lower_case(field.name); });
    if (!is_partition) out.push_back(field);
  }
  return out;
}

/// What a reader without a schema cannot go on without.
void require_files(const Opening& opening, const engine::TextFiles& files,
                   const std::string& format) {
  if (files.paths.empty() && opening.schema.empty())
    throw Error("UNABLE_TO_INFER_SCHEMA", {{"format", format}});
}

/// The schema of Parquet files: the first one's, or (mergeSchema) what holds the columns of all.
types::Schema parquet_schema(const Opening& opening, const engine::TextFiles& files) {
  auto& session = opening.session;
  const auto it = opening.read.options.find("mergeschema");
  const std::string merges =
      it != opening.read.options.end()
          ? it->second
          : session.config().get_or("spark.sql.parquet.mergeSchema", "false");
  types::Schema schema = engine::read_parquet_schema(*session.services().engine, files.paths[0]);
  for (size_t i = 1; lower_case(merges) == "true" && i < files.paths.size(); ++i)
    schema = merge_schemas(schema,
                           engine::read_parquet_schema(*session.services().engine, files.paths[i]));
  return schema;
}

/// The engine finds the fields of a struct in a file without regard to case: it would read one of
/// two that differ in nothing else twice.
void require_distinct_fields(const types::DataType& type) {
  if (type.is(types::TypeId::kArray)) require_distinct_fields(type.element());
  if (type.is(types::TypeId::kMap)) {
    require_distinct_fields(type.key());
    require_distinct_fields(type.value());
  }
  if (!type.is(types::TypeId::kStruct)) return;
  std::set<std::string> names;
  for (const auto& field : type.fields()) {
    if (!names.insert(lower_case(field.name)).second)
      throw Error::not_supported("reading Parquet structs with fields that differ in case only: " +
                                 types::quote_identifier(field.name));
    require_distinct_fields(field.type);
  }
}

plan::ScanSourcePtr open_parquet(const Opening& opening) {
  auto files =
      list_files(opening.session, paths_of(opening.read), opening.read.options, opening.schema);
  require_files(opening, files, "Parquet");
  engine::ParquetTable table;
  table.partition_schema = files.partition_columns;
  table.data_schema =
      data_columns(opening.schema.empty() ? parquet_schema(opening, files) : opening.schema, files);
  for (const auto& field : table.data_schema) require_distinct_fields(field.type);
  for (size_t i = 0; i < files.paths.size(); ++i)
    table.files.push_back({.path = files.paths[i],
                           .size = files.sizes[i],
                           .partition_values = files.partition_values[i]});
  return engine::parquet_source(std::move(table));
}

engine::QueryOptions query_options(const Opening& opening) {
  return {.context = opening.session.resolve_context(), .cancel = std::make_shared<CancelToken>()};
}

plan::ScanSourcePtr open_csv(const Opening& opening) {
  auto files =
      list_files(opening.session, paths_of(opening.read), opening.read.options, opening.schema);
  require_files(opening, files, "CSV");
  const auto columns = data_columns(opening.schema, files);
  return engine::open_csv(*opening.session.services().engine, std::move(files),
                          opening.read.options, columns, query_options(opening));
}

plan::ScanSourcePtr open_json(const Opening& opening) {
  auto files =
      list_files(opening.session, paths_of(opening.read), opening.read.options, opening.schema);
  require_files(opening, files, "JSON");
  const auto columns = data_columns(opening.schema, files);
  return engine::open_json(*opening.session.services().engine, std::move(files),
                           opening.read.options, columns, query_options(opening));
}

plan::ScanSourcePtr open_text(const Opening& opening) {
  auto files =
      list_files(opening.session, paths_of(opening.read), opening.read.options, opening.schema);
  const auto columns = data_columns(opening.schema, files);
  return engine::open_text(std::move(files), opening.read.options, columns);
}

struct Format {
  std::string_view name, display;
  plan::ScanSourcePtr (*open)(const Opening&);  // null: known to Spark, not here yet
};

constexpr std::array kFormats{
    Format{"delta", "Delta", open_delta}, Format{"parquet", "Parquet", open_parquet},
    Format{"csv", "CSV", open_csv},       Format{"json", "JSON", open_json},
    Format{"text", "Text", open_text},    Format{"orc", "ORC", nullptr},
    Format{"avro", "AVRO", nullptr},      Format{"xml", "XML", nullptr},
    Format{"jdbc", "JDBC", nullptr},      Format{"binaryfile", "binaryFile", nullptr}};

}  // namespace

plan::ScanSourcePtr open_source(Session& session, const plan::UnresolvedRead& read,
                                std::optional<int64_t> timestamp_micros) {
  const std::string name =
      lower_case(read.format.empty() ? session.config().get_or("spark.sql.sources.default", "delta")
                                     : read.format);
  const auto format = std::find_if(kFormats.begin(), kFormats.end(),
                                   [&](const Format& f) { return f.name == name; });
  if (format == kFormats.end()) throw Error("DATA_SOURCE_NOT_FOUND", {{"provider", read.format}});
  if (!format->open) throw Error::not_supported("reading " + name);
  Opening opening{session, read, timestamp_micros, {}};
  if (!read.schema.empty())
    opening.schema = (read.schema.front() == '{' ? types::parse_json_type(read.schema)
                                                 : types::parse_ddl_schema(read.schema))
                         .fields();
  return format->open(opening);
}

std::string display_format(const std::string& format) {
  for (const Format& known : kFormats)
    if (known.name == format) return std::string(known.display);
  return format;
}

delta::TableAccess delta_access(Session& session, const std::string& path, storage::Access access) {
  auto& services = session.services();
  delta::TableAccess out{.root = services.paths->resolve(session.principal(), path, access),
                         .store = services.store,
                         .parquet = services.parquet,
                         .name = "`" + path + "`"};
  // By value: a snapshot in a view may outlive the session.
  out.resolve = [paths = services.paths, principal = session.principal()](const std::string& uri) {
    return paths->resolve(principal, uri, storage::Access::kRead);
  };
  out.engine_info = std::string("Lochan/") + kVersion;
  return out;
}

bool has_data(Session& session, const std::string& format, const std::string& path) {
  if (format == "delta")
    return delta::find_latest_version(delta_access(session, path, storage::Access::kRead))
        .has_value();
  auto& services = session.services();
  return !services.store
              ->list(services.paths->resolve(session.principal(), path, storage::Access::kRead))
              .empty();
}

std::vector<std::string> partition_columns_of(const plan::ScanSource& source) {
  std::vector<std::string> names;
  if (const auto snapshot = engine::snapshot_of(source))
    for (size_t i : snapshot->schema().partition_columns)
      names.push_back(snapshot->schema().fields[i].name);
  return names;
}

}  // namespace lochan::session
