#pragma once

#include <vector>

#include "lpntk/core/types.hpp"
#include "lpntk/model/part_layout.hpp"
#include "lpntk/model/part_sink.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// What it costs to bring one part of N samples into a form and contract it for some pairs, in units of one
/// multiply-add of the contraction.
///
/// Counted, for a layer with `in` inputs, `out` outputs and T positions:
///
/// |                     | formed                   | factors                                |
/// | ------------------- | ------------------------ | -------------------------------------- |
/// | multiply-adds/pair  | in * out                 | T^2 (in + out), and T^2 passes over    |
/// |                     |                          | the tile to multiply the two factors   |
/// | multiply-adds/sample| T * in * out to form it  | none                                   |
/// | numbers kept/sample | in * out                 | T (in + out)                           |
///
/// and for a convolution of k x k over an image of H x W pixels of C channels each, kept as `pixels` (see
/// pixel_contraction), with at most (H W)^2 pairs of pixels that meet under the kernel,
///
/// |                     | pixels                                                            |
/// | ------------------- | ----------------------------------------------------------------- |
/// | multiply-adds/pair  | pairs * C + T^2 (out + 2 k), a pass for each pair, 2 for each T^2 |
/// | numbers kept/sample | H W C + T * out                                                   |
///
/// The weights say what the rest costs beside a multiply-add. They were fitted to measurements of the forms over
/// the shapes of the table in tests/kernel/cost_model.cpp, and move the choice only where the forms are close.
/// Memory has a price as well when it is short: `kept_number`.
struct cost_model {
    double pass = 10;           ///< storing one factor's products in the tile, for each entry
    double shift = 3;           ///< adding a block of products of pixels to the sum of its row or column
    double product = 1.5;       ///< one multiply-add of forming
    double formed_number = 60;  ///< writing a formed number to memory and packing it
    double factor_number = 30;  ///< packing a number of a factor
    double kept_number = 0;     ///< a number that stays in memory for each sample: what the passes cost that it makes
                                ///< necessary, where features do not fit; 0 where they do
    double pairs_share = 1;     ///< share of the N (N + 1) / 2 pairs that will be contracted; 1/K by class

    /// Estimated cost of `form` for `samples` samples.
    double operator()(const part_layout& layout, part_form form, index_t samples) const {
        const auto n = static_cast<double>(samples);
        return pairs_share * n * (n + 1) / 2 * contracting(layout, form) + n * making(layout, form);
    }

    /// The cost of contracting one pair.
    double contracting(const part_layout& layout, part_form form) const {
        if (form == part_form::dense) return static_cast<double>(layout.parameters());
        const auto t = static_cast<double>(layout.positions);
        if (form == part_form::factors) return t * t * (static_cast<double>(layout.inputs + layout.outputs) + 2 * pass);
        const pixel_window& window = *layout.window;
        const auto shifts = static_cast<double>(window.rows.kernel + window.columns.kernel);
        return static_cast<double>(window.pairs()) * (static_cast<double>(layout.channels()) + pass) +
               t * t * (static_cast<double>(layout.outputs) + 2 * pass + shift * shifts);
    }

    /// The cost of making one sample's part, beside the backward pass.
    double making(const part_layout& layout, part_form form) const {
        const auto kept = static_cast<double>(numbers(layout, form));
        const double each =
            form == part_form::dense ? static_cast<double>(layout.positions) * product + formed_number : factor_number;
        return kept * (each + kept_number);
    }

    /// The cost of a sample's forward pass through a model of such layers, and of its backward pass down to part
    /// `lowest`, without making any part.
    double passing(const std::vector<part_layout>& layouts, std::size_t lowest = 0) const {
        double sum = 0;
        for (std::size_t p = 0; p < layouts.size(); ++p)
            sum += (p < lowest ? 1 : 2) * static_cast<double>(layouts[p].positions * layouts[p].parameters());
        return product * sum;
    }

    /// Numbers that are kept for each sample.
    static index_t numbers(const part_layout& layout, part_form form) {
        if (form == part_form::skipped) return 0;
        if (form == part_form::dense) return layout.parameters();
        return layout.positions * layout.outputs + second_factor(layout, form);
    }

    /// The cheapest form of the part. A dense part is dense.
    part_form choose(const part_layout& layout, index_t samples) const {
        if (unformed(layout) == part_form::dense) return part_form::dense;
        part_form best = part_form::dense;
        for (const part_form form : {part_form::factors, part_form::pixels})
            if (form_given(layout, form) == form && (*this)(layout, form, samples) < (*this)(layout, best, samples))
                best = form;
        return best;
    }

    /// The choice for each part.
    std::vector<part_form> plan(const std::vector<part_layout>& layouts, index_t samples) const {
        std::vector<part_form> forms;
        forms.reserve(layouts.size());
        for (const part_layout& layout : layouts) forms.push_back(choose(layout, samples));
        return forms;
    }
};

}  // namespace lpntk
