#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "lpntk/core/parallel.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/feature_writer.hpp"
#include "lpntk/kernel/for_each_tile.hpp"
#include "lpntk/kernel/kernel_store.hpp"
#include "lpntk/kernel/pass_plan.hpp"
#include "lpntk/kernel/tangent_features.hpp"
#include "lpntk/model/for_each_batch.hpp"

namespace lpntk::inline LPNTK_TARGET::detail {

/// The rows and columns of a kernel; a triangle has the same samples both ways and each pair once. Of one that is
/// written once no sum goes on later, and its tiles lie on one grid whatever the budget.
struct kernel_size {
    index_t rows;
    index_t columns;
    bool triangle;
    bool written_once = false;
};

/// The edge of the tiles of a kernel of `size` samples, rounded to whole batches, so that blocks of whole tiles are
/// blocks of whole batches.
template <class T>
index_t whole_batches(index_t wanted, index_t size, index_t batch, std::string_view function) {
    require(batch >= 1, function, "batch", batch, ">= 1");
    const index_t unit = micro::padded_within<T>(batch, size);
    return std::max(tile_edge<T>(wanted, size, function) / unit * unit, unit);
}

/// The plan of a kernel of this size within making.memory, of which `result` bytes are the kernel itself. Throws
/// argument_error, in the name of `function`, for a budget that is too small, and for options that mean nothing.
template <class T>
pass_plan plan_of(const std::vector<part_layout>& layouts, kernel_size size, double result,
                  const feature_options& making, const gram_options& options, std::string_view function) {
    require(making.batch >= 1, function, "batch", making.batch, ">= 1");
    const index_t longer = std::max(size.rows, size.columns);
    const index_t edge = tile_edge<T>(options.tile, longer, function);
    const index_t batch = micro::padded_within<T>(making.batch, longer);
    const index_t unit = size.written_once ? edge : batch;
    const int workers = worker_count(making.threads);
    const std::vector<part_form> forms = forms_of(layouts, making.forms, making.costs, size.columns, function);
    index_t scratch = 0;
    for (std::size_t p = 0; p < forms.size(); ++p)
        if (forms[p] == part_form::pixels)
            scratch = std::max(scratch, pixel_contraction<T>::scratch(*layouts[p].window));
    const bool rounds = options.factors == factor_precision::bf16;
    const auto along = [&](index_t samples) {
        return std::ceil(static_cast<double>(samples) / static_cast<double>(edge));
    };
    const int contracting = worker_count(options.threads);
    const double budget =
        making.memory > 0 ? static_cast<double>(making.memory) : std::numeric_limits<double>::infinity();
    const double tiles = tile_numbers(edge, along(size.rows) * along(size.columns), budget, contracting) +
                         contracting * static_cast<double>(scratch);
    const pass_problem problem{.layouts = layouts,
                               .forms = forms,
                               .costs = making.costs,
                               .rows = size.rows,
                               .columns = size.columns,
                               .triangle = size.triangle,
                               .whole = size.written_once,
                               .unit = unit,
                               .strip = (std::max(workers * batch, edge) + unit - 1) / unit * unit,
                               .budget = budget,
                               .beside = result + tiles * sizeof(T),
                               .number = sizeof(T) * (rounds ? 1.5 : 1.0),
                               .handed_over = static_cast<double>(batch * workers) * sizeof(T)};
    return {forms, pass_planner(problem)(function)};
}

/// One pass: the features of a block of samples, contracted with themselves and with those of strips that stream by.
template <class T, class Rows, class Columns, class Store>
class kernel_pass {
public:
    kernel_pass(const feature_pass& pass, const pass_plan& plan, kernel_size size, const progress& report,
                const gram_options& options, std::string_view function, const Rows& rows_of, const Columns& columns_of,
                Store& store)
        : pass_(pass), size_(size), report_(report), options_(options), function_(function), rows_of_(rows_of),
          columns_of_(columns_of), store_(store), forms_(plan.forms_of(pass)), total_(plan.samples()),
          edge_(tile_edge<T>(options.tile, std::max(size.rows, size.columns), function)) {}

    /// `before` samples of the plan are done; returns how many are so after this pass. Adds to `taken` those that went
    /// through the model.
    index_t operator()(index_t before, index_t& taken) {
        before_ = before;
        for (index_t first = 0, count = pass_.first_rows; first < size_.rows;
             first += count, count = std::min(pass_.rows, size_.rows - first))
            take_block({first, count}, taken);
        return before_;
    }

private:
    struct strip {
        batch_range columns;
        std::vector<tile_range> tiles;
    };

    void take_block(batch_range block, index_t& taken) {
        std::vector<tile_range> own;
        if (size_.triangle) own = wanted(triangle_tiles(block.count, edge_), {block.first, block.first});
        std::vector<strip> strips;
        bool any = !own.empty();
        const index_t others = size_.triangle ? block.first : size_.columns;
        for (index_t column = 0; column < others; column += pass_.columns) {
            const batch_range columns{column, std::min(pass_.columns, others - column)};
            strips.push_back(
                {columns, wanted(rectangle_tiles(block.count, columns.count, edge_), {block.first, column})});
            any = any || !strips.back().tiles.empty();
        }
        if (!any) return skip(block.count + others);
        const features<T> phi = rows_of_(block, forms_, share_of(report_, before_, block.count, total_));
        taken += block.count;
        if (size_.triangle)
            add(phi, phi, own, {block.first, block.first});
        else
            before_ += block.count;
        for (const auto& [columns, tiles] : strips) {
            if (tiles.empty()) {
                skip(columns.count);
                continue;
            }
            const features<T> psi = columns_of_(columns, forms_, share_of(report_, before_, columns.count, total_));
            taken += columns.count;
            add(phi, psi, tiles, {block.first, columns.first});
        }
    }

    std::vector<tile_range> wanted(std::vector<tile_range> tiles, kernel_origin at) const {
        std::erase_if(tiles, [&](const tile_range& tile) { return !store_.wants(placed(tile, at)); });
        return tiles;
    }

    static tile_range placed(tile_range tile, kernel_origin at) {
        tile.row += at.row;
        tile.column += at.column;
        return tile;
    }

    void add(const features<T>& phi, const features<T>& psi, const std::vector<tile_range>& tiles, kernel_origin at) {
        gram_options own = options_;
        own.report = share_of(options_.report, before_, psi.size(), total_);
        const auto start = [&](const tile_range& tile, index_t r, T* row) {
            if (pass_.first > 0) store_.start(placed(tile, at), r, row);
        };
        add_tiles(phi, psi, tiles, own, function_, at, start,
                  [&](const tile_range& tile, const auto& values) { store_.take(placed(tile, at), values); });
        before_ += psi.size();
    }

    void skip(index_t samples) {
        before_ += samples;
        for (const progress* told : {&report_, &options_.report})
            if (*told) (*told)(before_, total_);
    }

    const feature_pass& pass_;
    kernel_size size_;
    const progress& report_;
    const gram_options& options_;
    std::string_view function_;
    const Rows& rows_of_;
    const Columns& columns_of_;
    Store& store_;
    std::vector<part_form> forms_;
    index_t total_;
    index_t edge_;
    index_t before_ = 0;
};

/// Computes a kernel pass by pass: parts in order, each entry's sum going on where the pass before left it, so that it
/// has the bits of one pass over all parts. How many samples went through the model.
///
/// rows_of(range, forms, report) and columns_of(...) collect features of some of the kernel's rows and columns; the
/// store is one of kernel_store.hpp. Both reports count samples of the plan, those that nothing wants as well.
template <class T, class Rows, class Columns, class Store>
index_t run_passes(const pass_plan& plan, kernel_size size, const progress& report, const gram_options& options,
                   std::string_view function, const Rows& rows_of, const Columns& columns_of, Store&& store) {
    index_t before = 0, taken = 0;
    for (const feature_pass& pass : plan.passes)
        before = kernel_pass<T, Rows, Columns, std::remove_reference_t<Store>>(
            pass, plan, size, report, options, function, rows_of, columns_of, store)(before, taken);
    return taken;
}

}  // namespace lpntk::inline LPNTK_TARGET::detail
