#pragma once

#include <algorithm>
#include <vector>

#include "lpntk/model/part_layout.hpp"
#include "lpntk/nn/batch_buffers.hpp"

namespace lpntk::nn {

/// Turns what a backward pass meets into feature parts, one feature for each sample, and hands them to a sink
/// in the form that the sink asks for.
template <class Sink, class T>
class part_writer {
public:
    part_writer(Sink& sink, const std::vector<part_layout>& layouts, std::vector<part_buffers<T>>& buffers,
                index_t samples)
        : sink_(sink), layouts_(layouts), buffers_(buffers), samples_(samples) {
        buffers_.resize(layouts.size());
        for (std::size_t i = 0; i < layouts.size(); ++i)
            if (sink_.forms(static_cast<index_t>(i))) buffers_[i].formed.resize(samples, layouts[i].parameters());
    }

    template <class Layer, class Call, class State>
    void sample_part(index_t part, index_t sample, const Layer& layer, const Call& call, const T* x, const T* dy,
                     T* dx, State& state) {
        part_buffers<T>& own = at(part);
        if (sink_.forms(part)) {
            auto gradient = own.formed.row(sample);
            gradient.setZero();
            layer.backward(call, x, dy, gradient.data(), dx, state);
            return;
        }
        const part_layout& layout = layout_of(part);
        own.cotangents.resize(samples_, layout.positions * layout.outputs);
        own.patches.resize(samples_, layout.positions * layout.inputs);
        std::copy_n(dy, own.cotangents.cols(), own.cotangents.row(sample).data());
        layer.patches(call, x, own.patches.row(sample).data(), state);
        if (dx) layer.backward(call, x, dy, static_cast<T*>(nullptr), dx, state);
    }

    void samples_done(index_t part) {
        const part_buffers<T>& own = at(part);
        if (sink_.forms(part))
            sink_.dense(part, own.formed);
        else if (layout_of(part).positions > 1)
            sink_.positions(part, own.cotangents, own.patches);
        else
            sink_.outer(part, own.cotangents, own.patches);
    }

    void batch_part(index_t part, index_t rows, const T* x, const T* dy) {
        const part_layout& layout = layout_of(part);
        const Eigen::Map<const matrix<T>> a(x, rows, layout.inputs), d(dy, rows, layout.outputs);
        if (!sink_.forms(part)) {
            sink_.outer(part, d, a);
            return;
        }
        matrix<T>& formed = at(part).formed;
        for (index_t n = 0; n < rows; ++n) {
            Eigen::Map<matrix<T>> product(formed.row(n).data(), layout.inputs + 1, layout.outputs);
            product.topRows(layout.inputs).noalias() = a.row(n).transpose() * d.row(n);
            product.row(layout.inputs) = d.row(n);
        }
        sink_.dense(part, formed);
    }

private:
    part_buffers<T>& at(index_t part) { return buffers_[static_cast<std::size_t>(part)]; }
    const part_layout& layout_of(index_t part) const { return layouts_[static_cast<std::size_t>(part)]; }

    Sink& sink_;
    const std::vector<part_layout>& layouts_;
    std::vector<part_buffers<T>>& buffers_;
    index_t samples_;
};

template <class Sink, class T>
part_writer(Sink&, const std::vector<part_layout>&, std::vector<part_buffers<T>>&, index_t) -> part_writer<Sink, T>;

}  // namespace lpntk::nn
