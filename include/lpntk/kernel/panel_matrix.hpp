#pragma once

#include <algorithm>
#include <span>
#include <string>
#include <string_view>
#include <utility>

#include "lpntk/core/require.hpp"
#include "lpntk/core/simd.hpp"
#include "lpntk/core/transpose.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/kernel/aligned_buffer.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// A run of columns, [first, first + depth), over which products are summed in one go.
struct depth_block {
    index_t first;  ///< counted from the first column of its position
    index_t depth;  ///< columns, 1 to panel_matrix::largest_depth
};

/// N x p numbers, packed once in the order in which the contraction reads them, for both sides of a product.
///
///     columns are cut into equal depth blocks of at most 256 (positions are cut first);
///     within a block the rows stand in panels of lanes_of<T> samples;
///     within a panel column by column, the samples of the panel side by side:
///
///       block 0                                            block 1
///       panel 0                    panel 1                 panel 0
///       k=0        k=1      ...    k=0        k=1   ...    k=250      ...
///       [s0..s15]  [s0..s15]       [s16..s31] [s16..s31]   [s0..s15]
///
/// so that a tile of some panels reads one contiguous piece for each depth block. The rows of the last panel beyond N
/// are zero. Numbers are uninitialised until set_rows writes them; batches of whole panels may be written from
/// several threads at once. A value; copies are deep. Memory: p * padded(N) numbers.
template <class T>
class panel_matrix {
public:
    static constexpr index_t lanes = micro::lanes_of<T>;  ///< samples in a panel: numbers in a vector of T
    /// Most columns of a depth block: one panel of it is 16 KiB with vectors of 64 bytes.
    static constexpr index_t largest_depth = 256;

    panel_matrix() = default;

    /// rows x (positions * columns) numbers; `what` names them in the memory_error thrown when there is no room.
    panel_matrix(index_t rows, index_t columns, index_t positions = 1, std::string_view what = "panel_matrix")
        : rows_(rows), columns_(columns), positions_(positions), panels_(micro::padded<T>(rows) / lanes),
          numbers_(panels_ * lanes * columns * positions, what) {}

    index_t rows() const { return rows_; }                  ///< N, without the padding of the last panel
    index_t columns() const { return columns_; }            ///< of one position
    index_t positions() const { return positions_; }        ///< T; 1 for a dense part
    index_t panels() const { return panels_; }              ///< padded(N) / lanes
    std::size_t bytes() const { return numbers_.bytes(); }  ///< padding included

    /// All of bytes(), for whoever moves or compares them as they are.
    const T* data() const { return numbers_.data(); }
    T* data() { return numbers_.data(); }  ///< the same, writable

    /// How many depth blocks one position has.
    index_t blocks() const { return (columns_ + largest_depth - 1) / largest_depth; }
    /// Block b, 0 <= b < blocks(), its columns counted from the position's first; depths differ by one at most.
    depth_block block(index_t b) const {
        const index_t begin = b * columns_ / blocks();
        return {begin, (b + 1) * columns_ / blocks() - begin};
    }

    /// Where panel `p` begins in a depth block of a position; panels follow each other at depth * lanes numbers.
    const T* panel(index_t position, depth_block block, index_t p) const {
        return numbers_.data() + ((position * columns_ + block.first) * panels_ + p * block.depth) * lanes;
    }

    /// Where column k of a position begins in panel `p`: lanes numbers, one for each sample.
    const T* column(index_t position, index_t k, index_t p) const {
        const depth_block in = block(((k + 1) * blocks() - 1) / columns_);
        return panel(position, in, p) + (k - in.first) * lanes;
    }
    /// The same, writable.
    T* column(index_t position, index_t k, index_t p) {
        return const_cast<T*>(std::as_const(*this).column(position, k, p));
    }

    /// Packs `values` as rows first, first + 1, ...; `first` begins a panel, and the values fill whole panels or
    /// reach the last row, whose panel is then padded with zeros. Thread-safe for disjoint rows.
    void set_rows(index_t first, const matrix_view<T>& values) {
        require(values.cols() == columns_ * positions_, "panel_matrix::set_rows", "columns", values.cols(),
                columns_ * positions_);
        require(first >= 0 && first % lanes == 0, "panel_matrix::set_rows", "first row", first, "the first of a panel");
        const index_t end = first + values.rows();
        require(end == rows_ || (end < rows_ && end % lanes == 0), "panel_matrix::set_rows", "last row", end,
                "the end of a panel or of the matrix");
        for (index_t row = 0; row < values.rows(); row += lanes)
            for_each_block([&](index_t position, depth_block block) {
                micro::pack_panel(values.data() + row * values.outerStride() + position * columns_ + block.first,
                                  values.outerStride(), std::min(lanes, values.rows() - row), block.depth,
                                  mutable_panel(position, block, (first + row) / lanes));
            });
    }

    /// Writes row i, positions * columns numbers.
    void row(index_t i, vector_span<T> out) const {
        for_each_block([&](index_t position, depth_block block) {
            const T* from = panel(position, block, i / lanes) + i % lanes;
            T* to = out.data() + position * columns_ + block.first;
            for (index_t k = 0; k < block.depth; ++k) to[k] = from[k * lanes];
        });
    }

    /// Packs the rows of `source` that indices name for panel `p` of this matrix, which has one row an index and the
    /// same columns; the last panel is padded. Thread-safe for different panels.
    void gather_panel(const panel_matrix& source, std::span<const index_t> indices, index_t p) {
        const index_t begin = p * lanes;
        const index_t count = std::min(lanes, rows_ - begin);
        for_each_block([&](index_t position, depth_block block) {
            T* to = mutable_panel(position, block, p);
            for (index_t lane = 0; lane < lanes; ++lane) {
                if (lane >= count) {
                    for (index_t k = 0; k < block.depth; ++k) to[k * lanes + lane] = T(0);
                    continue;
                }
                const index_t i = indices[static_cast<std::size_t>(begin + lane)];
                const T* from = source.panel(position, block, i / lanes) + i % lanes;
                for (index_t k = 0; k < block.depth; ++k) to[k * lanes + lane] = from[k * lanes];
            }
        });
    }

    /// All rows, unpacked: rows x (positions * columns).
    matrix<T> to_matrix() const {
        matrix<T> all(rows_, columns_ * positions_);
        for (index_t i = 0; i < rows_; ++i) row(i, Eigen::Map<vector<T>>(all.row(i).data(), all.cols()));
        return all;
    }

private:
    template <class F>
    void for_each_block(F&& f) const {
        for (index_t position = 0; position < positions_; ++position)
            for (index_t b = 0; b < blocks(); ++b) f(position, block(b));
    }

    T* mutable_panel(index_t position, depth_block block, index_t p) {
        return const_cast<T*>(panel(position, block, p));
    }

    index_t rows_ = 0;
    index_t columns_ = 0;
    index_t positions_ = 1;
    index_t panels_ = 0;
    aligned_buffer<T> numbers_;
};

}  // namespace lpntk
