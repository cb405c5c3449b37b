#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/cost_model.hpp"
#include "lpntk/kernel/parts.hpp"

namespace lpntk {

/// Takes what a model's parts() hands out for samples first, ..., first + count - 1 and packs it.
///
/// Checks sizes and that every number is finite: a numeric_error names the first bad sample and the part. One sink
/// for one batch; sinks of different batches may work at once, since a batch is made of whole panels.
template <class T>
class feature_sink {
public:
    feature_sink(std::vector<feature_part<T>>& parts, index_t first, index_t count)
        : parts_(&parts), first_(first), count_(count), calls_(parts.size(), 0) {}

    bool forms(index_t part) const { return at(part).form == part_form::dense; }

    void dense(index_t part, const matrix_view<T>& values) {
        mark(part, part_form::dense);
        take(at(part).left, values, at(part), "values");
    }
    void outer(index_t part, const matrix_view<T>& d, const matrix_view<T>& a) {
        factors(part, part_form::outer, d, a);
    }
    void positions(index_t part, const matrix_view<T>& d, const matrix_view<T>& a) {
        factors(part, at(part).layout.positions == 1 ? part_form::outer : part_form::positions, d, a);
    }

    /// Throws numeric_error naming the first row of `values` (one for each sample of the batch) that is not
    /// finite. One pass: NaN and infinity, and nothing else, survive a multiplication by zero.
    void check_finite(const matrix_view<T>& values, std::string_view what) const {
        if ((values.array() * T(0)).sum() == T(0)) return;
        for (index_t r = 0; r < values.rows(); ++r)
            if (!values.row(r).allFinite())
                throw numeric_error("tangent_features: " + std::string(what) + " of sample " +
                                    std::to_string(first_ + r) + ": NaN or infinity");
    }

    /// Throws unless every part came exactly once.
    void require_complete() const {
        for (std::size_t part = 0; part < calls_.size(); ++part)
            if (calls_[part] != 1)
                require(false, "parts", "number of calls for part \"" + (*parts_)[part].layout.name + "\"",
                        calls_[part], 1);
    }

private:
    void factors(index_t part, part_form form, const matrix_view<T>& d, const matrix_view<T>& a) {
        mark(part, form);
        take(at(part).left, d, at(part), "d");
        take(at(part).right, a, at(part), "a");
    }

    void take(panel_matrix<T>& to, const matrix_view<T>& values, const feature_part<T>& part,
              std::string_view what) {
        if (values.rows() != count_ || values.cols() != to.columns() * to.positions())
            require(false, "parts", "size of " + std::string(what) + " of part \"" + part.layout.name + "\"",
                    std::to_string(values.rows()) + " x " + std::to_string(values.cols()),
                    std::to_string(count_) + " x " + std::to_string(to.columns() * to.positions()));
        check_finite(values, "part \"" + part.layout.name + "\"");
        to.set_rows(first_, values);
    }

    void mark(index_t part, part_form form) {
        require(at(part).form == form, "parts", "form of part \"" + at(part).layout.name + "\"", name_of(form),
                name_of(at(part).form));
        ++calls_[static_cast<std::size_t>(part)];
    }

    const feature_part<T>& at(index_t part) const {
        require(part >= 0 && part < static_cast<index_t>(parts_->size()), "parts", "part", part,
                "in [0, " + std::to_string(parts_->size()) + ")");
        return (*parts_)[static_cast<std::size_t>(part)];
    }
    feature_part<T>& at(index_t part) { return const_cast<feature_part<T>&>(std::as_const(*this).at(part)); }

    std::vector<feature_part<T>>* parts_;
    index_t first_;
    index_t count_;
    std::vector<int> calls_;
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
