// Arrays, maps and structs, element by element.
#include "engine/kernels/cast.h"

namespace lochan::engine::kernels {

using types::DataType;
using types::TypeId;

namespace {

CastSite inner(const CastSite& site, const DataType& from, const DataType& to) {
  CastSite part = site;
  part.from = from;
  part.to = to;
  return part;
}

/// Casts only the elements that rows point to (others may not be castable) and sets the result's
/// entries. `cast_elements` fills the result's child.
template <class F>
void cast_list(Vector& input, Vector& result, idx_t count, F&& cast_elements) {
  using namespace duckdb;
  bool constant = input.GetVectorType() == VectorType::CONSTANT_VECTOR;
  if (constant) count = 1;
  UnifiedVectorFormat format;
  input.ToUnifiedFormat(count, format);
  auto* entries = rows_of<list_entry_t>(format);
  auto* out = rows_of<list_entry_t>(result);
  idx_t total = 0;
  for (idx_t row = 0; row < count; row++) {
    idx_t at = format.sel->get_index(row);
    if (format.validity.RowIsValid(at)) total += entries[at].length;
  }
  SelectionVector used(std::max<idx_t>(total, 1));
  idx_t next = 0;
  for (idx_t row = 0; row < count; row++) {
    idx_t at = format.sel->get_index(row);
    if (!format.validity.RowIsValid(at)) {
      FlatVector::SetNull(result, row, true);
      out[row] = {next, 0};
      continue;
    }
    out[row] = {next, entries[at].length};
    for (idx_t i = 0; i < entries[at].length; i++) used.set_index(next++, entries[at].offset + i);
  }
  ListVector::Reserve(result, total);
  if (total > 0) {
    Vector elements(ListVector::GetEntry(input), used, total);
    cast_elements(elements, ListVector::GetEntry(result), total);
  }
  ListVector::SetListSize(result, total);
  if (constant) result.SetVectorType(VectorType::CONSTANT_VECTOR);
}

/// Casts into a vector of its own and copies: the target may be a part of a bigger vector.
void cast_into(const VectorCast& cast, Vector& input, Vector& target, idx_t count) {
  Vector casted(target.GetType(), std::max<idx_t>(count, STANDARD_VECTOR_SIZE));
  cast(input, casted, count);
  duckdb::VectorOperations::Copy(casted, target, count, 0, 0);
}

VectorCast cast_struct(const CastSite& site) {
  std::vector<VectorCast> fields;
  const auto &from = site.from.fields(), &to = site.to.fields();
  for (size_t i = 0; i < to.size(); i++)
    fields.push_back(bind_cast(inner(site, from[i].type, to[i].type)));
  return [fields](Vector& input, Vector& result, idx_t count) {
    using namespace duckdb;
    bool constant = input.GetVectorType() == VectorType::CONSTANT_VECTOR;
    if (constant) count = 1;
    input.Flatten(count);
    auto &sources = StructVector::GetEntries(input), &targets = StructVector::GetEntries(result);
    for (size_t i = 0; i < fields.size(); i++)
      cast_into(fields[i], *sources[i], *targets[i], count);
    for (idx_t row = 0; row < count; row++) {
      if (FlatVector::IsNull(input, row)) FlatVector::SetNull(result, row, true);
    }
    if (constant) result.SetVectorType(VectorType::CONSTANT_VECTOR);
  };
}

}  // namespace

VectorCast cast_nested(const CastSite& site) {
  if (site.from.is(TypeId::kStruct)) return cast_struct(site);
  if (site.from.is(TypeId::kArray)) {
    auto element = bind_cast(inner(site, site.from.element(), site.to.element()));
    return [element](Vector& input, Vector& result, idx_t count) {
      cast_list(input, result, count, [&](Vector& from, Vector& to, idx_t total) {
        cast_into(element, from, to, total);
      });
    };
  }
  auto key = bind_cast(inner(site, site.from.key(), site.to.key()));
  auto value = bind_cast(inner(site, site.from.value(), site.to.value()));
  return [key, value](Vector& input, Vector& result, idx_t count) {
    cast_list(input, result, count, [&](Vector& from, Vector& to, idx_t total) {
      from.Flatten(total);
      auto &sources = duckdb::StructVector::GetEntries(from),
           &targets = duckdb::StructVector::GetEntries(to);
      cast_into(key, *sources[0], *targets[0], total);
      cast_into(value, *sources[1], *targets[1], total);
    });
  };
}

}  // namespace lochan::engine::kernels
