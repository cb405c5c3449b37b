#pragma once

#include <concepts>
#include <tuple>
#include <utility>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/random.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/model/part_layout.hpp"
#include "lpntk/nn/gradient_taker.hpp"

/// Feed-forward networks written for the kernel: batched forward and backward passes by hand, weights in one
/// flat vector, gradients handed out as outer-product parts.
namespace lpntk::inline LPNTK_TARGET::nn {

/// Where the numbers of a layer begin among those of the layer around it.
struct layer_offsets {
    index_t parts = 0;       ///< among its parts
    index_t weights = 0;     ///< among its weights
    index_t statistics = 0;  ///< among its running statistics
};

/// What a layer is told at every call.
template <class T>
struct layer_call {
    image_shape in;                ///< of one sample
    image_shape out;               ///< of one sample
    const T* weights = nullptr;    ///< this layer's: its parts in order, each as part_layout has it, the bias row last
    const T* direction = nullptr;  ///< how the weights move, laid out like them; only where tangents are asked for
    const part_layout* parts = nullptr;  ///< this layer's
    index_t part = 0;                    ///< the network's index of the first of them
    index_t first = 0;                   ///< samples first, ..., first + count - 1 of the batch are meant
    index_t count = 1;                   ///< samples_at_once at most, if by sample, but in prepare_...
    random_stream* random = nullptr;     ///< not null only while training
    const T* statistics = nullptr;       ///< this layer's running statistics; null when the network has none
    T* observed = nullptr;               ///< not null only while training: what they are to become after this batch
    bool alone = false;                  ///< forward: no backward pass or tangent follows, nothing need be kept
    index_t lowest = 0;  ///< backward: no gradient by the parts of the network before this one is wanted

    /// Whether the backward pass ends at this layer: what is before it has no part that is wanted.
    bool ends_backward() const { return lowest > 0 && part <= lowest; }

    /// The same call for a layer inside, whose numbers begin at `from` and whose shapes are still to be set.
    layer_call inside(const layer_offsets& from) const {
        layer_call inner = *this;
        inner.weights += from.weights;
        if (direction) inner.direction += from.weights;
        inner.parts += from.parts;
        inner.part += from.parts;
        if (statistics) inner.statistics += from.statistics;
        if (observed) inner.observed += from.statistics;
        return inner;
    }
};

/// What the backward pass and the tangent read, and whether the layer goes sample by sample.
template <class Layer>
concept has_flags = requires {
    requires std::same_as<decltype(Layer::by_sample), const bool>;
    requires std::same_as<decltype(Layer::keeps_input), const bool>;
    requires std::same_as<decltype(Layer::keeps_output), const bool>;
};

/// output_shape(in): what comes out, by what goes in.
template <class Layer>
concept has_output_shape = requires(const Layer& l, image_shape in) {
    { l.output_shape(in) } -> std::same_as<image_shape>;
};

/// parts(in): a std::array, whose size is known when compiling.
template <class Layer>
concept lists_parts = requires(const Layer& l, image_shape in) {
    requires std::same_as<typename decltype(l.parts(in))::value_type, part_layout>;
    std::tuple_size<decltype(l.parts(in))>::value;
};

/// state<T>: made by default, filled by prepare_forward.
template <class Layer, class T>
concept has_state = std::default_initializable<typename Layer::template state<T>>;

/// prepare_forward and forward, of a const layer.
template <class Layer, class T>
concept has_forward =
    requires(const Layer& l, const layer_call<T>& call, const T* x, T* y, typename Layer::template state<T>& state) {
        l.prepare_forward(call, state);
        l.forward(call, x, y, state);
    };

/// prepare_backward and backward, of a const layer.
template <class Layer, class T>
concept has_backward = requires(const Layer& l, const layer_call<T>& call, const T* x, const T* y, const T* dy, T* dx,
                                typename Layer::template state<T>& state, taker_ref<T> taker) {
    l.prepare_backward(call, state);
    l.backward(call, x, y, dy, dx, state, taker);
};

/// prepare_tangent and tangent, of a const layer.
template <class Layer, class T>
concept has_tangent = requires(const Layer& l, const layer_call<T>& call, const T* x, const T* y, const T* dx, T* dy,
                               typename Layer::template state<T>& state) {
    l.prepare_tangent(call, state);
    l.tangent(call, x, y, dx, dy, state);
};

/// All that a layer has for one scalar T.
template <class Layer, class T>
concept layer_of = has_state<Layer, T> && has_forward<Layer, T> && has_backward<Layer, T> && has_tangent<Layer, T>;

/// Goes sample by sample, but faster with several at once.
template <class Layer>
concept takes_several = requires(const Layer& l, image_shape in) {
    { l.samples_at_once(in) } -> std::same_as<index_t>;
};

/// The most samples of a call to a layer that goes sample by sample.
template <class Layer>
index_t samples_at_once([[maybe_unused]] const Layer& l, [[maybe_unused]] image_shape in) {
    if constexpr (takes_several<Layer>)
        return l.samples_at_once(in);
    else
        return 1;
}

/// A layer is a value without weights; they live in the network's flat vector. A layer of layers (chain, residual) has
/// the same members as any other, each for T = float and double:
///
/// | member | meaning |
/// | --- | --- |
/// | `by_sample` | true: each call is for one sample, so that it stays in cache; false: for the whole batch |
/// | `samples_at_once(in)` | if there is one and by_sample: calls are for so many, a power of two, or for the rest |
/// | `keeps_input`, `keeps_output` | whether backward and tangent read x, y; what none reads is not kept |
/// | `output_shape(in)` | shape of the output; throws argument_error when `in` does not fit |
/// | `parts(in)` | std::array of part_layout, one for each leaf with weights; the name is one word |
/// | `state<T>` | what is kept between the calls for one batch: scratch, packed weights, an arg-max; of one thread |
/// | `prepare_forward(call, state)` | before a forward with other weights; so prepare_backward, prepare_tangent |
/// | `forward(call, x, y, state)` | y := f(x; w) |
/// | `backward(call, x, y, dy, dx, state, taker)` | dx := (df/dx)^T dy unless dx is null; (df/dw)^T dy to the taker |
/// | `tangent(call, x, y, dx, dy, state)` | dy := df/dx dx + df/dw w', w' the direction; dx null: x does not move |
///
/// prepare_... get a call for at least as many samples as each of the batches that follow has. Backward passes and
/// tangents follow a forward pass of their batch. Pointers are to rows, one for each sample of the call, that do not
/// overlap; x and y only as the flags say, else the rows may be of another sample. A layer without parts is never
/// called with dx null: nothing would be left to do.
///
/// weightless and elementwise supply what layers without weights have in common. Two members may be left out:
///
/// | member | meaning |
/// | --- | --- |
/// | `statistics(in)` | how many numbers besides its weights it learns by watching batches (see batch_norm); else 0 |
/// | `start(in, weights, statistics)` | sets those of T* weights, T* statistics that do not start at 0 |
template <class Layer>
concept layer = has_flags<Layer> && has_output_shape<Layer> && lists_parts<Layer> && layer_of<Layer, float> &&
                layer_of<Layer, double>;

/// The type itself. In a pack of layers `checked_layer<Layers>...` has the compiler say which one lacks what, where
/// `layer... Layers` makes it say no more than that one does.
template <layer Layer>
using checked_layer = Layer;

/// How many running statistics a layer has.
template <layer Layer>
index_t statistics_of(const Layer& l, image_shape in) {
    if constexpr (requires { l.statistics(in); })
        return l.statistics(in);
    else
        return 0;
}

/// Gives a layer's weights and statistics, all 0 before, the values they start with.
template <layer Layer, class T>
void start(const Layer& l, image_shape in, T* weights, T* statistics) {
    if constexpr (requires { l.start(in, weights, statistics); }) l.start(in, weights, statistics);
}

/// Number of parts of a layer.
template <layer Layer>
inline constexpr std::size_t part_count =
    std::tuple_size<decltype(std::declval<const Layer&>().parts(image_shape{}))>::value;

}  // namespace lpntk::nn
