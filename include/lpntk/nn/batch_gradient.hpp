#pragma once

#include <algorithm>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/parallel.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/nn/layers/linear.hpp"
#include "lpntk/model/losses.hpp"
#include "lpntk/nn/sequential.hpp"

namespace lpntk::nn {

/// The mean cross-entropy of a batch and its gradient, with the buffers to compute them again and again.
///
/// The batch is cut into pieces of 16 samples, whatever the number of threads; each piece goes forward and backward
/// on one thread. Convolutions add up a gradient for each piece; linear layers keep their factors, and their
/// gradient is one product over the batch, cut by rows of the weights. All sums are in the order of the samples, so the
/// bits are the same for any number of threads. Cost: three times a forward pass, less where gradients are zero.
template <class Network>
class batch_gradient {
public:
    using scalar = typename Network::scalar;

    /// gradient := d(mean loss)/dw (length P) for the rows of `inputs`; logits() and losses() are of the same pass.
    /// With `dropout_seed` the pass is one of training: dropout draws from streams named by it.
    /// Throws argument_error for no samples, a label that has no logit, lengths that do not match.
    void compute(const Network& net, matrix_view<scalar> inputs, std::span<const int> labels, int threads,
                 std::optional<std::uint64_t> dropout_seed = {}) {
        const char* const here = "batch_gradient::compute";
        require(inputs.rows() >= 1, here, "number of samples", inputs.rows(), ">= 1");
        require(static_cast<index_t>(labels.size()) == inputs.rows(), here, "number of labels", labels.size(),
                "the number of samples, " + std::to_string(inputs.rows()));
        require_labels(labels, static_cast<int>(net.outputs()), here);
        const index_t samples = inputs.rows(), pieces = (samples + piece_size - 1) / piece_size;
        if (static_cast<index_t>(pieces_.size()) < pieces) pieces_.resize(static_cast<std::size_t>(pieces));
        logits_.resize(samples, net.outputs());
        losses_.resize(samples);
        gradient_.setZero(net.parameters());
        parallel_for(pieces, threads, [&](index_t i, int) {
            const index_t first = i * piece_size, rows = std::min(piece_size, samples - first);
            std::optional<random_stream> random;
            if (dropout_seed) random.emplace(*dropout_seed, static_cast<std::uint64_t>(i));
            piece& own = pieces_[static_cast<std::size_t>(i)];
            own.start(net);
            const matrix_view<scalar> z = net.forward(own.buffers, inputs.middleRows(first, rows), random ? &*random : nullptr);
            logits_.middleRows(first, rows) = z;
            matrix_span<scalar> errors(own.buffers.gradients.back());
            for (index_t n = 0; n < rows; ++n) {
                auto error = row_of<scalar>(errors, n);
                losses_[first + n] =
                    cross_entropy<scalar>(row_of<scalar>(z, n), labels[static_cast<std::size_t>(first + n)], error);
                error /= static_cast<scalar>(samples);
            }
            net.backward(own.buffers, own);
        });
        sum_pieces(net, pieces, threads);
    }

    const vector<scalar>& gradient() const { return gradient_; }  ///< P
    const matrix<scalar>& logits() const { return logits_; }      ///< b x K, before the update
    const vector<scalar>& losses() const { return losses_; }      ///< b, cross-entropy

private:
    static constexpr index_t piece_size = 16;
    static constexpr index_t slice_rows = 256;

    /// The factors of a linear layer's gradient, in a piece's buffers.
    struct outer_factors {
        index_t rows = 0;
        const scalar* inputs = nullptr;
        const scalar* cotangents = nullptr;
    };

    /// One piece of a batch, and the writer of its backward pass.
    struct piece {
        typename Network::workspace buffers;
        std::vector<vector<scalar>> sums;             ///< of each part that is summed by sample
        std::vector<outer_factors> factors;           ///< of each linear part

        void start(const Network& net) {
            const auto& layouts = net.part_layouts();
            sums.resize(layouts.size());
            factors.assign(layouts.size(), {});
            for (auto& sum : sums) sum.setZero();
            sizes_ = &layouts;
        }

        template <class Layer, class Call, class State>
        void sample_part(index_t part, index_t, const Layer& layer, const Call& call, const scalar* x,
                         const scalar* dy, scalar* dx, State& state) {
            auto& sum = sums[static_cast<std::size_t>(part)];
            if (sum.size() != at(part).parameters()) sum.setZero(at(part).parameters());
            layer.backward(call, x, dy, sum.data(), dx, state);
        }

        void samples_done(index_t) {}

        void batch_part(index_t part, index_t rows, const scalar* x, const scalar* dy) {
            factors[static_cast<std::size_t>(part)] = {rows, x, dy};
        }

    private:
        const part_layout& at(index_t part) const { return (*sizes_)[static_cast<std::size_t>(part)]; }
        const std::vector<part_layout>* sizes_ = nullptr;
    };

    struct slice {
        std::size_t part;
        index_t offset;  ///< of the part in the flat vector
        index_t first;   ///< row
        index_t last;
    };

    void sum_pieces(const Network& net, index_t pieces, int threads) {
        std::vector<slice> slices;
        index_t offset = 0;
        for (std::size_t part = 0; part < net.part_layouts().size(); ++part) {
            const part_layout& layout = net.part_layouts()[part];
            for (index_t row = 0; row <= layout.inputs; row += slice_rows)
                slices.push_back({part, offset, row, std::min(row + slice_rows, layout.inputs + 1)});
            offset += layout.parameters();
        }
        parallel_for(static_cast<index_t>(slices.size()), threads, [&](index_t item, int) {
            const slice& s = slices[static_cast<std::size_t>(item)];
            const part_layout& layout = net.part_layouts()[s.part];
            for (index_t i = 0; i < pieces; ++i) {
                const piece& own = pieces_[static_cast<std::size_t>(i)];
                const outer_factors& f = own.factors[s.part];
                const index_t start = s.first * layout.outputs, size = (s.last - s.first) * layout.outputs;
                if (own.sums[s.part].size() > 0)
                    gradient_.segment(s.offset + start, size) += own.sums[s.part].segment(start, size);
                else
                    add_outer_products(f.rows, f.inputs, layout.inputs, f.cotangents, layout.outputs, s.first, s.last,
                                       gradient_.data() + s.offset);
            }
        });
    }

    std::vector<piece> pieces_;
    vector<scalar> gradient_, losses_;
    matrix<scalar> logits_;
};

}  // namespace lpntk::nn
