#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "lpntk/core/parallel.hpp"
#include "lpntk/core/random.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/nn/layer.hpp"
#include "lpntk/nn/part_writer.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// Everything that a network computes for one batch, of one thread; allocated at the first, then reused. The batch is
/// copied: the caller's may be gone before the backward pass.
template <class T, layer Layer>
struct network_workspace {
    matrix<T> batch;                          ///< b x D
    matrix<T> logits;                         ///< b x K
    matrix<T> differentials;                  ///< b x K: the gradients by the logits, or their tangents
    typename Layer::template state<T> state;  ///< of the layers
    std::vector<part_buffers<T>> parts;       ///< one for each layer with weights
    random_stream* random = nullptr;          ///< not null only while training
    vector<T> observed;                       ///< S: the running statistics after this batch, while training

    /// Copies the samples (b x D) and makes room for b x K logits; `with_random` is referred to.
    void start(const matrix_view<T>& samples, index_t inputs, index_t outputs, index_t statistics,
               random_stream* with_random) {
        require(samples.cols() == inputs, "network::forward", "numbers in a sample", samples.cols(), inputs);
        require(samples.rows() >= 1, "network::forward", "number of samples", samples.rows(), ">= 1");
        batch = samples;
        logits.resize(samples.rows(), outputs);
        differentials.resize(samples.rows(), outputs);
        random = with_random;
        if (random) observed.resize(statistics);
    }
};

/// Calls f(first, batch, workspace) for batches of `size` rows of `inputs`, the first of which is row `first`, shared
/// out over `threads`.
template <class Workspace, class T, class F>
void in_batches(index_t size, const matrix_view<T>& inputs, int threads, F&& f) {
    std::vector<Workspace> own(static_cast<std::size_t>(worker_count(threads)));
    parallel_for((inputs.rows() + size - 1) / size, threads, [&](index_t item, int worker) {
        const index_t first = item * size, rows = std::min(size, inputs.rows() - first);
        f(first, matrix_view<T>(inputs.middleRows(first, rows)), own[static_cast<std::size_t>(worker)]);
    });
}

}  // namespace lpntk::nn
