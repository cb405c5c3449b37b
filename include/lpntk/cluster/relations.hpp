#pragma once

#include <string_view>
#include <vector>

#include "lpntk/cluster/cosine.hpp"
#include "lpntk/cluster/row_stream.hpp"
#include "lpntk/cluster/similarity_source.hpp"
#include "lpntk/core/class_labels.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// How learning one sample moves another (Guo et al., ICLR 2024, section 3).
enum class relation {
    interchangeable,  ///< learning one teaches the other
    unrelated,        ///< learning one leaves the other as it was
    contradictory     ///< learning one un-learns the other
};

/// Where one relation ends and the next begins.
struct relation_thresholds {
    double interchangeable = 0.5;  ///< rho >= this is interchangeable, in (0, 1]
    double contradictory = -0.1;   ///< rho <= this is contradictory, in [-1, 0)

    /// For a cosine in [-1, 1]; nothing is checked.
    relation operator()(double rho) const {
        if (rho >= interchangeable) return relation::interchangeable;
        return rho <= contradictory ? relation::contradictory : relation::unrelated;
    }
};

/// Throws argument_error unless the thresholds lie in (0, 1] and [-1, 0): then a cosine of 0 is unrelated.
inline void require_valid(const relation_thresholds& thresholds, std::string_view function) {
    require(thresholds.interchangeable > 0 && thresholds.interchangeable <= 1, function, "interchangeable",
            thresholds.interchangeable, "in (0, 1]");
    require(thresholds.contradictory < 0 && thresholds.contradictory >= -1, function, "contradictory",
            thresholds.contradictory, "in [-1, 0)");
}

/// How many of each relation.
struct relation_counts {
    index_t interchangeable = 0;  ///< rho >= thresholds.interchangeable
    index_t unrelated = 0;        ///< between the two thresholds
    index_t contradictory = 0;    ///< rho <= thresholds.contradictory

    /// Pairs counted so far: N - 1 in the counts of one item.
    index_t total() const { return interchangeable + unrelated + contradictory; }

    /// One pair more. Not thread-safe.
    void add(relation what) {
        ++(what == relation::interchangeable ? interchangeable
           : what == relation::contradictory ? contradictory
                                             : unrelated);
    }
    /// Of two disjoint sets of pairs the sum is that of their union.
    relation_counts& operator+=(const relation_counts& other) {
        interchangeable += other.interchangeable;
        unrelated += other.unrelated;
        contradictory += other.contradictory;
        return *this;
    }
    /// All three agree.
    bool operator==(const relation_counts&) const = default;
};

/// The relations of N items to each other, by the class of the partner.
struct relation_report {
    std::vector<int> labels;              ///< N, all 0 without classes
    int classes = 1;                      ///< K
    std::vector<relation_counts> counts;  ///< N x K: of item i to the other items of class c, at i * K + c

    /// `item` in [0, N), `partner_class` in [0, K), unchecked. Never counts the item itself.
    const relation_counts& of(index_t item, int partner_class) const {
        return counts[static_cast<std::size_t>(item * classes + partner_class)];
    }

    /// Of one item to all N - 1 others.
    relation_counts of(index_t item) const {
        relation_counts sum;
        for (int c = 0; c < classes; ++c) sum += of(item, c);
        return sum;
    }

    /// Of all pairs with one item of class `a` and the other of class `b`, each pair once. O(N).
    relation_counts between(int a, int b) const {
        relation_counts sum;
        for (std::size_t i = 0; i < labels.size(); ++i)
            if (labels[i] == a) sum += of(static_cast<index_t>(i), b);
        if (a == b) sum = {sum.interchangeable / 2, sum.unrelated / 2, sum.contradictory / 2};
        return sum;
    }

    /// Of all N (N - 1) / 2 pairs. O(K N).
    relation_counts whole() const {
        relation_counts sum;
        for (int a = 0; a < classes; ++a)
            for (int b = a; b < classes; ++b) sum += between(a, b);
        return sum;
    }
};

/// Counts the relations of every item to all others (never to itself).
///
///     const auto relations = lpntk::count_relations{}(kappa, train);
///     relations.of(12).contradictory;            // partners of sample 12 that it un-learns
///     relations.between(3, 5).interchangeable;   // pairs of a 3 and a 5
///
/// Streams over the rows: needs no Gram; block x N numbers a thread. The same for any number of threads.
/// Throws argument_error on thresholds out of range, on labels outside [0, classes) or too few,
/// numeric_error on NaN or infinity.
struct count_relations {
    relation_thresholds thresholds = {};  ///< rho >= 0.5 and rho <= -0.1 unless told otherwise
    int threads = 0;                      ///< 0: all
    index_t block = 64;                   ///< rows asked for at once
    progress report = {};                 ///< rows read, of N

    /// With the relations to each class apart.
    template <similarity_source Source>
    relation_report operator()(const Source& source, const class_labels& own) const {
        require_valid(thresholds, "count_relations");
        const auto& items = similarity_of(source);
        const cosines rho(checked_diagonal(items, "count_relations"));
        const index_t count = items.size();
        require_valid(own, count, "count_relations");
        relation_report relations{{own.labels.begin(), own.labels.end()}, own.classes, {}};
        with_lists_of(items, "count_relations", static_cast<std::size_t>(own.classes) * sizeof(relation_counts),
                      [&] { relations.counts.resize(static_cast<std::size_t>(count * own.classes)); });
        for_each_row(items, {threads, block, report}, "count_relations", [&](index_t i, const auto& row, int) {
            relation_counts* const counts = &relations.counts[static_cast<std::size_t>(i * own.classes)];
            for (index_t j = 0; j < count; ++j)
                if (j != i)
                    counts[own.labels[static_cast<std::size_t>(j)]].add(
                        thresholds(rho(static_cast<double>(row[j]), i, j)));
        });
        return relations;
    }

    /// Without classes.
    template <similarity_source Source>
    relation_report operator()(const Source& source) const {
        return (*this)(source, std::vector<int>(static_cast<std::size_t>(source.size()), 0));
    }
};

}  // namespace lpntk
