#pragma once

#include <algorithm>
#include <deque>
#include <span>
#include <string>
#include <string_view>

#include "lpntk/core/parallel.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/sample_rows.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/model/batch_pass.hpp"
#include "lpntk/model/cotangent.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// The samples first, ..., first + count - 1.
struct batch_range {
    index_t first;  ///< row of the whole set, from 0
    index_t count;  ///< `batch` of batch_options, fewer in the last
};

/// How samples are taken through a model.
struct batch_options {
    index_t batch = 16;          ///< samples of one backward pass
    int threads = 0;             ///< 0: all that there are; a serial model has one
    progress report = {};        ///< told after each batch
    batch_range only = {0, -1};  ///< these rows of the inputs; all of them when the count is negative
};

/// THE loop over samples: cuts the rows of `inputs` (N x D), or `only` some of them, into batches, which do not depend
/// on the number of threads, and makes a batch_pass over each of them, with a taker of its own.
///
///     lpntk::for_each_batch(model, inputs, fill, {.batch = 16}, "my_function",
///                           [&](lpntk::batch_range range) { return my_sink(results, range.first, range.count); });
///
/// fill(first, logits, u) writes the cotangents of a batch, as in batch_pass. make_taker(range) returns the part_sink
/// of one batch; when the batch is done, finish() of it is called if it has one. Both are called from several threads
/// at once, for different batches. Throws argument_error, in the name of `function`, for no samples, batch < 1, and
/// what batch_pass throws. Memory: one workspace of the model a thread.
template <jacobian_provider Model, class Fill, class MakeTaker>
void for_each_batch(const Model& model, const sample_rows<typename Model::scalar>& inputs, const Fill& fill,
                    const batch_options& options, std::string_view function, MakeTaker&& make_taker) {
    const batch_range all = options.only.count < 0 ? batch_range{0, inputs.rows()} : options.only;
    require(all.count >= 1, function, "number of samples", all.count, ">= 1");
    require(all.first >= 0 && all.first + all.count <= inputs.rows(), function, "last sample", all.first + all.count,
            "at most the number of samples, " + std::to_string(inputs.rows()));
    require(options.batch >= 1, function, "batch", options.batch, ">= 1");
    const int threads = threads_for(model, options.threads);
    std::deque<batch_pass<Model>> passes;
    for (int worker = 0; worker < worker_count(threads); ++worker) passes.emplace_back(model, function).hold_weights();
    const index_t batch = std::min(options.batch, all.count);
    parallel_for((all.count - 1) / batch + 1, threads, options.report, [&](index_t item, int worker) {
        const index_t before = item * batch;
        const batch_range range{all.first + before, std::min(batch, all.count - before)};
        auto taker = make_taker(range);
        passes[static_cast<std::size_t>(worker)](inputs.middleRows(range.first, range.count), range.first, fill, taker);
        if constexpr (requires { taker.finish(); }) taker.finish();
    });
}

/// The same with a cotangent and labels (none, when it needs none). Where the model and the cotangent do not go
/// together, the compiler stops here and says what is missing.
template <jacobian_provider Model, class Cotangent, class MakeTaker>
void for_each_batch(const Model& model, const sample_rows<typename Model::scalar>& inputs, std::span<const int> labels,
                    const Cotangent& cotangent, const batch_options& options, std::string_view function,
                    MakeTaker&& make_taker) {
    using T = typename Model::scalar;
    if constexpr (!cotangent_for<Cotangent, T>) {
        static_assert(
            cotangent_for<Cotangent, T>,
            "a cotangent must be callable, when const, as f(u), f(label, u) or f(logits, label, u), and take u as "
            "lpntk::vector_span of the model's scalar, not by value: see lpntk/model/cotangent.hpp");
    } else if constexpr (needs_logits_v<Cotangent, T> && !gives_logits<Model>) {
        static_assert(gives_logits<Model>,
                      "this cotangent reads the logits: give the model a member "
                      "void logits(lpntk::vector_view<scalar> x, lpntk::vector_span<scalar> z) const");
    } else {
        require(inputs.rows() >= 1, function, "number of samples", inputs.rows(), ">= 1");
        const labelled_cotangents<T, Cotangent> fill(cotangent, labels, inputs.rows(),
                                                     static_cast<index_t>(model.outputs()), function);
        for_each_batch(model, inputs, fill, options, function, std::forward<MakeTaker>(make_taker));
    }
}

}  // namespace lpntk
