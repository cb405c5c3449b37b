#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/parts.hpp"
#include "lpntk/model/part_layout.hpp"

namespace lpntk::detail {

/// What a sink asks of the parts that a model hands out for samples first, ..., first + count - 1: each comes once,
/// in the form that forms(part) asked for, with its size, and finite. One for one batch.
template <class T>
class sink_checks {
public:
    /// `function` is named in errors about numbers; those about the rules name parts().
    sink_checks(std::string_view function, std::size_t parts, index_t first, index_t count)
        : function_(function), first_(first), count_(count), calls_(parts, 0) {}

    /// Throws argument_error unless there is such a part.
    void require_part(index_t part) const {
        if (part < 0 || part >= static_cast<index_t>(calls_.size()))
            require(false, "parts", "part", part, "in [0, " + std::to_string(calls_.size()) + ")");
    }

    void dense(index_t part, const part_layout& layout, part_form asked, const matrix_view<T>& values) {
        mark(part, layout, asked, part_form::dense);
        check(values, layout.parameters(), layout, "values");
    }

    /// `given` is the form the sink was called with; positions, of which there is one, are an outer product.
    void factors(index_t part, const part_layout& layout, part_form asked, part_form given, const matrix_view<T>& d,
                 const matrix_view<T>& a) {
        mark(part, layout, asked, layout.positions == 1 ? part_form::outer : given);
        check(d, layout.positions * layout.outputs, layout, "d");
        check(a, layout.positions * layout.inputs, layout, "a");
    }

    /// Throws numeric_error naming the first row of `values` (one for each sample of the batch) that is not
    /// finite. One pass: NaN and infinity, and nothing else, survive a multiplication by zero.
    void check_finite(const matrix_view<T>& values, std::string_view what) const {
        if ((values.array() * T(0)).sum() == T(0)) return;
        for (index_t r = 0; r < values.rows(); ++r)
            if (!values.row(r).allFinite())
                throw numeric_error(std::string(function_) + ": " + std::string(what) + " of sample " +
                                    std::to_string(first_ + r) + ": NaN or infinity");
    }

    /// Throws argument_error unless every part came exactly once; layout_of(part) tells its name.
    template <class LayoutOf>
    void require_complete(LayoutOf&& layout_of) const {
        for (std::size_t part = 0; part < calls_.size(); ++part)
            if (calls_[part] != 1)
                require(false, "parts", "number of calls for part \"" + layout_of(part).name + "\"", calls_[part], 1);
    }

private:
    void mark(index_t part, const part_layout& layout, part_form asked, part_form given) {
        require_part(part);
        if (asked != given)
            require(false, "parts", "form of part \"" + layout.name + "\"", name_of(given), name_of(asked));
        ++calls_[static_cast<std::size_t>(part)];
    }

    void check(const matrix_view<T>& values, index_t columns, const part_layout& layout, std::string_view what) const {
        if (values.rows() != count_ || values.cols() != columns)
            require(false, "parts", "size of " + std::string(what) + " of part \"" + layout.name + "\"",
                    std::to_string(values.rows()) + " x " + std::to_string(values.cols()),
                    std::to_string(count_) + " x " + std::to_string(columns));
        check_finite(values, "part \"" + layout.name + "\"");
    }

    std::string_view function_;
    index_t first_, count_;
    std::vector<int> calls_;
};

}  // namespace lpntk::detail
