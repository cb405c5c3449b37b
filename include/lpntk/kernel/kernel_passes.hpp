#pragma once

#include <algorithm>
#include <cstddef>
#include <limits>
#include <string_view>
#include <utility>
#include <vector>

#include "lpntk/core/parallel.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/feature_writer.hpp"
#include "lpntk/kernel/for_each_tile.hpp"
#include "lpntk/kernel/pass_plan.hpp"
#include "lpntk/kernel/tangent_features.hpp"
#include "lpntk/model/for_each_batch.hpp"

namespace lpntk::inline LPNTK_TARGET::detail {

/// The rows and columns of a kernel; a triangle has the same samples both ways and each pair once.
struct kernel_size {
    index_t rows;
    index_t columns;
    bool triangle;
};

/// The plan of a kernel of this size within making.memory, of which `result` bytes are the kernel itself. Throws
/// argument_error, in the name of `function`, for a budget that is too small, and for options that mean nothing.
template <class T>
pass_plan plan_of(const std::vector<part_layout>& layouts, kernel_size size, double result,
                  const feature_options& making, const gram_options& options, std::string_view function) {
    require(making.batch >= 1, function, "batch", making.batch, ">= 1");
    const index_t edge = tile_edge<T>(options.tile, std::max(size.rows, size.columns), function);
    const index_t batch = micro::padded<T>(making.batch);
    const int workers = worker_count(making.threads);
    const std::vector<part_form> forms = forms_of(layouts, making.forms, making.costs, size.columns, function);
    index_t scratch = 0;
    for (std::size_t p = 0; p < forms.size(); ++p)
        if (forms[p] == part_form::pixels)
            scratch = std::max(scratch, pixel_contraction<T>::scratch(*layouts[p].window));
    const bool rounds = options.factors == factor_precision::bf16;
    const double tiles = worker_count(options.threads) * static_cast<double>(4 * edge * edge + scratch);
    const pass_problem problem{
        .layouts = layouts,
        .forms = forms,
        .costs = making.costs,
        .rows = size.rows,
        .columns = size.columns,
        .triangle = size.triangle,
        .unit = batch,
        .strip = batch * std::max<index_t>(workers, (edge + batch - 1) / batch),
        .budget = making.memory > 0 ? static_cast<double>(making.memory) : std::numeric_limits<double>::infinity(),
        .beside = result + tiles * sizeof(T),
        .number = sizeof(T) * (rounds ? 1.5 : 1.0),
        .handed_over = static_cast<double>(batch * workers) * sizeof(T)};
    return {forms, pass_planner(problem)(function)};
}

/// Computes a kernel pass by pass: parts in order, each entry's sum going on where the pass before left it, so that it
/// has the bits of one pass over all parts.
///
/// rows_of(range, forms, report) and columns_of(...) collect features of some of the kernel's rows and columns;
/// entry(i, j) points at kappa(i, j), with the rest of row i behind it. Both reports count samples that went through
/// the model, of all passes.
template <class T, class Rows, class Columns, class Entry>
void run_passes(const pass_plan& plan, kernel_size size, const progress& report, const gram_options& options,
                std::string_view function, const Rows& rows_of, const Columns& columns_of, const Entry& entry) {
    const index_t edge = tile_edge<T>(options.tile, std::max(size.rows, size.columns), function);
    const index_t total = plan.samples();
    index_t before = 0;
    for (const feature_pass& pass : plan.passes) {
        const std::vector<part_form> forms = plan.forms_of(pass);
        const bool goes_on = pass.first > 0;
        const auto add = [&](const features<T>& phi, const features<T>& psi, const std::vector<tile_range>& tiles,
                             kernel_origin at) {
            gram_options own = options;
            own.report = share_of(options.report, before, psi.size(), total);
            const auto count = [](const tile_range& tile, index_t r) { return tile.lower ? r + 1 : tile.columns; };
            const auto place = [&](const tile_range& tile, index_t r) {
                return entry(at.row + tile.row + r, at.column + tile.column);
            };
            const auto start = [&](const tile_range& tile, index_t r, T* row) {
                if (goes_on) std::copy_n(place(tile, r), count(tile, r), row);
            };
            add_tiles(phi, psi, tiles, own, function, at, start, [&](const tile_range& tile, const auto& values) {
                for (index_t r = 0; r < tile.rows; ++r) std::copy_n(values.row(r), count(tile, r), place(tile, r));
            });
            before += psi.size();
        };
        for (index_t first = 0; first < size.rows; first += pass.rows) {
            const batch_range block{first, std::min(pass.rows, size.rows - first)};
            const features<T> phi = rows_of(block, forms, share_of(report, before, block.count, total));
            if (size.triangle)
                add(phi, phi, triangle_tiles(block.count, edge), {first, first});
            else
                before += block.count;
            const index_t others = size.triangle ? first : size.columns;
            for (index_t column = 0; column < others; column += pass.columns) {
                const batch_range strip{column, std::min(pass.columns, others - column)};
                const features<T> psi = columns_of(strip, forms, share_of(report, before, strip.count, total));
                add(phi, psi, rectangle_tiles(block.count, strip.count, edge), {first, column});
            }
        }
    }
}

}  // namespace lpntk::inline LPNTK_TARGET::detail
