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
class network_workspace {
public:
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

    /// Weights and statistics are the same in all passes from here to the next call, or to the last: the layers prepare
    /// for them once, where else they do for each batch.
    void hold_weights() {
        held_ = true;
        forward_ = backward_ = 0;
    }

    /// Has the layers prepare for the call, unless they have.
    /// @{
    void prepare_forward(const Layer& layer, layer_call<T> call) {
        if (is_due(forward_, call)) layer.prepare_forward(call, state);
    }
    void prepare_backward(const Layer& layer, layer_call<T> call) {
        if (is_due(backward_, call)) layer.prepare_backward(call, state);
    }
    /// @}

private:
    /// If it is while weights are held, then for a few samples more, since pieces of a batch differ by one.
    bool is_due(index_t& prepared, layer_call<T>& call) const {
        if (held_ && call.count <= prepared) return false;
        if (held_) call.count = prepared = (call.count + 15) / 16 * 16;
        return true;
    }

    bool held_ = false;
    index_t forward_ = 0, backward_ = 0;  ///< samples that the layers are prepared for
};

/// Calls f(first, batch, workspace) for batches of at most `largest` rows of `inputs`, the first of which is row
/// `first`, shared out over `threads`: a quarter of few rows, so that there is something to share. The weights are
/// held.
template <class Workspace, class T, class F>
void in_batches(index_t largest, const matrix_view<T>& inputs, int threads, F&& f) {
    const index_t size = std::clamp<index_t>((inputs.rows() + 3) / 4, 8, largest);
    std::vector<Workspace> own(static_cast<std::size_t>(worker_count(threads)));
    for (Workspace& each : own) each.hold_weights();
    parallel_for((inputs.rows() + size - 1) / size, threads, [&](index_t item, int worker) {
        const index_t first = item * size, rows = std::min(size, inputs.rows() - first);
        f(first, matrix_view<T>(inputs.middleRows(first, rows)), own[static_cast<std::size_t>(worker)]);
    });
}

}  // namespace lpntk::nn
