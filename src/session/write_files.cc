#include "session/write_files.h"

#include <arrow/record_batch.h>

#include <algorithm>
#include <cstdio>
#include <map>
#include <set>
#include <span>

#include "base/ascii.h"
#include "base/error.h"
#include "delta/partition_values.h"
#include "delta/schema.h"
#include "delta/uri.h"
#include "engine/engine.h"
#include "engine/parquet_writer.h"
#include "engine/text_writer.h"
#include "session/align_columns.h"
#include "session/data_sources.h"
#include "session/session_state.h"
#include "session/staging.h"
#include "storage/path_resolver.h"
#include "types/datetime_text.h"

namespace lochan::session {
namespace {

std::string option_or(const WriteTarget& target, const std::string& key,
                      const std::string& fallback) {
  auto it = target.options.find(key);
  return it == target.options.end() ? fallback : it->second;
}

/// Options that would change what is written and that the writers do not have.
void refuse_options(Session& session, const WriteTarget& target) {
  struct Refused {
    std::string_view formats, key;
    std::string only;  // the value that means what is written anyway
  };
  const Refused refused[] = {{"csv json text", "encoding", "utf-8"},
                             {"csv json text", "linesep", "\n"},
                             {"csv json", "timezone", session.resolve_context().zone}};
  for (const auto& [formats, key, only] : refused) {
    const auto given = target.options.find(std::string(key));
    if (given != target.options.end() && formats.find(target.format) != std::string_view::npos &&
        lower_case(given->second) != lower_case(only))
      throw Error::not_supported("writing " + target.format + " with the option " +
                                 std::string(key) + "=" + given->second);
  }
}

/// Whether a schema, or a struct within it, has no fields.
bool lacks_columns(const types::Schema& schema) {
  return schema.empty() || std::any_of(schema.begin(), schema.end(), [](const auto& field) {
           return field.type.is(types::TypeId::kStruct) && lacks_columns(field.type.fields());
         });
}

bool holds(const std::vector<size_t>& places, size_t place) {
  return std::find(places.begin(), places.end(), place) != places.end();
}

bool holds_times(const types::DataType& type) {
  if (type.is(types::TypeId::kArray)) return holds_times(type.element());
  if (type.is(types::TypeId::kMap)) return holds_times(type.key()) || holds_times(type.value());
  if (type.is(types::TypeId::kStruct))
    return std::any_of(type.fields().begin(), type.fields().end(),
                       [](const auto& field) { return holds_times(field.type); });
  return type.is(types::TypeId::kDate) || type.is(types::TypeId::kTimestamp) ||
         type.is(types::TypeId::kTimestampNtz);
}

/// The query with dates and timestamps as the texts that csv and json write: by the formats that
/// were asked for, else Spark's for csv (to_json knows its own).
plan::PlanPtr with_time_texts(Session& session, const WriteTarget& target,
                              const plan::PlanPtr& query,
                              const std::vector<size_t>& partition_columns) {
  const bool csv = target.format == "csv";
  const std::string iso = "yyyy-MM-dd'T'HH:mm:ss[.SSS]";
  const std::map<types::TypeId, std::string> formats = {
      {types::TypeId::kDate, option_or(target, "dateformat", "")},
      {types::TypeId::kTimestamp, option_or(target, "timestampformat", csv ? iso + "[XXX]" : "")},
      {types::TypeId::kTimestampNtz, option_or(target, "timestampntzformat", csv ? iso : "")}};
  bool formatted = false;
  plan::Expressions columns;
  for (size_t i = 0; i < query->output.size(); ++i) {
    const auto& attribute = query->output[i];
    auto reference = session::reference(attribute);
    const auto format = formats.find(attribute.type.id());
    const bool is_partition = holds(partition_columns, i);
    if (is_partition || format == formats.end() || format->second.empty()) {
      const bool asked = target.options.contains("dateformat") ||
                         target.options.contains("timestampformat") ||
                         target.options.contains("timestampntzformat");
      if (!is_partition && format == formats.end() && asked && holds_times(attribute.type))
        throw Error::not_supported("writing " + target.format + " with formats of nested times");
      columns.push_back(reference);
      continue;
    }
    formatted = true;
    auto text = plan::function("date_format",
                               {reference, plan::literal(types::Value::string(format->second))});
    columns.push_back(plan::make_expression(plan::Alias{.child = text, .name = attribute.name}));
  }
  return formatted ? session.analyze(plan::make_plan(plan::Project{query, columns})) : query;
}

/// The query as the lines of json: one object a line, of all columns but those of the
/// partitioning, which follow in their order.
plan::PlanPtr as_lines(Session& session, const WriteTarget& target, const plan::PlanPtr& query,
                       std::vector<size_t>& partition_columns) {
  plan::Expressions fields, columns, options;
  for (size_t i = 0; i < query->output.size(); ++i) {
    if (holds(partition_columns, i)) continue;
    fields.push_back(plan::literal(types::Value::string(query->output[i].name)));
    fields.push_back(session::reference(query->output[i]));
  }
  for (const char* key :
       {"ignoreNullFields", "pretty", "sortKeys", "writeNonAsciiCharacterAsCodePoint"}) {
    const std::string value = option_or(target, lower_case(key), "");
    if (value.empty()) continue;
    options.push_back(plan::literal(types::Value::string(key)));
    options.push_back(plan::literal(types::Value::string(value)));
  }
  plan::Expressions arguments{plan::function("named_struct", fields)};
  if (!options.empty()) arguments.push_back(plan::function("map", options));
  columns.push_back(plan::make_expression(
      plan::Alias{.child = plan::function("to_json", arguments), .name = "value"}));
  for (size_t& i : partition_columns) {
    columns.push_back(session::reference(query->output[i]));
    i = columns.size() - 1;
  }
  return session.analyze(plan::make_plan(plan::Project{query, columns}));
}

/// The name that Spark gives a file: in a folder of the partitioning a dot stands before the count.
std::string spark_name(int task, int file, const std::string& uuid, bool partitioned,
                       const std::string& extension) {
  char task_text[16], file_text[16];
  std::snprintf(task_text, sizeof task_text, "part-%05d-", task);
  std::snprintf(file_text, sizeof file_text, "%cc%03d", partitioned ? '.' : '-', file);
  return task_text + uuid + file_text + extension;
}

constexpr FileCodec kParquetCodecs[] = {{"brotli", ".br", "brotli"},
                                        {"uncompressed", "", "uncompressed"},
                                        {"lzo", ".lzo", ""},
                                        {"snappy", ".snappy", "snappy"},
                                        {"lz4_raw", ".lz4raw", "lz4_raw"},
                                        {"none", "", "uncompressed"},
                                        {"zstd", ".zstd", "zstd"},
                                        {"lz4", ".lz4hadoop", "lz4"},
                                        {"gzip", ".gz", "gzip"}};
constexpr FileCodec kTextCodecs[] = {{"bzip2", ".bz2", ""},        {"deflate", ".deflate", ""},
                                     {"uncompressed", "", "none"}, {"snappy", ".snappy", ""},
                                     {"none", "", "none"},         {"lz4", ".lz4", ""},
                                     {"gzip", ".gz", "gzip"}};

/// The codec that a name means; throws CODEC_NOT_AVAILABLE for one that Spark does not know either.
FileCodec find_codec(std::span<const FileCodec> codecs, const std::string& written) {
  std::string names;
  for (const FileCodec& codec : codecs) {
    if (codec.name == lower_case(written)) {
      if (codec.engine_name.empty())
        throw Error::not_supported("writing files with the codec " + lower_case(written));
      return codec;
    }
    names += (names.empty() ? "" : ", ") + std::string(codec.name);
  }
  throw Error("CODEC_NOT_AVAILABLE.WITH_AVAILABLE_CODECS_SUGGESTION",
              {{"codecName", written}, {"availableCodecs", names}});
}

/// The folders of a file that DuckDB wrote ("a%20b=x/part-1.csv"), as Spark names them ("a b=x/"):
/// DuckDB encodes all that a URL must not hold.
std::string spark_folder(const std::string& path) {
  std::string folder;
  size_t start = 0;
  for (size_t end; (end = path.find('/', start)) != std::string::npos; start = end + 1) {
    const std::string part = path.substr(start, end - start);
    const size_t equals = part.find('=');
    const std::string value = delta::decode_uri(part.substr(equals + 1));
    folder += delta::partition_folder(
                  delta::decode_uri(part.substr(0, equals)),
                  value == delta::kNullPartition ? std::nullopt : std::optional(value)) +
              "/";
  }
  return folder;
}

/// Whether a file lies in folders of these names ("p=1"); names of columns have no case.
bool is_in_partition(const std::string& file, const std::vector<std::string>& folders) {
  return std::all_of(folders.begin(), folders.end(), [&](const std::string& folder) {
    const size_t equals = folder.find('=');
    for (size_t start = 0, end; (end = file.find('/', start)) != std::string::npos; start = end + 1)
      if (end - start == folder.size() &&
          same_name(file.substr(start, equals), folder.substr(0, equals)) &&
          file.compare(start + equals, end - start - equals, folder, equals) == 0)
        return true;
    return false;
  });
}

/// The columns of a partitioning, in its order. Throws for what Spark takes for none.
std::vector<size_t> find_partition_columns(Session& session, const plan::Attributes& output,
                                           const std::vector<std::string>& names) {
  const bool case_sensitive = session.config().get_bool("spark.sql.caseSensitive");
  require_distinct_names(session, names);
  for (size_t i = 0; i < names.size();
       ++i)  // the engine knows columns of a partitioning without case
    for (size_t k = 0; k < i; ++k)
      if (same_name(names[i], names[k]))
        throw Error::not_supported("partitionBy of columns that differ in case only: " + names[i]);
  std::vector<size_t> found;
  for (const auto& name : names) {
    const auto it = std::find_if(output.begin(), output.end(), [&](const auto& a) {
      return case_sensitive ? a.name == name : same_name(a.name, name);
    });
    if (it == output.end())
      throw Error(
          "_LEGACY_ERROR_TEMP_1155",
          {{"col", name},
           {"schemaCatalog", types::DataType::structure(plan::schema_of(output)).simple_string()}});
    found.push_back(it - output.begin());
  }
  for (size_t i : found) {
    const auto& type = output[i].type;
    if (type.is_nested() || type.is(types::TypeId::kNull) || type.is(types::TypeId::kVariant))
      throw Error("INVALID_PARTITION_COLUMN_DATA_TYPE",
                  {{"type", "\"" + type.as_nullable().sql() + "\""}});
  }
  if (!found.empty() && found.size() == output.size())
    throw Error("ALL_PARTITION_COLUMNS_NOT_ALLOWED");
  return found;
}

/// Throws for columns of a type that the format has no place for.
void require_storable(const plan::Attributes& output, const std::vector<size_t>& partition_columns,
                      const std::string& format) {
  using types::TypeId;
  for (size_t i = 0; i < output.size(); ++i) {
    const auto& type = output[i].type;
    const bool storable = format == "text"  ? type.is_string()
                          : format == "csv" ? !type.is_nested() && !type.is(TypeId::kNull) &&
                                                  !type.is(TypeId::kVariant) &&
                                                  !type.is(TypeId::kCalendarInterval)
                                            : !type.is(TypeId::kCalendarInterval);
    if (!storable && !holds(partition_columns, i))
      throw Error("UNSUPPORTED_DATA_TYPE_FOR_DATASOURCE",
                  {{"columnName", types::quote_identifier(output[i].name)},
                   {"columnType", "\"" + type.sql() + "\""},
                   {"format", display_format(format)}});
  }
}

/// The query with its columns of the partitioning called by `names`, if there are any, and texts
/// and bytes among them as UTF-8, which folders are named by.
plan::PlanPtr with_folder_names(Session& session, const plan::PlanPtr& query,
                                const std::vector<size_t>& partition_columns,
                                const std::vector<std::string>& names) {
  bool changed = false;
  plan::Expressions columns;
  for (size_t i = 0; i < query->output.size(); ++i) {
    const auto& attribute = query->output[i];
    auto value = session::reference(attribute);
    std::string name = attribute.name;
    if (const auto it = std::find(partition_columns.begin(), partition_columns.end(), i);
        it != partition_columns.end()) {
      if (!names.empty()) name = names[it - partition_columns.begin()];
      if (attribute.type.is(types::TypeId::kBinary) || attribute.type.is_string()) {
        value = plan::function(
            "make_valid_utf8",
            {plan::make_expression(plan::Cast{.child = value, .target = types::TypeId::kString})});
        changed = true;
      }
    }
    changed |= name != attribute.name;
    columns.push_back(plan::make_expression(plan::Alias{.child = value, .name = name}));
  }
  return changed ? session.analyze(plan::make_plan(plan::Project{query, columns})) : query;
}

/// Files below the staging folder: where each is and the folder ("p=1/" or empty) that it belongs
/// into.
struct Written {
  std::vector<std::pair<std::string, std::string>> files;  // those of a folder in their order
  int64_t rows = 0, bytes = 0;
};

Written write_parquet_files(Session& session, const plan::PlanPtr& rows,
                            const std::vector<size_t>& partition_columns,
                            const std::string& compression, int64_t max_records,
                            const std::string& directory, const engine::QueryOptions& options) {
  engine::ParquetWrite write;
  write.directory = directory;
  auto schema = delta::parse_table_schema(
      {.schema_string = delta::write_schema_string(plan::schema_of(rows->output))});
  schema.partition_columns = partition_columns;
  write.columns = schema.columns;
  write.partition_columns = partition_columns;
  write.compression = compression;
  write.write_empty_file = true;
  write.write_void = true;
  write.max_file_rows = max_records;
  write.metadata = engine::spark_metadata(plan::schema_of(rows->output));
  Written written;
  auto files = engine::write_parquet(*session.services().engine, rows, options, write);
  std::ranges::stable_sort(files, {}, &engine::WrittenParquetFile::number);
  for (const auto& file : files) {
    std::string folder;
    for (size_t i = 0; i < partition_columns.size(); ++i)
      folder += partition_folder(session, schema.fields[partition_columns[i]].name,
                                 file.partition_values[i]) +
                "/";
    written.files.emplace_back(file.path.substr(directory.size() + 1), std::move(folder));
    written.rows += file.rows;
    written.bytes += file.size;
  }
  return written;
}

Written write_text_files(Session& session, const plan::PlanPtr& rows, const WriteTarget& target,
                         const std::vector<size_t>& partition_columns,
                         const std::string& compression, int64_t max_records,
                         const std::string& directory, const engine::QueryOptions& options) {
  engine::TextWrite write;
  write.directory = directory;
  write.format = target.format;
  for (const auto& attribute : rows->output) write.column_names.push_back(attribute.name);
  write.partition_columns = partition_columns;
  write.compression = compression;
  write.max_file_rows = max_records;
  if (target.format == "csv") {
    write.header = lower_case(option_or(target, "header", "false")) == "true";
    write.csv = engine::text::csv_style(target.options);
  }
  auto text = engine::write_text(*session.services().engine, rows, write, options);
  std::ranges::stable_sort(text.files, {}, &engine::WrittenText::File::number);
  Written written;
  written.rows = text.rows;
  for (const auto& file : text.files)
    written.files.emplace_back(file.path, spark_folder(file.folder));
  return written;
}

}  // namespace

FileCodec parquet_codec(Session& session, const WriteTarget& target) {
  const std::string setting =
      session.config().get_or("spark.sql.parquet.compression.codec", "snappy");
  return find_codec(kParquetCodecs, option_or(target, "compression",
                                              option_or(target, "parquet.compression", setting)));
}

std::string partition_folder(Session& session, const std::string& column,
                             const types::Value& value) {
  auto text = delta::format_partition_value(value);
  if (value.type.is(types::TypeId::kTimestamp) && text)
    text = types::timestamp_to_string(
        value.as_int(),
        types::TimeZone::find(session.resolve_context().zone).value_or(types::TimeZone{}));
  return delta::partition_folder(column, text);
}

WriteSummary write_plain_files(Session& session, const WriteTarget& target,
                               const plan::PlanPtr& query, const CancelTokenPtr& cancel) {
  if (lacks_columns(plan::schema_of(query->output)))
    throw Error("EMPTY_SCHEMA_NOT_SUPPORTED_FOR_DATASOURCE",
                {{"format", display_format(target.format)}});
  auto partition_columns = find_partition_columns(session, query->output, target.partition_by);
  if (target.format != "csv") require_distinct_names(session, names_of(query->output));
  auto& store = *session.services().store;
  const auto folder =
      session.services().paths->resolve(session.principal(), target.path, storage::Access::kWrite);
  // False: leave alone what is there.
  const auto may_write = [&](bool exists) {
    if (exists && target.mode == plan::SaveMode::kErrorIfExists)
      throw Error("PATH_ALREADY_EXISTS", {{"outputPath", folder.location().uri()}});
    if (exists && target.mode == plan::SaveMode::kIgnore) return false;
    if (store.head(folder.child("_delta_log")))
      throw Error("DELTA_CANNOT_WRITE_INTO_TABLE_AS_FILES",
                  {{"path", folder.location().uri()}, {"format", target.format}});
    return true;
  };
  // A new table may take an empty folder, a save may not.
  if (!may_write(target.operation == "WRITE" ? store.head(folder).has_value()
                                             : !store.list(folder).empty()))
    return {.skipped = true};

  require_storable(query->output, partition_columns, target.format);
  const size_t data_columns = query->output.size() - partition_columns.size();
  if (target.format == "text" && data_columns != 1)
    throw Error("_LEGACY_ERROR_TEMP_1290", {{"schemaSize", std::to_string(data_columns)}});
  // The engine's structs know fields without case.
  if (target.format == "parquet") require_distinct_names(session, plan::schema_of(query->output));
  refuse_options(session, target);
  // A table's folders are called as its columns are.
  const bool is_save = target.operation == "WRITE" && target.table_name.empty();
  auto rows = with_folder_names(session, query, partition_columns,
                                is_save ? target.partition_by : std::vector<std::string>());
  if (target.format == "csv" || target.format == "json")
    rows = with_time_texts(session, target, rows, partition_columns);
  if (target.format == "json") rows = as_lines(session, target, rows, partition_columns);
  const bool parquet = target.format == "parquet";
  const FileCodec codec = parquet
                              ? parquet_codec(session, target)
                              : find_codec(kTextCodecs, option_or(target, "compression", "none"));
  const std::string compression(codec.engine_name);

  NamedLocks::Guard held;
  Staging staging(session, folder, Staging::kPlain);
  const std::string directory = store.local_path(staging.folder());
  engine::QueryOptions options{.context = session.resolve_context(), .cancel = cancel};
  const int64_t max_records = max_records_per_file(session, target);
  const auto write_files = [&](const plan::PlanPtr& plan, int64_t limit) {
    return parquet ? write_parquet_files(session, plan, partition_columns, compression, limit,
                                         directory, options)
                   : write_text_files(session, plan, target, partition_columns, compression, limit,
                                      directory, options);
  };
  auto written = write_files(rows, max_records);
  // A folder without rows still has one file, for its schema.
  if (written.files.empty() && partition_columns.empty())
    written = write_files(session.analyze(plan::make_plan(
                              plan::Limit{rows, plan::literal(types::Value::integer(0))})),
                          0);
  cancel->throw_if_cancelled();

  // Another writer may have been faster since.
  if (target.hold) held = target.hold();
  staging.lock_root(*cancel);
  auto there = store.list(folder);
  std::erase_if(there, [](const auto& object) { return Staging::is_staging(object.name); });
  if (!may_write(!there.empty())) return {.skipped = true};
  // Where every partition column has a static value, nothing is left to the rows.
  if (target.mode == plan::SaveMode::kOverwrite &&
      target.static_partition.size() < target.partition_by.size() &&
      asks_for_dynamic_overwrite(session, target)) {
    std::set<std::string> partitions;
    for (const auto& [path, partition] : written.files) partitions.insert(partition);
    for (const auto& partition : partitions) {
      if (partition.empty()) continue;                             // a file without rows
      const auto old = partition.substr(0, partition.size() - 1);  // without the slash
      if (store.head(folder.child(old))) staging.set_aside(old);
    }
  } else if (target.mode == plan::SaveMode::kOverwrite && !target.static_partition.empty()) {
    std::set<std::string> partitions;
    for (const auto& old : store.list(folder, {}, true))
      if (!Staging::is_staging(old.name) && is_in_partition(old.name, target.static_partition))
        partitions.insert(old.name.substr(0, old.name.rfind('/')));
    for (const auto& partition : partitions) staging.set_aside(partition);
  } else if (target.mode == plan::SaveMode::kOverwrite) {
    for (const auto& old : there) staging.set_aside(old.name);
  }
  WriteSummary summary;
  std::string extension = target.format == "text" ? ".txt" : "." + target.format;
  extension =
      parquet ? std::string(codec.suffix) + extension : extension + std::string(codec.suffix);
  std::map<std::string, int> tasks;  // files of each folder so far
  for (const auto& [path, partition] : written.files) {
    // Files that were split for their rows are one task's.
    const int number = tasks[partition]++;
    const bool split = max_records > 0;
    staging.place(path, partition + spark_name(split ? 0 : number, split ? number : 0, staging.id(),
                                               !partition.empty(), extension));
    ++summary.files;
  }
  summary.rows = written.rows;
  summary.bytes = written.bytes;
  staging.keep();
  store.put(folder.child("_SUCCESS"), "");
  return summary;
}

WriteSummary run_without_writing(Session& session, const plan::PlanPtr& query,
                                 const CancelTokenPtr& cancel) {
  engine::QueryOptions options{.context = session.resolve_context(), .cancel = cancel};
  auto stream = session.services().engine->run(query, options);
  WriteSummary summary;
  while (auto batch = stream->next()) summary.rows += batch->num_rows();
  return summary;
}

}  // namespace lochan::session
