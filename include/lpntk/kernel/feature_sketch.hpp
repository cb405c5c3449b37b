#pragma once

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/sample_rows.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/features.hpp"
#include "lpntk/kernel/rows.hpp"
#include "lpntk/kernel/sketch_sink.hpp"
#include "lpntk/model/cotangents.hpp"
#include "lpntk/model/for_each_batch.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Of sketched_features.
struct sketch_options {
    index_t numbers = 4096;  ///< that are kept of a sample: groups times a power of two, see sketch_numbers
    int groups = 8;          ///< independent sketches of numbers / groups, from whose spread the error is estimated
    std::uint64_t seed = 0;  ///< of the places and signs; sketches to be compared need the same
    index_t batch = 16;      ///< samples of one backward pass; rounded up to whole panels
    int threads = 0;         ///< 0: all that there are
    progress report = {};    ///< told after each batch
};

/// The numbers that a sketch of `groups` groups needs for a standard error of about `error` sqrt(kappa_ii kappa_jj) in
/// kappa_ij: the variance of a sketch of m numbers is about (kappa_ii kappa_jj + kappa_ij^2) / m, 2 / m of the largest.
/// Throws argument_error unless 0 < error < 1.
inline index_t sketch_numbers(double error, int groups = 8) {
    require(error > 0 && error < 1, "sketch_numbers", "error", error, "in (0, 1)");
    require(groups >= 2, "sketch_numbers", "groups", groups, ">= 2");
    const double each = 2 / (error * error) / groups;
    require(each <= 65536, "sketch_numbers", "error", error,
            ">= " + std::to_string(std::sqrt(2.0 / (65536.0 * groups))) + " for " + std::to_string(groups) + " groups");
    return groups * static_cast<index_t>(std::bit_ceil(static_cast<std::uint64_t>(std::ceil(each))));
}

/// Kernel values estimated from a sketch, with the standard error of each.
template <class T>
struct kernel_estimates {
    matrix<T> values;  ///< unbiased
    matrix<T> errors;  ///< standard deviation of each value, estimated from the groups: groups - 1 degrees of freedom

    /// The relative error of the values in the Frobenius norm, estimated.
    double relative_error() const {
        const double squares = values.template cast<double>().squaredNorm();
        const double error = errors.template cast<double>().squaredNorm();
        return std::sqrt(error / std::max(squares - error, 0.0));
    }
};

/// Features of a fixed length whose inner products are the kernel's but for a random error: what gram, cross_gram,
/// kernel_rows, by_class and the selections take as features. Each group of numbers is a dense part.
///
/// A value; const use is thread-safe.
template <class T>
class feature_sketch : public features<T> {
public:
    using features<T>::size, features<T>::parts;

    feature_sketch() = default;
    /// Of independent groups, each a dense part: what sketched_features makes.
    feature_sketch(index_t count, std::vector<feature_part<T>> groups) : features<T>(count, std::move(groups)) {}

    /// Rows `indices` of the kernel with their standard errors, |indices| x N: the values are those of kernel_rows but
    /// for rounding. Costs as much as these rows and a copy of one group. Throws as kernel_rows does.
    kernel_estimates<T> estimates(std::span<const index_t> indices, const gram_options& options = {}) const {
        require(parts().size() >= 2, "feature_sketch::estimates", "number of groups", parts().size(), ">= 2");
        const auto rows = static_cast<index_t>(indices.size());
        const auto groups = static_cast<double>(parts().size());
        matrix<double> mean = matrix<double>::Zero(rows, size()), squares = mean;
        matrix<T> one(rows, size());
        double before = 0;
        for (const feature_part<T>& group : parts()) {
            kernel_rows<T>(features<T>(size(), std::vector<feature_part<T>>(1, group)), options).rows(indices, one);
            const matrix<double> from_mean = one.template cast<double>() * groups - mean;
            mean += from_mean / ++before;
            squares.array() += from_mean.array().square() * ((before - 1) / before);
        }
        return {mean.template cast<T>(), (squares / (groups * (groups - 1))).cwiseSqrt().template cast<T>()};
    }
};

/// The features of every row of `inputs`, sketched: options.numbers numbers a sample, whatever the model's size.
///
///     const auto phi = lpntk::sketched_features(net, train, lpntk::label_signs{}, {.numbers = 4096});
///     const auto clusters = lpntk::farthest_points{.heads = 1000}(phi);       // of a million samples
///     const auto [values, errors] = phi.estimates(some_indices);              // how far off the kernel is
///
/// Each part is tensor-sketched (Pham and Pagh 2013) batch by batch: outer products without being formed where that is
/// cheaper, so that the features themselves are never held. The inner products are unbiased over seeds; their standard
/// error is about sqrt((kappa_ii kappa_jj + kappa_ij^2) / numbers), larger where a part's largest entries stand in few
/// rows and columns: estimates() tells. Samples sketched with the same options by the same model can be compared, in
/// cross_gram; it refuses another seed, size or number of parameters. The same bits for any number of threads.
///
/// Throws argument_error unless groups >= 2 and numbers / groups is a power of two up to 65,536, and what
/// tangent_features throws. Memory: numbers for each sample, and `groups` places and signs for each input and output of
/// a part.
template <jacobian_provider Model, class Cotangent>
feature_sketch<typename Model::scalar> sketched_features(const Model& model,
                                                         const sample_rows<typename Model::scalar>& inputs,
                                                         std::span<const int> labels, const Cotangent& cotangent,
                                                         const sketch_options& options = {}) {
    using T = typename Model::scalar;
    constexpr const char* here = "sketched_features";
    require(options.groups >= 2, here, "groups", options.groups, ">= 2");
    const index_t each = options.numbers / options.groups;
    require(each >= 1 && each <= 65536 && each * options.groups == options.numbers &&
                std::has_single_bit(static_cast<std::uint64_t>(each)),
            here, "numbers", options.numbers,
            std::to_string(options.groups) + " groups times a power of two, up to 65536");
    require(options.batch >= 1, here, "batch", options.batch, ">= 1");
    const std::vector<part_layout> layouts = as_parts_provider(model).part_layouts();
    require_valid(layouts, here);
    const index_t parameters = parameters_of(layouts);
    std::vector<feature_part<T>> parts;
    for (int group = 0; group < options.groups; ++group)
        parts.push_back(
            feature_part<T>::allocate({.name = "sketch " + std::to_string(group) + " of " + std::to_string(parameters) +
                                               " numbers, seed " + std::to_string(options.seed),
                                       .outputs = each},
                                      part_form::dense, inputs.rows()));
    const detail::sketch_plan<T> plan(layouts, options.groups, each, options.seed);
    for_each_batch(model, inputs, labels, cotangent,
                   {.batch = micro::padded_within<T>(options.batch, inputs.rows()),
                    .threads = options.threads,
                    .report = options.report},
                   here,
                   [&](batch_range range) { return detail::sketch_sink<T>(plan, parts, range.first, range.count); });
    return {inputs.rows(), std::move(parts)};
}

/// The same for the samples of a dataset. Throws also when its rows are not as long as its shape says.
template <jacobian_provider Model, class Cotangent>
feature_sketch<typename Model::scalar> sketched_features(const Model& model,
                                                         const dataset<typename Model::scalar>& data,
                                                         const Cotangent& cotangent,
                                                         const sketch_options& options = {}) {
    require_valid(data, model, "sketched_features");
    return sketched_features(model, sample_rows<typename Model::scalar>(data.inputs), std::span<const int>(data.labels),
                             cotangent, options);
}

}  // namespace lpntk
