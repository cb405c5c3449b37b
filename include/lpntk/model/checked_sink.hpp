#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "lpntk/core/finite.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/model/part_layout.hpp"
#include "lpntk/model/part_sink.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Stands between parts() of a model and the sink that takes them, for the samples first, ..., first + count - 1, and
/// sees that the model keeps the rules: every part that is wanted comes once, in the form wanted, with its sizes, and
/// finite.
///
/// An argument_error about the rules names parts(); a numeric_error names `function`, the part and the sample.
template <class T, part_sink<T> Taker>
class checked_sink {
public:
    /// Refers to the taker and the layouts.
    checked_sink(Taker& taker, const std::vector<part_layout>& layouts, index_t first, index_t count,
                 std::string_view function)
        : taker_(taker), layouts_(layouts), first_(first), count_(count), function_(function),
          calls_(layouts.size(), 0) {}

    /// What the taker wants, but a part without inputs dense for factors. Throws argument_error for a part the model
    /// has not.
    part_form wants(index_t part) const {
        const part_form answer = taker_.wants(part_of(part));
        return form_given(at(part), answer);
    }

    /// b x layout.parameters(), checked and then passed on; dropped when the taker skips the part.
    void dense(index_t part, const matrix_view<T>& values) {
        if (!expects(part, part_form::dense)) return;
        check(values, at(part).parameters(), part, "values");
        taker_.dense(part, values);
    }

    /// b x (T outputs) and b x (T inputs), checked and then passed on; dropped when the taker skips the part.
    void factors(index_t part, const matrix_view<T>& d, const matrix_view<T>& a) {
        if (!expects(part, part_form::factors)) return;
        check(d, at(part).positions * at(part).outputs, part, "d");
        check(a, second_factor(at(part), wants(part)), part, wants(part) == part_form::pixels ? "x" : "a");
        taker_.factors(part, d, a);
    }

    /// Throws numeric_error that names the first row of `values`, one a sample, that is not finite.
    void require_finite(const matrix_view<T>& values, std::string_view what) const {
        for (index_t r = 0; r < values.rows(); ++r)
            if (!all_finite(values.data() + r * values.outerStride(), values.cols()))
                throw numeric_error(std::string(function_) + ": " + std::string(what) + " of sample " +
                                    std::to_string(first_ + r) + ": NaN or infinity");
    }

    /// Throws argument_error unless every part that is wanted came.
    void require_complete() const {
        for (index_t part = 0; part < static_cast<index_t>(calls_.size()); ++part)
            if (wants(part) != part_form::skipped && calls(part) != 1) fail_calls(part);
    }

private:
    /// Whether the taker wants the part, which comes in this form or, as factors do, as d and another factor. Throws
    /// when it comes in another or again.
    bool expects(index_t part, part_form given) {
        const part_form wanted = wants(part);
        if (wanted == part_form::skipped) return false;
        if ((given == part_form::dense) != (wanted == part_form::dense))
            require(false, "parts", "form of part \"" + at(part).name + "\"", name_of(given), name_of(wanted));
        if (++calls_[static_cast<std::size_t>(part)] > 1) fail_calls(part);
        return true;
    }

    void check(const matrix_view<T>& values, index_t columns, index_t part, std::string_view what) const {
        if (values.rows() != count_ || values.cols() != columns)
            require_size(values, count_, columns, "parts", std::string(what) + " of part \"" + at(part).name + "\"");
        require_finite(values, "part \"" + at(part).name + "\"");
    }

    void fail_calls(index_t part) const {
        require(false, "parts", "number of calls for part \"" + at(part).name + "\"", calls(part), 1);
    }

    index_t part_of(index_t part) const {
        require_index(part, static_cast<index_t>(layouts_.size()), "parts", "part");
        return part;
    }
    const part_layout& at(index_t part) const { return layouts_[static_cast<std::size_t>(part)]; }
    int calls(index_t part) const { return calls_[static_cast<std::size_t>(part)]; }

    Taker& taker_;
    const std::vector<part_layout>& layouts_;
    index_t first_, count_;
    std::string_view function_;
    std::vector<int> calls_;
};

static_assert(part_sink<checked_sink<float, archetype::sink<float>>, float>);

}  // namespace lpntk
