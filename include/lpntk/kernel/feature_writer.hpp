#pragma once

#include <algorithm>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/cost_model.hpp"
#include "lpntk/kernel/parts.hpp"
#include "lpntk/model/part_sink.hpp"

namespace lpntk::inline LPNTK_TARGET::detail {

/// The form of each part: as `wanted` says, or by the cost model when that is empty. Throws argument_error, in the name
/// of `function`, when a layout makes no sense or a wanted form does not fit its part.
inline std::vector<part_form> forms_of(const std::vector<part_layout>& layouts, const std::vector<part_form>& wanted,
                                       const cost_model& costs, index_t samples, std::string_view function) {
    require_valid(layouts, function);
    if (wanted.empty()) return costs.plan(layouts, samples);
    require(wanted.size() == layouts.size(), function, "number of forms", wanted.size(),
            "0 or the number of parts, " + std::to_string(layouts.size()));
    for (std::size_t p = 0; p < layouts.size(); ++p)
        require(form_given(layouts[p], wanted[p]) == wanted[p], function, "form of part \"" + layouts[p].name + "\"",
                name_of(wanted[p]),
                layouts[p].inputs == 0 ? "dense or skipped: it has no inputs"
                                       : "dense, factors or skipped: it has no window");
    return wanted;
}

/// The parts of N features to be: which part of the model goes where, and in what form.
template <class T>
class planned_features {
public:
    /// Parts that are skipped get no room.
    planned_features(const std::vector<part_layout>& layouts, std::vector<part_form> forms, index_t samples)
        : planned_for(layouts), forms_(std::move(forms)) {
        for (std::size_t p = 0; p < layouts.size(); ++p) {
            places_.push_back(parts.size());
            if (forms_[p] != part_form::skipped)
                parts.push_back(feature_part<T>::allocate(layouts[p], forms_[p], samples));
        }
    }

    part_form form_of(index_t part) const { return forms_[static_cast<std::size_t>(part)]; }
    feature_part<T>& of(index_t part) { return parts[places_[static_cast<std::size_t>(part)]]; }

    const std::vector<part_layout>& planned_for;  ///< the model's when this was planned
    std::vector<feature_part<T>> parts;

private:
    std::vector<part_form> forms_;
    std::vector<std::size_t> places_;
};

/// Takes the parts of one batch and packs them as the rows first, first + 1, .... Batches are made of whole panels, so
/// that writers of different batches may work at once.
template <class T>
class feature_writer {
public:
    feature_writer(planned_features<T>& to, index_t first) : to_(&to), first_(first) {}

    const std::vector<part_layout>& layouts() const { return to_->planned_for; }
    part_form wants(index_t part) const { return to_->form_of(part); }
    void dense(index_t part, const matrix_view<T>& values) { to_->of(part).left.set_rows(first_, values); }
    void factors(index_t part, const matrix_view<T>& d, const matrix_view<T>& a) {
        to_->of(part).left.set_rows(first_, d);
        to_->of(part).right.set_rows(first_, a);
    }

private:
    planned_features<T>* to_;
    index_t first_;
};

static_assert(part_sink<feature_writer<float>, float>);

}  // namespace lpntk::detail
