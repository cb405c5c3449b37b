#pragma once

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/nn/layer.hpp"
#include "lpntk/nn/part_paths.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// What a network learns: its P weights, and the S running statistics of its batch_norm layers, which are no
/// parameters (no gradient, no place in a Jacobian) but belong to the function all the same. To save a network or to go
/// back to an earlier one take state(), which is both; for a network without batch_norm it is the weights.
///
///     write_npy("net.npy", net.state());      net.set_state(read_npy<float>("net.npy"));
template <class T>
class learned_numbers {
public:
    index_t parameters() const { return weights_.size(); }  ///< P

    const vector<T>& weights() const { return weights_; }  ///< P
    vector_span<T> mutable_weights() { return weights_; }  ///< P, to be changed in place

    /// Of length P; the statistics stay as they are. Throws argument_error for another length.
    void set_weights(vector_view<T> weights) { assign("network::set_weights", weights, weights_); }

    const vector<T>& statistics() const { return statistics_; }  ///< S, layer by layer: C means, then C variances

    /// Of length S. Throws argument_error for another length.
    void set_statistics(vector_view<T> statistics) { assign("network::set_statistics", statistics, statistics_); }

    /// Weights, then statistics: P + S numbers.
    vector<T> state() const {
        vector<T> both(weights_.size() + statistics_.size());
        both << weights_, statistics_;
        return both;
    }

    /// Of length P + S, as state() gives it. Throws argument_error for another length.
    void set_state(vector_view<T> state) {
        const index_t length = weights_.size() + statistics_.size();
        require(state.size() == length, "network::set_state", "length", state.size(), length);
        weights_ = state.head(weights_.size());
        statistics_ = state.tail(statistics_.size());
    }

protected:
    /// Gives all numbers the values that the layer starts with.
    template <layer Layer>
    void start_as(const Layer& l, image_shape in) {
        weights_.setZero(parameters_of(l.parts(in)));
        statistics_.setZero(statistics_of(l, in));
        start(l, in, weights_.data(), statistics_.data());
    }

private:
    static void assign(const char* function, const vector_view<T>& from, vector<T>& to) {
        require(from.size() == to.size(), function, "length", from.size(), to.size());
        to = from;
    }

    vector<T> weights_, statistics_;
};

}  // namespace lpntk::nn
