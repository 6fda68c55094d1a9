#pragma once
#include "plan/catalog.h"

namespace lochan::analysis {

/// A catalog that knows no relation.
class EmptyCatalog : public plan::Catalog {
 public:
  plan::CatalogRelation find_relation(const plan::Name&, std::optional<int64_t>,
                                      std::optional<int64_t>, const plan::Options&) override {
    return std::monostate{};
  }
  plan::ScanSourcePtr open(const plan::UnresolvedRead&) override { return nullptr; }
  plan::Name current_namespace() const override { return {"spark_catalog", "default"}; }
  plan::PlanPtr find_cached(const std::string&) override { return nullptr; }
};

}  // namespace lochan::analysis
