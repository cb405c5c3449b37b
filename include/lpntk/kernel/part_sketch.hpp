#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "lpntk/core/random.hpp"
#include "lpntk/core/simd.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/model/part_layout.hpp"

namespace lpntk::inline LPNTK_TARGET::detail {

/// Sends number i of an axis to a place below a power of two, with a sign: a count sketch (Charikar et al. 2002).
template <class T>
struct hashed_axis {
    std::vector<std::uint16_t> places;
    std::vector<T> signs;

    hashed_axis(index_t size, index_t places_to_go, random_stream& random) {
        for (index_t i = 0; i < size; ++i) {
            const std::uint64_t bits = random.bits();
            places.push_back(static_cast<std::uint16_t>((bits >> 1U) % static_cast<std::uint64_t>(places_to_go)));
            signs.push_back((bits & 1U) != 0 ? T(1) : T(-1));
        }
    }
};

/// A tensor sketch of one part (Pham and Pagh 2013): the number at (input i, output o) is added with the product of
/// both axes' signs at the sum of their places, modulo a power of two. An outer product a (x) d is then the circular
/// convolution of the count sketches of a and of d, so that it never has to be formed. All arrays hold the numbers of
/// one panel of samples side by side, as pack_panel lays them out.
template <class T>
class part_sketch {
public:
    part_sketch(const part_layout& layout, index_t numbers, random_stream& random)
        : layout_(layout), numbers_(numbers), inputs_(layout.rows(), numbers, random),
          outputs_(layout.outputs, numbers, random) {}

    /// to += the sketch of a formed part, layout.parameters() numbers.
    void add_formed(const T* values, T* to) const {
        const index_t mask = numbers_ - 1;
        for (std::size_t i = 0; i < inputs_.places.size(); ++i)
            for (std::size_t o = 0; o < outputs_.places.size(); ++o, values += lanes) {
                T* const at = to + ((index_t{inputs_.places[i]} + outputs_.places[o]) & mask) * lanes;
                const T sign = inputs_.signs[i] * outputs_.signs[o];
                for (index_t lane = 0; lane < lanes; ++lane) at[lane] += sign * values[lane];
            }
    }

    /// to += the sketch of sum over t of [a_t; 1] (x) d_t; `counted` is scratch.
    void add_factors(const T* d, const T* a, T* to, std::vector<T>& counted) const {
        for (index_t t = 0; t < layout_.positions; ++t, d += layout_.outputs * lanes, a += layout_.inputs * lanes) {
            count(a, counted);
            for (index_t o = 0; o < layout_.outputs; ++o)
                add_rotated(counted.data(), static_cast<std::size_t>(o), d + o * lanes, to);
        }
    }

private:
    static constexpr index_t lanes = micro::lanes_of<T>;

    /// counted := the count sketch of [a; 1].
    void count(const T* a, std::vector<T>& counted) const {
        counted.assign(static_cast<std::size_t>(numbers_ * lanes), T(0));
        for (std::size_t i = 0; i < inputs_.places.size(); ++i, a += lanes) {
            T* const at = counted.data() + inputs_.places[i] * lanes;
            const bool bias = static_cast<index_t>(i) == layout_.inputs;
            for (index_t lane = 0; lane < lanes; ++lane) at[lane] += inputs_.signs[i] * (bias ? T(1) : a[lane]);
        }
    }

    /// to += output's sign and d of the numbers in `from`, each moved up by the output's place.
    void add_rotated(const T* from, std::size_t output, const T* d, T* to) const {
        const index_t shift = outputs_.places[output], before = numbers_ - shift;
        T factors[lanes];
        for (index_t lane = 0; lane < lanes; ++lane) factors[lane] = outputs_.signs[output] * d[lane];
        const auto add = [&](const T* some, index_t count, T* at) {
            for (index_t k = 0; k < count; ++k, some += lanes, at += lanes)
                for (index_t lane = 0; lane < lanes; ++lane) at[lane] += factors[lane] * some[lane];
        };
        add(from, before, to + shift * lanes);
        add(from + before * lanes, shift, to);
    }

    part_layout layout_;
    index_t numbers_;
    hashed_axis<T> inputs_, outputs_;
};

}  // namespace lpntk::detail
