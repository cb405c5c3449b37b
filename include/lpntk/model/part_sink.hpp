#pragma once

#include <concepts>
#include <string_view>

#include "lpntk/core/types.hpp"
#include "lpntk/model/part_layout.hpp"

/// The contract between a model and whoever takes its parts.
///
/// parts() of a model asks, for each of its layouts, what the sink wants(part), and then
///
/// | the answer | the model calls                | with, for the b samples of the batch                      |
/// | ---------- | ------------------------------ | --------------------------------------------------------- |
/// | `factors`  | `sink.factors(part, d, a)`     | d: b x (T outputs), a: b x (T inputs), position by position |
/// | `pixels`   | `sink.factors(part, d, x)`     | d as before, x: b x (pixels channels), the image          |
/// | `dense`    | `sink.dense(part, values)`     | values: b x layout.parameters(), the part formed          |
/// | `skipped`  | nothing, or either of these    | what comes all the same is dropped                        |
///
/// once each, in any order. A part without inputs has no factors: it comes dense whenever it is wanted. Only parts
/// whose layout has a window are asked for pixels. Who has factors only and does not care calls hand_out
/// (outer_products.hpp). The rules are checked in one place, checked_sink (checked_sink.hpp).
namespace lpntk::inline LPNTK_TARGET {

/// How a part comes, and how it is kept.
enum class part_form {
    dense,    ///< formed: its numbers written out
    factors,  ///< as it comes: d and a of each position, unmultiplied
    pixels,   ///< of a convolution: d of each position and the image that the a are patches of
    skipped   ///< not this time
};

/// "dense", "factors", "pixels" or "skipped".
inline std::string_view name_of(part_form form) {
    constexpr std::string_view names[] = {"dense", "factors", "pixels", "skipped"};
    return names[static_cast<int>(form)];
}

/// The form in which a part comes when nobody asks for it to be formed.
inline part_form unformed(const part_layout& layout) {
    return layout.inputs == 0 ? part_form::dense : part_form::factors;
}

/// The form in which a part comes when `wanted` is asked for: what it has not comes as it comes.
inline part_form form_given(const part_layout& layout, part_form wanted) {
    const bool has = wanted == part_form::dense || wanted == part_form::skipped ||
                     (wanted == part_form::pixels && layout.window && layout.inputs > 0);
    return has ? wanted : unformed(layout);
}

/// Numbers of a sample's second factor: the inputs of all positions, or the image; none of a dense part.
inline index_t second_factor(const part_layout& layout, part_form form) {
    if (form == part_form::pixels) return layout.window->pixels() * layout.channels();
    return form == part_form::factors ? layout.positions * layout.inputs : 0;
}

/// Takes the parts of one batch.
template <class Sink, class T>
concept part_sink = requires(Sink& sink, const Sink& asked, index_t part, const matrix_view<T>& values) {
    { asked.wants(part) } -> std::same_as<part_form>;
    sink.dense(part, values);
    sink.factors(part, values, values);
};

namespace archetype {

/// The least that parts() may expect of a sink.
template <class T>
struct sink {
    /// The same answer however often it is asked for one batch.
    part_form wants(index_t part) const;
    /// b x layout.parameters(); the values are the caller's again on return.
    void dense(index_t part, const matrix_view<T>& values);
    /// b x (T outputs) and b x (T inputs); the values are the caller's again on return.
    void factors(index_t part, const matrix_view<T>& d, const matrix_view<T>& a);
};
static_assert(part_sink<sink<float>, float>);

}  // namespace archetype
}  // namespace lpntk
