#pragma once

#include <algorithm>

#include "lpntk/core/parallel.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/model/jacobian_provider.hpp"

namespace lpntk::score::detail {

/// Takes no part of a feature.
template <class T>
struct no_parts {
    bool forms(index_t) const { return false; }
    void dense(index_t, const matrix_view<T>&) const {}
    void outer(index_t, const matrix_view<T>&, const matrix_view<T>&) const {}
    void positions(index_t, const matrix_view<T>&, const matrix_view<T>&) const {}
};

/// The logits of each row of `inputs` (N x D), N x K, by the cheapest way that the model has: all at once, sample by
/// sample, or as the first step of parts() in batches.
template <class Model>
    requires gives_logits<Model>
matrix<typename Model::scalar> model_logits(const Model& model, const matrix_view<typename Model::scalar>& inputs,
                                            int threads) {
    using T = typename Model::scalar;
    if constexpr (requires { matrix<T>(model.logits(inputs, threads)); }) {
        return model.logits(inputs, threads);
    } else {
        constexpr index_t batch = 16;
        matrix<T> z(inputs.rows(), static_cast<index_t>(model.outputs()));
        parallel_for((inputs.rows() + batch - 1) / batch, threads, [&](index_t item, int) {
            const index_t first = item * batch, count = std::min(batch, inputs.rows() - first);
            if constexpr (has_logits<Model>) {
                for (index_t i = first; i < first + count; ++i) {
                    Eigen::Map<vector<T>> row(z.row(i).data(), z.cols());
                    model.logits(row_of<T>(inputs, i), row);
                }
            } else {
                typename Model::workspace scratch;
                const auto keep = [&](const matrix_view<T>& logits, matrix_span<T> u) {
                    z.middleRows(first, count) = logits;
                    u.setZero();
                };
                model.parts(scratch, inputs.middleRows(first, count), keep, no_parts<T>{});
            }
        });
        return z;
    }
}

}  // namespace lpntk::score::detail
