#pragma once

#include <algorithm>
#include <memory>
#include <span>
#include <string>
#include <utility>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/features.hpp"
#include "lpntk/kernel/for_each_tile.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Rows of the kernel matrix computed when asked for, without a Gram: for algorithms that need few of the N rows,
/// or an N whose Gram does not fit.
///
/// Models the similarity concept of cluster/ (scalar, size, diagonal, row, rows), with the bits of gram(phi). Rows
/// asked for together are much cheaper: one row costs as much as eight, since it reads all features, and
/// 192 rows run at the speed of a Gram. When more than about N / 30 rows are needed one by one, a Gram costs less.
/// Factors keep their full precision: options that ask for bf16 are an argument_error. Const use is thread-safe.
template <class T>
class kernel_rows {
public:
    using scalar = T;  ///< float or double

    /// Refers to phi, which must outlive it.
    explicit kernel_rows(const features<T>& phi, gram_options options = {})
        : phi_(std::shared_ptr<void>{}, &phi), options_(checked(std::move(options))) {}

    explicit kernel_rows(const features<T>&& phi, gram_options options = {}) = delete;

    /// Keeps phi.
    explicit kernel_rows(features<T>&& phi, gram_options options = {})
        : phi_(std::make_shared<const features<T>>(std::move(phi))), options_(checked(std::move(options))) {}

    /// N
    index_t size() const { return phi_->size(); }

    /// kappa(i, i) of every sample. Costs as much as the rows of a panel.
    vector<T> diagonal() const {
        vector<T> all(size());
        std::vector<tile_range> tiles;
        for (index_t i = 0; i < size(); i += micro::lanes_of<T>) {
            const index_t count = std::min(micro::lanes_of<T>, size() - i);
            tiles.push_back({i, count, i, count, true});
        }
        for_each_tile(*phi_, *phi_, tiles, options_, "kernel_rows::diagonal",
                      [&](const tile_range& tile, const auto& values) {
                          for (index_t r = 0; r < tile.rows; ++r) all[tile.row + r] = values.row(r)[r];
                      });
        return all;
    }

    /// Writes kappa(i, 0), ..., kappa(i, N - 1). Throws argument_error when i or the length of out is wrong.
    void row(index_t i, vector_span<T> out) const {
        require(out.size() == size(), "kernel_rows::row", "length of out", out.size(), size());
        rows(std::span<const index_t>(&i, 1), Eigen::Map<matrix<T>>(out.data(), 1, out.size()));
    }

    /// Writes the rows at `indices`, |indices| x N, in that order; indices may repeat. Throws argument_error when an
    /// index is out of range or out has other sizes. Takes a copy of those samples' features for the while.
    void rows(std::span<const index_t> indices, matrix_span<T> out) const {
        const auto count = static_cast<index_t>(indices.size());
        require_size(out, count, size(), "kernel_rows::rows", "out");
        for (const index_t i : indices) require_index(i, size(), "kernel_rows::rows", "index");
        const features<T> chosen = subset(*phi_, indices, options_.threads);
        const index_t edge = tile_edge<T>(options_.tile, size(), "kernel_rows::rows");
        for_each_tile(chosen, *phi_, rectangle_tiles(count, size(), edge), options_, "kernel_rows::rows",
                      [&](const tile_range& tile, const auto& values) {
                          for (index_t r = 0; r < tile.rows; ++r)
                              std::copy_n(values.row(r), tile.columns, out.row(tile.row + r).data() + tile.column);
                      });
    }

    /// The same kernel between the samples `indices` alone, with these options and a copy of their features.
    kernel_rows among(std::span<const index_t> indices) const {
        return kernel_rows(subset(*phi_, indices, options_.threads), options_);
    }

private:
    static gram_options checked(gram_options options) {
        require(options.factors == factor_precision::full, "kernel_rows", "factors", "bf16",
                "full: rounding all features for each call would cost more than it saves");
        return options;
    }

    std::shared_ptr<const features<T>> phi_;
    gram_options options_;
};

/// Features as what clusterings and selections take (similarity_source in cluster/): rows on demand, with all threads.
/// Refers to phi. Options of one's own: by_class(kernel_rows<T>(phi, {.threads = 2}), ...), which keeps them.
template <class T>
kernel_rows<T> similarity_of(const features<T>& phi) {
    return kernel_rows<T>(phi);
}

template <class T>
void similarity_of(const features<T>&& temporary) = delete;

/// The similarity among some samples, of a copy of their features.
template <class T>
kernel_rows<T> similarity_of(const features<T>& phi, std::span<const index_t> indices) {
    return kernel_rows<T>(subset(phi, indices));
}

/// The same among some samples of rows.
template <class T>
kernel_rows<T> similarity_of(const kernel_rows<T>& rows, std::span<const index_t> indices) {
    return rows.among(indices);
}

}  // namespace lpntk
