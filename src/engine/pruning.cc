#include <unordered_map>

#include "engine/sources.h"

namespace lochan::engine {
namespace {

using delta::Predicate;
using Op = Predicate::Op;

const std::unordered_map<std::string_view, Op> kComparisons = {
    {"=", Op::kEqual},     {"==", Op::kEqual},        {"<>", Op::kNotEqual},
    {"!=", Op::kNotEqual}, {"<", Op::kLess},          {"<=", Op::kLessEqual},
    {">", Op::kGreater},   {">=", Op::kGreaterEqual}, {"<=>", Op::kNullSafeEqual},
};

Op mirrored(Op op) {
  switch (op) {
    case Op::kLess: return Op::kGreater;
    case Op::kLessEqual: return Op::kGreaterEqual;
    case Op::kGreater: return Op::kLess;
    case Op::kGreaterEqual: return Op::kLessEqual;
    default: return op;
  }
}

class Translator {
 public:
  explicit Translator(const plan::Attributes& output) {
    for (const auto& a : output) names_.emplace(a.id, a.name);
  }

  Predicate predicate(const plan::Expression& e) const {
    const auto* c = e.as<plan::Call>();
    if (!c || !c->function) {
      if (const auto* alias = e.as<plan::Alias>()) return predicate(*alias->child);
      return Predicate::unknown();
    }
    const auto name = c->function->name;
    const auto& a = c->arguments;
    if (name == "and" || name == "or") {
      std::vector<Predicate> children{predicate(*a.at(0)), predicate(*a.at(1))};
      return name == "and" ? Predicate::all(std::move(children))
                           : Predicate::any(std::move(children));
    }
    if (name == "not") return Predicate::negation(predicate(*a.at(0)));
    if (name == "isnull" || name == "isnotnull") {
      auto path = column(*a.at(0));
      if (path.empty()) return Predicate::unknown();
      return {name == "isnull" ? Op::kIsNull : Op::kIsNotNull, std::move(path), {}, {}};
    }
    if (name == "in" || name == "startswith") {
      auto path = column(*a.at(0));
      std::vector<types::Value> values;
      for (size_t i = 1; i < a.size(); ++i) {
        const auto* literal = a[i]->as<plan::Literal>();
        if (!literal) return Predicate::unknown();
        values.push_back(literal->value);
      }
      if (path.empty() || values.empty()) return Predicate::unknown();
      return {name == "in" ? Op::kIn : Op::kStartsWith, std::move(path), std::move(values), {}};
    }
    if (const auto found = kComparisons.find(name); found != kComparisons.end()) {
      for (size_t left : {0, 1}) {
        auto path = column(*a.at(left));
        const auto* literal = a.at(1 - left)->as<plan::Literal>();
        if (path.empty() || !literal || !literal->value.type.same_type(a[left]->type)) continue;
        return Predicate::compare(left == 0 ? found->second : mirrored(found->second),
                                  std::move(path), literal->value);
      }
    }
    return Predicate::unknown();
  }

 private:
  /// The column's path; empty if it is none.
  std::vector<std::string> column(const plan::Expression& e) const {
    if (const auto* a = e.as<plan::AttributeRef>()) {
      const auto found = names_.find(a->id);
      if (found != names_.end()) return {found->second};
    }
    if (const auto* f = e.as<plan::GetField>()) {
      auto path = column(*f->child);
      if (!path.empty()) path.push_back(f->child->type.fields().at(f->index).name);
      return path;
    }
    return {};
  }

  std::unordered_map<plan::AttributeId, std::string> names_;
};

}  // namespace

Predicate pruning_predicate(const plan::Expressions& filters, const plan::Attributes& output) {
  const Translator translator(output);
  std::vector<Predicate> all;
  for (const auto& f : filters) all.push_back(translator.predicate(*f));
  return all.empty() ? Predicate::unknown() : Predicate::all(std::move(all));
}

}  // namespace lochan::engine
