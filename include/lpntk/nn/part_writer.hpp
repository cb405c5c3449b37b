#pragma once

#include <vector>

#include "lpntk/core/types.hpp"
#include "lpntk/model/outer_products.hpp"
#include "lpntk/model/part_layout.hpp"
#include "lpntk/model/part_sink.hpp"
#include "lpntk/nn/gradient_taker.hpp"

namespace lpntk::inline LPNTK_TARGET::nn {

/// What a part_writer keeps for one part: formed values, or cotangents and inputs by position.
template <class T>
struct part_buffers {
    matrix<T> formed;      ///< b x layout.parameters()
    matrix<T> cotangents;  ///< b x (T outputs)
    matrix<T> inputs;      ///< b x (T inputs)
};

/// Turns what a backward pass hands out into feature parts, one feature for each sample, and hands them to a sink
/// in the form that the sink asks for. Made for one batch; call finish() after the backward pass.
template <class Sink, class T>
class part_writer {
public:
    /// Refers to sink, layouts and buffers, of which it makes one for each layout; `samples`: b.
    part_writer(Sink& sink, const std::vector<part_layout>& layouts, std::vector<part_buffers<T>>& buffers,
                index_t samples)
        : sink_(sink), layouts_(layouts), buffers_(buffers), samples_(samples), by_sample_(layouts.size(), false) {
        buffers_.resize(layouts.size());
    }

    /// The first part that the sink does not skip; their number when it skips all.
    index_t lowest() const {
        index_t part = 0;
        while (part < static_cast<index_t>(layouts_.size()) && wants(part) == part_form::skipped) ++part;
        return part;
    }

    /// A row of the part's buffers, zero where it is added to; nowhere when the sink skips the part.
    gradient_place<T> sample(index_t part, index_t sample) {
        const part_layout& layout = layout_of(part);
        part_buffers<T>& own = at(part);
        const part_form wanted = wants(part);
        if (wanted == part_form::skipped) return {};
        by_sample_[static_cast<std::size_t>(part)] = true;
        if (wanted == part_form::dense) {
            own.formed.resize(samples_, layout.parameters());
            own.formed.row(sample).setZero();
            return {.formed = own.formed.row(sample).data()};
        }
        own.cotangents.resize(samples_, layout.positions * layout.outputs);
        own.inputs.resize(samples_, second_factor(layout, wanted));
        T* const inputs = own.inputs.row(sample).data();
        if (wanted == part_form::pixels) return {.cotangents = own.cotangents.row(sample).data(), .pixels = inputs};
        return {.cotangents = own.cotangents.row(sample).data(), .inputs = inputs};
    }

    /// Goes to the sink at once, formed if that wants it dense.
    void batch(index_t part, index_t samples, const T* x, const T* dy) {
        const part_layout& layout = layout_of(part);
        const Eigen::Map<const matrix<T>> a(x, samples, layout.inputs), d(dy, samples, layout.outputs);
        hand_out<T>(sink_, part, layout, d, a, at(part).formed);
    }

    /// Hands on the parts that came sample by sample.
    void finish() {
        for (index_t part = 0; part < static_cast<index_t>(layouts_.size()); ++part) {
            if (!by_sample_[static_cast<std::size_t>(part)]) continue;
            const part_buffers<T>& own = at(part);
            if (wants(part) == part_form::dense)
                sink_.dense(part, own.formed);
            else
                sink_.factors(part, own.cotangents, own.inputs);
        }
    }

private:
    part_form wants(index_t part) const { return form_given(layout_of(part), sink_.wants(part)); }
    part_buffers<T>& at(index_t part) { return buffers_[static_cast<std::size_t>(part)]; }
    const part_layout& layout_of(index_t part) const { return layouts_[static_cast<std::size_t>(part)]; }

    Sink& sink_;
    const std::vector<part_layout>& layouts_;
    std::vector<part_buffers<T>>& buffers_;
    index_t samples_;
    std::vector<bool> by_sample_;
};

/// T is that of the buffers.
template <class Sink, class T>
part_writer(Sink&, const std::vector<part_layout>&, std::vector<part_buffers<T>>&, index_t) -> part_writer<Sink, T>;

}  // namespace lpntk::nn
