#pragma once

#include <algorithm>
#include <vector>

#include "lpntk/model/outer_products.hpp"
#include "lpntk/model/part_layout.hpp"
#include "lpntk/model/part_sink.hpp"
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
            if (sink_.wants(static_cast<index_t>(i)) == part_form::dense) buffers_[i].formed.resize(samples, layouts[i].parameters());
    }

    template <class Layer, class Call, class State>
    void sample_part(index_t part, index_t sample, const Layer& layer, const Call& call, const T* x, const T* dy,
                     T* dx, State& state) {
        part_buffers<T>& own = at(part);
        const part_form wanted = sink_.wants(part);
        if (wanted == part_form::skipped) {
            if (dx) layer.backward(call, x, dy, static_cast<T*>(nullptr), dx, state);
            return;
        }
        if (wanted == part_form::dense) {
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
        const part_form wanted = sink_.wants(part);
        if (wanted == part_form::dense) sink_.dense(part, own.formed);
        if (wanted == part_form::factors) sink_.factors(part, own.cotangents, own.patches);
    }

    void batch_part(index_t part, index_t rows, const T* x, const T* dy) {
        const part_layout& layout = layout_of(part);
        const Eigen::Map<const matrix<T>> a(x, rows, layout.inputs), d(dy, rows, layout.outputs);
        hand_out<T>(sink_, part, layout, d, a, at(part).formed);
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
