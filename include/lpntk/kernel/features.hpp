#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lpntk/core/parallel.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/parts.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// The features phi(x, y) = J(x)^T u of N samples (Guo et al., ICLR 2024, section 3), part by part, each in its own
/// form.
///
/// Made by tangent_features; everything in kernel/ contracts them. A value; copies are deep, const use is
/// thread-safe.
template <class T>
class features {
public:
    using scalar = T;  ///< of the packed numbers: float, double, or bf16_pair within a contraction

    features() = default;
    /// Throws argument_error, naming the part, unless each has `size` rows.
    features(index_t size, std::vector<feature_part<T>> parts) : size_(size), parts_(std::move(parts)) {
        for (const feature_part<T>& part : parts_)
            require(part.left.rows() == size_, "features", "rows of part \"" + part.layout.name + "\"",
                    part.left.rows(), size_);
    }

    /// N
    index_t size() const { return size_; }
    const std::vector<feature_part<T>>& parts() const { return parts_; }  ///< in the model's order of its parameters

    /// P, the length of phi when all parts are formed.
    index_t parameters() const {
        index_t sum = 0;
        for (const feature_part<T>& part : parts_) sum += part.layout.parameters();
        return sum;
    }

    /// Multiply-adds of one inner product, in the forms the parts have.
    index_t multiply_adds() const {
        index_t sum = 0;
        for (const feature_part<T>& part : parts_) sum += part.multiply_adds();
        return sum;
    }

    /// Of the packed numbers of all parts, padding included.
    std::size_t bytes() const {
        std::size_t sum = 0;
        for (const feature_part<T>& part : parts_) sum += part.bytes();
        return sum;
    }

    /// phi of sample i written out: P numbers in the model's order of its parameters. Throws when i is out of range.
    vector<T> explicit_row(index_t i) const {
        require_index(i, size_, "features::explicit_row", "sample");
        vector<T> row(parameters());
        index_t first = 0;
        for (const feature_part<T>& part : parts_) {
            part.explicit_row(i, row.segment(first, part.layout.parameters()));
            first += part.layout.parameters();
        }
        return row;
    }

private:
    index_t size_ = 0;
    std::vector<feature_part<T>> parts_;
};

/// The features at `indices`, in that order; indices may repeat, and there may be none. A copy of those samples.
/// Throws argument_error when an index is out of range, memory_error when there is no room.
template <class T>
features<T> subset(const features<T>& phi, std::span<const index_t> indices, int threads = 0) {
    for (const index_t i : indices) require_index(i, phi.size(), "subset", "index");
    const auto size = static_cast<index_t>(indices.size());
    std::vector<feature_part<T>> parts;
    parts.reserve(phi.parts().size());
    for (const feature_part<T>& part : phi.parts())
        parts.push_back(feature_part<T>::allocate(part.layout, part.form, size));
    parallel_for(micro::padded<T>(size) / micro::lanes_of<T>, threads, [&](index_t panel, int) {
        for (std::size_t p = 0; p < parts.size(); ++p) {
            parts[p].left.gather_panel(phi.parts()[p].left, indices, panel);
            if (parts[p].form != part_form::dense) parts[p].right.gather_panel(phi.parts()[p].right, indices, panel);
        }
    });
    return {size, std::move(parts)};
}

}  // namespace lpntk
