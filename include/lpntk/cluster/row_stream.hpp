#pragma once

#include <algorithm>
#include <numeric>
#include <string_view>
#include <utility>
#include <vector>

#include "lpntk/cluster/similarity.hpp"
#include "lpntk/core/parallel.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// How to read all rows of a similarity. The policies that do so have these as fields of their own.
struct row_options {
    int threads = 0;       ///< 0: all
    index_t block = 64;    ///< rows asked for at once, where there is rows(); each thread holds block x N numbers
    progress report = {};  ///< rows read, of N
};

/// Calls body(i, row, worker) once for each item i with its row (a vector_view of N finite numbers), from
/// several threads; `worker` names the thread, as in parallel_for. Never holds more than a block of rows a
/// thread.
///
/// What the body does must depend on i and the row alone: then the result is the same for any number of
/// threads. In the name of `function` throws argument_error without items or with block < 1, numeric_error on
/// NaN or infinity.
template <similarity S, class Body>
void for_each_row(const S& items, const row_options& options, std::string_view function, Body&& body) {
    using scalar = typename S::scalar;
    const index_t count = items.size();
    require(count >= 1, function, "number of items", count, ">= 1");
    require(options.block >= 1, function, "block", options.block, ">= 1");
    const index_t block = has_rows<S> ? std::min(options.block, count) : 1;
    std::vector<matrix<scalar>> buffers(static_cast<std::size_t>(worker_count(options.threads)));
    shared_progress done(options.report, count);
    parallel_for((count + block - 1) / block, options.threads, [&](index_t b, int worker) {
        matrix<scalar>& rows = buffers[static_cast<std::size_t>(worker)];
        if (rows.size() == 0) rows.resize(block, count);
        const index_t first = b * block, here = std::min(block, count - first);
        std::vector<index_t> wanted(static_cast<std::size_t>(here));
        std::iota(wanted.begin(), wanted.end(), first);
        read_rows(items, wanted, rows.topRows(here));
        for (index_t r = 0; r < here; ++r) {
            const vector_view<scalar> row = row_of<scalar>(rows, r);
            require_finite_row<scalar>(first + r, row, function);
            body(first + r, row, worker);
        }
        done.add(here, worker);
    });
    done.finish();
}

}  // namespace lpntk
