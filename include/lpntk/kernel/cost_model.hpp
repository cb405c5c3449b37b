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
/// |                     | formed                   | not formed                             |
/// | ------------------- | ------------------------ | -------------------------------------- |
/// | multiply-adds/pair  | in * out                 | T^2 (in + out), and T^2 passes over    |
/// |                     |                          | the tile to multiply the two factors   |
/// | multiply-adds/sample| T * in * out to form it  | none                                   |
/// | numbers kept/sample | in * out                 | T (in + out)                           |
///
/// The weights say what the rest costs beside a multiply-add. They were fitted to measurements of both forms over
/// the shapes of the table in tests/kernel/cost_model.cpp, and move the choice only where the forms are close.
struct cost_model {
    double pass = 10;           ///< storing one factor's products in the tile, for each entry
    double product = 1.5;       ///< one multiply-add of forming
    double formed_number = 60;  ///< writing a formed number to memory and packing it
    double factor_number = 30;  ///< packing a number of a factor
    double pairs_share = 1;     ///< share of the N (N + 1) / 2 pairs that will be contracted; 1/K by class

    /// Estimated cost of `form` for `samples` samples.
    double operator()(const part_layout& layout, part_form form, index_t samples) const {
        const auto n = static_cast<double>(samples);
        const auto t = static_cast<double>(layout.positions);
        const auto in = static_cast<double>(layout.inputs);
        const auto out = static_cast<double>(layout.outputs);
        const auto formed = static_cast<double>(layout.parameters());
        const double pairs = pairs_share * n * (n + 1) / 2;
        if (form == part_form::dense) return pairs * formed + n * formed * (t * product + formed_number);
        return pairs * t * t * (in + out + 2 * pass) + n * t * (in + out) * factor_number;
    }

    /// The cheaper of forming the part and leaving it as it comes. A dense part is dense.
    part_form choose(const part_layout& layout, index_t samples) const {
        const part_form as_it_comes = unformed(layout);
        if (as_it_comes == part_form::dense) return as_it_comes;
        return (*this)(layout, part_form::dense, samples) <= (*this)(layout, as_it_comes, samples) ? part_form::dense
                                                                                                   : as_it_comes;
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
