#pragma once

#include <algorithm>
#include <array>
#include <string>
#include <utility>

#include "lpntk/core/require.hpp"
#include "lpntk/nn/layer.hpp"
#include "lpntk/nn/layers/reshape.hpp"
#include "lpntk/nn/part_paths.hpp"
#include "lpntk/nn/run_layer.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// body(x) + shortcut(x), the block of residual networks (He et al. 2016, section 3.2): outputs, input gradients and
/// tangents are added.
///
///     nn::residual(nn::chain(nn::conv2d({.outputs = 16, .padding = 1}), nn::relu(), nn::conv2d({.outputs = 16,
///     .padding = 1}))) nn::residual(body, nn::conv2d({.outputs = 32, .kernel = 1, .stride = 2, .bias = false}))
///
/// Its parts are the body's, named as they are there, then the shortcut's: "conv2d shortcut". It goes sample by sample
/// if both do. Throws argument_error when their outputs differ in shape.
template <layer Body, layer Shortcut = identity>
class residual {
public:
    static constexpr bool by_sample = Body::by_sample && Shortcut::by_sample;        ///< both in turn for each sample
    static constexpr bool keeps_input = Body::keeps_input || Shortcut::keeps_input;  ///< what either reads
    static constexpr bool keeps_output = false;                                      ///< a sum: linear

    /// Without a shortcut given, the identity. Shapes are met later.
    explicit residual(Body body, Shortcut shortcut = {}) : body_(std::move(body)), shortcut_(std::move(shortcut)) {}

    /// Throws argument_error, naming both shapes, when body and shortcut differ.
    image_shape output_shape(image_shape in) const {
        const image_shape out = body_.output_shape(in), other = shortcut_.output_shape(in);
        if (out != other)
            require(false, "residual", "output of the body", text(out), "that of the shortcut, " + text(other));
        return out;
    }

    /// The body's, then the shortcut's.
    std::array<part_layout, part_count<Body> + part_count<Shortcut>> parts(image_shape in) const {
        std::array<part_layout, part_count<Body> + part_count<Shortcut>> all;
        auto body = body_.parts(in);
        auto shortcut = shortcut_.parts(in);
        std::move(body.begin(), body.end(), all.begin());
        detail::put_parts(shortcut, "shortcut", all.data() + part_count<Body>);
        return all;
    }

    /// Of the body, then of the shortcut.
    /// @{
    index_t statistics(image_shape in) const { return statistics_of(body_, in) + statistics_of(shortcut_, in); }

    template <class T>
    void start(image_shape in, T* weights, T* statistics) const {
        const layer_offsets from = shortcut_offsets(in);
        nn::start(body_, in, weights, statistics);
        nn::start(shortcut_, in, weights + from.weights, statistics + from.statistics);
    }
    /// @}

    /// What the one of the two that takes more takes.
    index_t samples_at_once(image_shape in) const {
        return std::max(nn::samples_at_once(body_, in), nn::samples_at_once(shortcut_, in));
    }

    /// Scratch of one thread.
    template <class T>
    struct state {
        typename Body::template state<T> body;          ///< as the body has it
        typename Shortcut::template state<T> shortcut;  ///< as the shortcut has it
        layer_offsets offsets;                          ///< of the shortcut's numbers
        matrix<T> body_output;                          ///< b rows, or those of the samples taken at once
        matrix<T> shortcut_output;                      ///< likewise
        matrix<T> differential;  ///< the gradient by the shortcut's input, or the tangent of its output
    };

    /// Both, and room for their outputs.
    template <class T>
    void prepare_forward(const layer_call<T>& call, state<T>& s) const {
        s.offsets = shortcut_offsets(call.in);
        s.body_output.resize(rows<Body>(call), call.out.size());
        s.shortcut_output.resize(rows<Shortcut>(call), call.out.size());
        body_.prepare_forward(call, s.body);
        shortcut_.prepare_forward(call.inside(s.offsets), s.shortcut);
    }

    /// Both, and room for one of the two gradients.
    template <class T>
    void prepare_backward(const layer_call<T>& call, state<T>& s) const {
        s.differential.resize(rows(call), call.in.size());
        body_.prepare_backward(call, s.body);
        shortcut_.prepare_backward(call.inside(s.offsets), s.shortcut);
    }

    /// Both, and room for one of the two tangents.
    template <class T>
    void prepare_tangent(const layer_call<T>& call, state<T>& s) const {
        s.differential.resize(rows(call), call.out.size());
        body_.prepare_tangent(call, s.body);
        shortcut_.prepare_tangent(call.inside(s.offsets), s.shortcut);
    }

    /// The two outputs side by side, then their sum.
    template <class T>
    void forward(const layer_call<T>& call, const T* x, T* y, state<T>& s) const {
        T* const left = output(call, s.body_output);
        T* const right = output(call, s.shortcut_output);
        run_forward(body_, call, x, left, s.body);
        run_forward(shortcut_, call.inside(s.offsets), x, right, s.shortcut);
        for (index_t i = 0; i < call.count * call.out.size(); ++i) y[i] = left[i] + right[i];
    }

    /// The body adds to the taker first; without dx neither gradient by the input is made.
    template <class T>
    void backward(const layer_call<T>& call, const T* x, const T*, const T* dy, T* dx, state<T>& s,
                  taker_ref<T> taker) const {
        T* const other = dx ? s.differential.data() : nullptr;
        run_backward(body_, call, x, output(call, s.body_output), dy, dx, s.body, taker);
        run_backward(shortcut_, call.inside(s.offsets), x, output(call, s.shortcut_output), dy, other, s.shortcut,
                     taker);
        if (!dx) return;
        for (index_t i = 0; i < call.count * call.in.size(); ++i) dx[i] += other[i];
    }

    /// With dx null only the weights move.
    template <class T>
    void tangent(const layer_call<T>& call, const T* x, const T*, const T* dx, T* dy, state<T>& s) const {
        T* const other = s.differential.data();
        run_tangent(body_, call, x, output(call, s.body_output), dx, dy, s.body);
        run_tangent(shortcut_, call.inside(s.offsets), x, output(call, s.shortcut_output), dx, other, s.shortcut);
        for (index_t i = 0; i < call.count * call.out.size(); ++i) dy[i] += other[i];
    }

    const Body& body() const { return body_; }              ///< as given
    const Shortcut& shortcut() const { return shortcut_; }  ///< likewise

    /// Calls f(layer, shape of its input, layer_offsets of its numbers) for the body, then for the shortcut.
    template <class F>
    void visit(image_shape in, F&& f) const {
        f(body_, in, layer_offsets{});
        f(shortcut_, in, shortcut_offsets(in));
    }

private:
    /// Of what is not read again: those of the samples that are taken at once.
    template <class T>
    index_t rows(const layer_call<T>& call) const {
        return by_sample ? std::min(call.count, samples_at_once(call.in)) : call.count;
    }

    /// Of the output of one of the two layers.
    template <layer Layer, class T>
    index_t rows(const layer_call<T>& call) const {
        return Layer::keeps_output && !call.alone ? call.count : rows(call);
    }

    template <class T>
    static T* output(const layer_call<T>& call, matrix<T>& of_layer) {
        return of_layer.data() + call.first % of_layer.rows() * of_layer.cols();
    }

    layer_offsets shortcut_offsets(image_shape in) const {
        return {static_cast<index_t>(part_count<Body>), parameters_of(body_.parts(in)), statistics_of(body_, in)};
    }

    static std::string text(image_shape shape) {
        return std::to_string(shape.height) + " x " + std::to_string(shape.width) + " x " +
               std::to_string(shape.channels);
    }

    Body body_;
    Shortcut shortcut_;
};

/// A block around a block, where the compiler would make a copy of the inner one.
template <layer Body, layer Shortcut>
residual(residual<Body, Shortcut>) -> residual<residual<Body, Shortcut>, identity>;

}  // namespace lpntk::nn
