#pragma once

#include <string>
#include <utility>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/model/outer_products.hpp"
#include "lpntk/model/part_layout.hpp"
#include "lpntk/model/part_sink.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Takes the parts of a batch as flat rows of P numbers, the form to test against. It asks for every part dense, or for
/// factors or pixels, which it forms itself. `features` (b x P) must outlive it. Not thread-safe.
template <class T>
class flat_parts {
public:
    /// Throws argument_error unless the columns of `features` are as many as the layouts have parameters together.
    flat_parts(std::vector<part_layout> layouts, matrix_span<T> features, part_form form = part_form::dense)
        : layouts_(std::move(layouts)), offsets_(part_offsets(layouts_)), features_(features), form_(form) {
        const index_t end = offsets_.back();
        require(end == features_.cols(), "flat_parts", "sum of the parts' parameters", end, features_.cols());
    }

    /// Never skipped; a part without inputs is always dense.
    part_form wants(index_t part) const { return form_given(at(part), form_); }

    /// b x layout.parameters(), copied to the part's columns.
    void dense(index_t part, const matrix_view<T>& values) { columns(part) = values; }

    /// d: b x (T outputs), a: b x (T inputs) or an image, multiplied out into the part's columns.
    void factors(index_t part, const matrix_view<T>& d, const matrix_view<T>& a) {
        if (wants(part) != part_form::pixels) return form_outer_products<T>(at(part), d, a, columns(part));
        matrix<T> patches(d.rows(), at(part).positions * at(part).inputs);
        for (index_t n = 0; n < d.rows(); ++n)
            copy_patches<T>(at(part), a.data() + n * a.outerStride(), patches.row(n).data());
        form_outer_products<T>(at(part), d, patches, columns(part));
    }

private:
    const part_layout& at(index_t part) const { return layouts_[static_cast<std::size_t>(part)]; }
    matrix_span<T> columns(index_t part) {
        return features_.middleCols(offsets_[static_cast<std::size_t>(part)], at(part).parameters());
    }

    std::vector<part_layout> layouts_;
    std::vector<index_t> offsets_;
    matrix_span<T> features_;
    part_form form_;
};

static_assert(part_sink<flat_parts<float>, float>);

}  // namespace lpntk
