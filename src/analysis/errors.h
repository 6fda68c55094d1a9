#pragma once
#include "analysis/scope.h"
#include "functions/function.h"

/// Spark's errors of analysis that several passes raise.
namespace lochan::analysis {

[[noreturn]] void unresolved_column(const std::vector<std::string>& parts,
                                    const plan::Attributes& visible, const plan::Origin& origin);
[[noreturn]] void ambiguous_reference(const std::vector<std::string>& parts,
                                      const std::vector<const plan::Attribute*>& found,
                                      const plan::Origin& origin);
[[noreturn]] void unresolved_routine(const std::vector<std::string>& name,
                                     const functions::ResolveContext& context,
                                     const plan::Origin& origin);
/// Where names without a schema are looked for, as errors print it.
std::string search_path(const functions::ResolveContext& context);
[[noreturn]] void missing_aggregation(const plan::Expression& expression,
                                      const functions::ResolveContext& context);
/// A name with columns qualified ("sum(t.b)"), as a few messages print it.
std::string qualified_name(const plan::Expression& expression,
                           const functions::ResolveContext& context);
/// The names nearest to `name`, quoted and joined, as suggestions print.
std::string suggestions(const std::string& name, const plan::Attributes& visible, size_t most = 5);
size_t edit_distance(std::string_view a, std::string_view b);

}  // namespace lochan::analysis
