#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/cost_model.hpp"
#include "lpntk/kernel/parts.hpp"
#include "lpntk/kernel/sink_checks.hpp"

namespace lpntk {

/// Takes what a model's parts() hands out for samples first, ..., first + count - 1 and packs it.
///
/// Checks sizes and that every number is finite: a numeric_error names the first bad sample and the part. One sink
/// for one batch; sinks of different batches may work at once, since a batch is made of whole panels.
template <class T>
class feature_sink {
public:
    feature_sink(std::vector<feature_part<T>>& parts, index_t first, index_t count)
        : parts_(&parts), first_(first), checks_("tangent_features", parts.size(), first, count) {}

    bool forms(index_t part) const {
        checks_.require_part(part);
        return (*parts_)[static_cast<std::size_t>(part)].form == part_form::dense;
    }

    void dense(index_t part, const matrix_view<T>& values) {
        feature_part<T>& to = at(part);
        checks_.dense(part, to.layout, to.form, values);
        to.left.set_rows(first_, values);
    }
    void outer(index_t part, const matrix_view<T>& d, const matrix_view<T>& a) {
        factors(part, part_form::outer, d, a);
    }
    void positions(index_t part, const matrix_view<T>& d, const matrix_view<T>& a) {
        factors(part, part_form::positions, d, a);
    }

    /// Throws numeric_error naming the first row of `values` (one for each sample of the batch) that is not finite.
    void check_finite(const matrix_view<T>& values, std::string_view what) const { checks_.check_finite(values, what); }

    /// Throws unless every part came exactly once.
    void require_complete() const {
        checks_.require_complete([&](std::size_t part) -> const part_layout& { return (*parts_)[part].layout; });
    }

private:
    void factors(index_t part, part_form form, const matrix_view<T>& d, const matrix_view<T>& a) {
        feature_part<T>& to = at(part);
        checks_.factors(part, to.layout, to.form, form, d, a);
        to.left.set_rows(first_, d);
        to.right.set_rows(first_, a);
    }

    feature_part<T>& at(index_t part) {
        checks_.require_part(part);
        return (*parts_)[static_cast<std::size_t>(part)];
    }

    std::vector<feature_part<T>>* parts_;
    index_t first_;
    detail::sink_checks<T> checks_;
};

namespace detail {

/// Room for the features of `size` samples, each part in its planned form. Throws argument_error when the layouts
/// do not add up to the model's parameters or a wanted form does not fit its part.
template <class T>
std::vector<feature_part<T>> allocate_parts(const std::vector<part_layout>& layouts,
                                            const std::vector<part_form>& wanted, const cost_model& costs,
                                            index_t size, index_t parameters) {
    index_t sum = 0;
    for (const part_layout& layout : layouts) sum += layout.parameters();
    require(sum == parameters, "tangent_features", "sum of the parts' parameters", sum,
            "the model's parameters, " + std::to_string(parameters));
    require(wanted.empty() || wanted.size() == layouts.size(), "tangent_features", "number of forms", wanted.size(),
            "0 or the number of parts, " + std::to_string(layouts.size()));
    const std::vector<part_form> forms = wanted.empty() ? costs.plan(layouts, size) : wanted;
    std::vector<feature_part<T>> parts;
    parts.reserve(layouts.size());
    for (std::size_t p = 0; p < layouts.size(); ++p) {
        require(forms[p] == part_form::dense || forms[p] == unformed(layouts[p]), "tangent_features",
                "form of part \"" + layouts[p].name + "\"", name_of(forms[p]),
                "dense or " + std::string(name_of(unformed(layouts[p]))));
        parts.push_back(feature_part<T>::allocate(layouts[p], forms[p], size));
    }
    return parts;
}

}  // namespace detail
}  // namespace lpntk
