#pragma once

#include <concepts>

#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// Where the gradient of one sample by the weights of one part goes, sum over t of [a_t; 1] (x) d_t (see part_layout):
/// it is added to `formed`, or, when that is null, its factors are written. When all are null it is not wanted. Only
/// layers whose layout has a window are asked for pixels, instead of inputs.
template <class T>
struct gradient_place {
    T* formed = nullptr;      ///< layout.parameters() numbers, added to
    T* cotangents = nullptr;  ///< d, positions x outputs, overwritten
    T* inputs = nullptr;      ///< a, positions x inputs, overwritten
    T* pixels = nullptr;      ///< the image that the a are patches of, pixels x channels, overwritten
};

namespace archetype {

/// What a layer's backward pass may ask of the one who takes the gradients by its weights, and no more.
template <class T>
struct gradient_taker {
    /// Where that of one sample goes; asked once for each sample of the batch. A dense part is never asked for factors.
    gradient_place<T> sample(index_t part, index_t sample);

    /// All samples at once, for a part of one position whose factors lie in place: x (samples x inputs) and dy (samples
    /// x outputs), which stay as they are until the next forward pass.
    void batch(index_t part, index_t samples, const T* x, const T* dy);
};

}  // namespace archetype

/// Takes what a backward pass hands out: for each part either one call of sample() for each sample, or one of batch().
/// part_writer makes features of it, one for each sample; pullback_sum adds all samples up.
template <class Taker, class T>
concept gradient_taker = requires(Taker& taker, index_t part, index_t samples, const T* x, const T* dy) {
    { taker.sample(part, samples) } -> std::same_as<gradient_place<T>>;
    taker.batch(part, samples, x, dy);
};

/// A reference to any taker: what layers are given, so that a backward pass is compiled once, whoever takes.
template <class T>
class taker_ref {
public:
    /// Refers to the taker, which must outlive the backward pass.
    template <class Taker>
        requires(!std::same_as<Taker, taker_ref> && gradient_taker<Taker, T>)
    taker_ref(Taker& taker)
        : taker_(&taker),
          sample_([](void* t, index_t part, index_t sample) { return static_cast<Taker*>(t)->sample(part, sample); }),
          batch_([](void* t, index_t part, index_t samples, const T* x, const T* dy) {
              static_cast<Taker*>(t)->batch(part, samples, x, dy);
          }) {}

    /// One indirect call.
    gradient_place<T> sample(index_t part, index_t sample) const { return sample_(taker_, part, sample); }
    /// One indirect call; x and dy stay where they are.
    void batch(index_t part, index_t samples, const T* x, const T* dy) const { batch_(taker_, part, samples, x, dy); }

private:
    void* taker_;
    gradient_place<T> (*sample_)(void*, index_t, index_t);
    void (*batch_)(void*, index_t, index_t, const T*, const T*);
};

}  // namespace lpntk::nn
