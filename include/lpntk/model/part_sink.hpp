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
/// | `dense`    | `sink.dense(part, values)`     | values: b x layout.parameters(), the part formed          |
/// | `skipped`  | nothing, or either of these    | what comes all the same is dropped                        |
///
/// once each, in any order. A part without inputs has no factors: it comes dense whenever it is wanted. Who has factors
/// only and does not care calls hand_out (outer_products.hpp). The rules are checked in one place, checked_sink
/// (checked_sink.hpp).
namespace lpntk::inline LPNTK_TARGET {

/// How a part comes, and how it is kept.
enum class part_form {
    dense,    ///< formed: its numbers written out
    factors,  ///< as it comes: d and a of each position, unmultiplied
    skipped   ///< not this time
};

/// "dense", "factors" or "skipped".
inline std::string_view name_of(part_form form) {
    return form == part_form::dense ? "dense" : form == part_form::factors ? "factors" : "skipped";
}

/// The form in which a part comes when nobody asks for it to be formed.
inline part_form unformed(const part_layout& layout) {
    return layout.inputs == 0 ? part_form::dense : part_form::factors;
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
