#pragma once

#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "lpntk/core/parallel.hpp"
#include "lpntk/core/random.hpp"
#include "lpntk/model/part_layout.hpp"
#include "lpntk/nn/gradient_taker.hpp"
#include "lpntk/nn/outer_product_sum.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// The sum over a batch of J(x_n)^T u_n for a network, with the buffers to compute it again and again.
///
/// The batch is cut into pieces of equal size, 16 samples or one less, whatever the number of threads; each piece goes
/// forward and backward on one thread. While training, batch_norm takes the statistics of a piece. Parts that come
/// sample by sample are added up in each piece; those that come as factors keep them, and their sum is one product over
/// the batch, cut by rows of the weights. All sums are in the order of the samples, so the bits are the same for any
/// number of threads. Cost: three times a forward pass, less where gradients are zero.
template <class Network>
class pullback_sum {
public:
    using scalar = typename Network::scalar;  ///< of the network: float or double

    /// g := sum over n of J(x_n)^T u_n, P numbers; fill(first, z, u) is to set the rows of u (b x K) for the samples
    /// first, first + 1, ... of `inputs` (N x D), z (b x K) being their logits. It is called from several threads at
    /// once. With `dropout_seed` the pass is one of training: dropout draws from streams named by it.
    template <class Fill>
    void compute(const Network& net, const matrix_view<scalar>& inputs, Fill&& fill, vector_span<scalar> g, int threads,
                 std::optional<std::uint64_t> dropout_seed) {
        const index_t samples = inputs.rows(), pieces = (samples + piece_size - 1) / piece_size;
        while (static_cast<index_t>(pieces_.size()) < pieces) pieces_.push_back(std::make_unique<piece>());
        workspaces_.resize(std::max(workspaces_.size(), static_cast<std::size_t>(worker_count(threads))));
        for (auto& each : workspaces_) each.hold_weights();
        g.setZero();
        parallel_for(pieces, threads, [&](index_t i, int worker) {
            const index_t first = i * samples / pieces, rows = (i + 1) * samples / pieces - first;
            std::optional<random_stream> random;
            if (dropout_seed) random.emplace(*dropout_seed, static_cast<std::uint64_t>(i));
            piece& own = *pieces_[static_cast<std::size_t>(i)];
            own.start(net.part_layouts());
            auto& buffers = workspaces_[static_cast<std::size_t>(worker)];
            const matrix_view<scalar> z =
                net.forward(buffers, inputs.middleRows(first, rows), random ? &*random : nullptr);
            fill(first, z, matrix_span<scalar>(buffers.differentials));
            net.backward(buffers, own);
            if (random) own.observed = buffers.observed * (static_cast<scalar>(rows) / static_cast<scalar>(samples));
        });
        add_pieces(net.part_layouts(), pieces, g, threads);
        observed_ = net.statistics();
        if (!dropout_seed) return;
        observed_.setZero();
        for (index_t i = 0; i < pieces; ++i) observed_ += pieces_[static_cast<std::size_t>(i)]->observed;
    }

    /// The network's running statistics after the last pass: if it was one of training the mean over its pieces, else
    /// as before.
    const vector<scalar>& observed() const { return observed_; }

private:
    static constexpr index_t piece_size = 16;
    static constexpr index_t slice_rows = 256;

    /// One piece of a batch, and the taker of its backward pass.
    struct piece {
        /// The factors of a part.
        struct factors {
            matrix<scalar> inputs;      ///< samples x inputs; empty where the part came sample by sample
            matrix<scalar> cotangents;  ///< samples x outputs
        };

        vector<scalar> observed;           ///< while training: the running statistics, by the share of the samples
        std::vector<vector<scalar>> sums;  ///< of each part that comes sample by sample
        std::vector<factors> products;     ///< of each other part

        void start(const std::vector<part_layout>& layouts) {
            sums.resize(layouts.size());
            products.resize(layouts.size());
            for (std::size_t part = 0; part < layouts.size(); ++part) sums[part].setZero(sums[part].size());
            layouts_ = &layouts;
        }

        gradient_place<scalar> sample(index_t part, index_t) {
            auto& sum = sums[static_cast<std::size_t>(part)];
            const index_t size = (*layouts_)[static_cast<std::size_t>(part)].parameters();
            if (sum.size() != size) sum.setZero(size);
            return {.formed = sum.data()};
        }

        void batch(index_t part, index_t rows, const scalar* x, const scalar* dy) {
            const part_layout& layout = (*layouts_)[static_cast<std::size_t>(part)];
            factors& own = products[static_cast<std::size_t>(part)];
            own.inputs = Eigen::Map<const matrix<scalar>>(x, rows, layout.inputs);
            own.cotangents = Eigen::Map<const matrix<scalar>>(dy, rows, layout.outputs);
        }

    private:
        const std::vector<part_layout>* layouts_ = nullptr;
    };
    static_assert(gradient_taker<piece, scalar>);

    /// Rows [first, last) of a part as a matrix with `outputs` columns.
    struct slice {
        std::size_t part;
        index_t offset;  ///< of the part in the flat vector
        index_t first;
        index_t last;
    };

    void add_pieces(const std::vector<part_layout>& layouts, index_t pieces, vector_span<scalar>& g, int threads) {
        std::vector<slice> slices;
        const std::vector<index_t> offsets = part_offsets(layouts);
        for (std::size_t part = 0; part < layouts.size(); ++part) {
            const index_t rows = layouts[part].rows();
            for (index_t row = 0; row < rows; row += slice_rows)
                slices.push_back({part, offsets[part], row, std::min(row + slice_rows, rows)});
        }
        parallel_for(static_cast<index_t>(slices.size()), threads, [&](index_t item, int) {
            const slice& s = slices[static_cast<std::size_t>(item)];
            const part_layout& layout = layouts[s.part];
            for (index_t i = 0; i < pieces; ++i) {
                const piece& own = *pieces_[static_cast<std::size_t>(i)];
                const auto& f = own.products[s.part];
                const index_t start = s.first * layout.outputs, size = (s.last - s.first) * layout.outputs;
                if (f.inputs.size() == 0)
                    g.segment(s.offset + start, size) += own.sums[s.part].segment(start, size);
                else
                    detail::add_outer_products(f.inputs.rows(), f.inputs.data(), layout.inputs, f.cotangents.data(),
                                               layout.outputs, s.first, s.last, g.data() + s.offset);
            }
        });
    }

    std::vector<std::unique_ptr<piece>> pieces_;
    std::vector<typename Network::workspace> workspaces_;  ///< of each thread
    vector<scalar> observed_;
};

}  // namespace lpntk::nn
