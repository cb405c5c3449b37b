#pragma once

#include <numeric>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/sample_rows.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/core/with_memory.hpp"
#include "lpntk/kernel/cross_gram.hpp"
#include "lpntk/kernel/features.hpp"
#include "lpntk/kernel/gram.hpp"
#include "lpntk/kernel/model_gram.hpp"
#include "lpntk/kernel/rows.hpp"
#include "lpntk/kernel/tangent_features.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// The gradients of every logit of every sample, the rows of the Jacobians: N K features, row i K + k is
/// dz_k(x_i)/dw.
///
/// gram() of these is the whole empirical NTK (N K x N K), cross_gram() that between two sets of samples, in
/// K x K blocks K(i, j) = J(x_i) J(x_j)^T (Guo et al., ICLR 2024, section 2). K times the passes and the memory of
/// tangent_features, K copies of the inputs, and K^2 times the products: for checks, theory and small batches. Throws
/// as it does; a numeric_error counts a sample once for each of its logits, as the rows do.
template <jacobian_provider Model>
features<typename Model::scalar> logit_features(const Model& model, const sample_rows<typename Model::scalar>& inputs,
                                                const feature_options& options = {}) {
    using T = typename Model::scalar;
    const auto outputs = static_cast<index_t>(model.outputs());
    require_finite<T>(inputs, "logit_features", "input");
    auto repeated = allocate_matrix<T>(inputs.rows() * outputs, inputs.cols(), "logit_features");
    for (index_t row = 0; row < repeated.rows(); ++row) repeated.row(row) = inputs.row(row / outputs);
    const auto unit = [&](index_t first, const matrix_view<T>&, matrix_span<T> u) {
        u.setZero();
        for (index_t n = 0; n < u.rows(); ++n) u(n, (first + n) % outputs) = T(1);
    };
    try {
        return detail::collect_features(model, repeated, options, "logit_features", unit);
    } catch (const numeric_error& failure) {
        throw numeric_error("samples counted " + std::to_string(outputs) +
                            " times, once for each logit: " + std::string(failure.what()));
    }
}

/// The empirical NTK of N samples in its K x K blocks, computed from the logits' features when asked for.
///
///     const lpntk::empirical_ntk<float> entk(model, inputs);
///     entk.block(3, 5);                // K x K: how learning sample 5 moves the logits of sample 3
///     entk.contract(3, s3, 5, s5);     // s3^T K(3, 5) s5; with s = label signs / sqrt(K) the lpNTK
///
/// Const use is thread-safe.
template <class T>
class empirical_ntk {
public:
    /// N K backward passes; see logit_features.
    template <jacobian_provider Model>
    empirical_ntk(const Model& model, const sample_rows<T>& inputs, const feature_options& options = {})
        : outputs_(static_cast<index_t>(model.outputs())), phi_(logit_features(model, inputs, options)) {}

    index_t size() const { return phi_.size() / outputs_; }  ///< N
    index_t outputs() const { return outputs_; }             ///< K
    const features<T>& logits() const { return phi_; }       ///< the features it is made of, row i K + k

    /// K(i, j) = J(x_i) J(x_j)^T: entry (k, l) is the inner product of the gradients of z_k(x_i) and z_l(x_j).
    /// Throws argument_error when an index is out of range.
    matrix<T> block(index_t i, index_t j) const { return cross_gram(of_sample(i), of_sample(j), {.threads = 1}); }

    /// The blocks of several pairs, in their order.
    std::vector<matrix<T>> blocks(std::span<const std::pair<index_t, index_t>> pairs, int threads = 0) const {
        for (const auto& [i, j] : pairs) require_sample(i), require_sample(j);
        std::vector<matrix<T>> all(pairs.size());
        parallel_for(static_cast<index_t>(pairs.size()), threads, [&](index_t item, int) {
            const auto& [i, j] = pairs[static_cast<std::size_t>(item)];
            all[static_cast<std::size_t>(item)] = block(i, j);
        });
        return all;
    }

    /// K(i, 0), ..., K(i, N - 1) side by side: K x (N K).
    matrix<T> block_row(index_t i, const gram_options& options = {}) const {
        const std::vector<index_t> wanted = rows_of(i);
        matrix<T> row(outputs_, phi_.size());
        kernel_rows<T>(phi_, options).rows(wanted, row);
        return row;
    }

    /// All blocks: (N K) x (N K), entry (i K + k, j K + l) is K(i, j)(k, l).
    gram_matrix<T> all(const gram_options& options = {}) const { return gram(phi_, options); }

    /// u^T K(i, j) v for two cotangents of length K.
    T contract(index_t i, const vector_view<T>& u, index_t j, const vector_view<T>& v) const {
        require(u.size() == outputs_, "empirical_ntk::contract", "length of u", u.size(), outputs_);
        require(v.size() == outputs_, "empirical_ntk::contract", "length of v", v.size(), outputs_);
        return u.dot(block(i, j) * v);
    }

private:
    void require_sample(index_t i) const { require_index(i, size(), "empirical_ntk", "sample"); }
    std::vector<index_t> rows_of(index_t i) const {
        require_sample(i);
        std::vector<index_t> rows(static_cast<std::size_t>(outputs_));
        std::iota(rows.begin(), rows.end(), i * outputs_);
        return rows;
    }
    features<T> of_sample(index_t i) const { return subset(phi_, rows_of(i), 1); }

    index_t outputs_;
    features<T> phi_;
};

/// The trace NTK: the mean over k of the diagonal entries K(i, j)(k, k), N x N.
///
/// The gram of the model for one logit after another, so memory is that of one. Throws as it does.
template <jacobian_provider Model>
gram_matrix<typename Model::scalar> trace_ntk(const Model& model, const sample_rows<typename Model::scalar>& inputs,
                                              const feature_options& making = {}, const gram_options& options = {}) {
    using T = typename Model::scalar;
    const auto outputs = static_cast<index_t>(model.outputs());
    const auto of_logit = [&](index_t k) {
        return gram(model, inputs, std::span<const int>(), one_logit{k}, making, options);
    };
    gram_matrix<T> mean = of_logit(0);
    const index_t entries = mean.size() * (mean.size() + 1) / 2;
    Eigen::Map<vector<T>> sum(mean.lower_row(0), entries);
    for (index_t k = 1; k < outputs; ++k) {
        const gram_matrix<T> next = of_logit(k);
        sum += Eigen::Map<const vector<T>>(next.lower_row(0), entries);
    }
    sum /= static_cast<T>(outputs);
    return mean;
}

}  // namespace lpntk
