#pragma once

#include <algorithm>
#include <span>
#include <string_view>
#include <utility>
#include <vector>

#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/sample_rows.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/disk/kernel_facts.hpp"
#include "lpntk/io/file_facts.hpp"
#include "lpntk/kernel/for_each_tile.hpp"
#include "lpntk/kernel/kernel_passes.hpp"
#include "lpntk/kernel/tangent_features.hpp"
#include "lpntk/mpi/communicator.hpp"
#include "lpntk/mpi/feature_exchange.hpp"
#include "lpntk/mpi/shares.hpp"

namespace lpntk::inline LPNTK_TARGET::mpi::detail {

/// The edge of the tiles of a kernel of `size` samples. Throws argument_error for options that mean nothing over ranks.
template <class T>
index_t edge_over_ranks(index_t size, const feature_options& making, const gram_options& options,
                        std::string_view function) {
    require(making.memory == 0, function, "memory", making.memory, "0: features are spread over the ranks");
    return lpntk::detail::whole_batches<T>(options.tile, size, making.batch, function);
}

/// Tiles of a kernel over ranks, contracted in steps that all ranks take together. The store is one of
/// kernel/kernel_store.hpp, of which every rank has one; wants() must say the same on all of them. store.after_step()
/// is called, collectively, after each step.
template <class T, class Store>
class tile_steps {
public:
    tile_steps(const communicator& ranks, index_t steps, const gram_options& options, std::string_view function,
               Store& store)
        : ranks_(ranks), steps_(steps), options_(options), function_(function), store_(store) {}

    std::vector<tile_range> wanted(std::vector<tile_range> tiles) const {
        std::erase_if(tiles, [&](const tile_range& tile) { return !store_.wants(tile); });
        return tiles;
    }

    /// Tiles of the whole kernel, of features that begin at samples `row` and `column` of it: one step.
    void operator()(const features<T>& phi, const features<T>& psi, index_t row, index_t column,
                    std::vector<tile_range> tiles) {
        for (tile_range& tile : tiles) tile.row -= row, tile.column -= column;
        constexpr index_t fine = 1000;
        gram_options own = options_;
        own.report = share_of(options_.report, done_++ * fine, fine, steps_ * fine);
        ranks_.agree([&] {
            if (tiles.empty()) return;
            lpntk::detail::add_tiles(phi, psi, tiles, own, function_, {row, column}, at_zero{},
                                     [&](tile_range tile, const auto& values) {
                                         tile.row += row, tile.column += column;
                                         store_.take(tile, values);
                                     });
        });
        store_.after_step();
    }

private:
    const communicator& ranks_;
    index_t steps_;
    const gram_options& options_;
    std::string_view function_;
    Store& store_;
    index_t done_ = 0;
};

struct always {
    bool operator()(const std::vector<io::file_fact>&) const { return true; }
};

/// The features of this rank's share, and what all ranks know of them. Collective; throws when the ranks have not the
/// same model, data and options.
template <class T>
struct own_features {
    std::vector<part_layout> layouts;
    std::vector<part_form> forms;
    std::vector<io::file_fact> facts;
    features<T> phi;

    /// Forms are chosen for a kernel of `size` samples. needed(facts) is asked before features are made, collectively;
    /// it says the same on all ranks.
    template <jacobian_provider Model, class Cotangent, class Needed = always>
    own_features(const communicator& ranks, const Model& model, const sample_rows<T>& inputs,
                 std::span<const int> labels, const Cotangent& cotangent, batch_range own, index_t size,
                 const feature_options& making, const gram_options& options, index_t edge, std::string_view function,
                 Needed&& needed = {}) {
        ranks.agree([&] {
            layouts = as_parts_provider(model).part_layouts();
            forms = lpntk::detail::forms_of(layouts, making.forms, making.costs, size, function);
            facts = lpntk::detail::kernel_facts(model, inputs, labels, cotangent, layouts, forms, making, options, edge,
                                                function);
        });
        ranks.require_same(io::detail::text_of(facts), function);
        if (!needed(facts)) return;
        ranks.agree([&] {
            if (own.count > 0)
                phi = lpntk::detail::collect_features(model, inputs, own, layouts, forms,
                                                      {making.batch, making.threads, making.report}, function, labels,
                                                      cotangent);
        });
    }
};

/// The tiles of a Gram into the stores of all ranks: each contracts its share of the samples with itself,
/// then with the strips of half of the others, which come by one after the other.
template <class T, class Store>
exchange_count gram_over_ranks(const communicator& ranks, const own_features<T>& made, index_t size, index_t edge,
                               const gram_options& options, std::string_view function, Store& store) {
    const int me = ranks.rank();
    const shares parts(size, ranks.size(), edge);
    const ring_schedule ring(parts, ranks.size());
    const batch_range own = parts.of(me);
    tile_steps<T, Store> contract(ranks, shares::strips + ring.rounds(), options, function, store);
    const auto placed = [](std::vector<tile_range> tiles, index_t row, index_t column) {
        for (tile_range& tile : tiles) tile.row += row, tile.column += column;
        return tiles;
    };

    const auto triangle = placed(triangle_tiles(own.count, edge), own.first, own.first);
    for (index_t s = 0; s < shares::strips; ++s) {
        const auto from = [&](index_t strip) {
            return triangle.begin() + strip * static_cast<index_t>(triangle.size()) / shares::strips;
        };
        contract(made.phi, made.phi, own.first, own.first, contract.wanted({from(s), from(s + 1)}));
    }

    strip_exchange<T> exchange(ranks, parts, made.layouts, made.forms);
    const auto tiles_of = [&](int rank, int step, index_t round) {
        const tile_range whole = ring.rectangle(rank, step, round);
        return contract.wanted(placed(rectangle_tiles(whole.rows, whole.columns, edge), whole.row, whole.column));
    };
    const auto needed = [&](int rank, int step, index_t round) {
        const batch_range met = ring.met(rank, step, round);
        return tiles_of(rank, step, round).empty() ? batch_range{met.first, 0} : met;
    };
    for (int step = 1; step <= ring.steps(); ++step)
        for (index_t round = 0; round < ring.rounds(step); ++round) {
            const int to = ring.target(me, step), from = ring.source(me, step);
            const batch_range coming = needed(me, step, round);
            const features<T> psi = exchange(made.phi, to, needed(to, step, round), from, coming, options.threads);
            if (coming.first > own.first)
                contract(psi, made.phi, coming.first, own.first, tiles_of(me, step, round));
            else
                contract(made.phi, psi, own.first, coming.first, tiles_of(me, step, round));
        }
    return exchange.count();
}

}  // namespace lpntk::inline LPNTK_TARGET::mpi::detail
