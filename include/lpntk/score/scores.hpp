#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

/// Scores: one number a sample, from the network, its training or its kernel. A score is a struct whose fields are the
/// options and whose call gives the scores:
///
/// | score                                            | high for a sample that            | called with               |
/// | ------------------------------------------------ | --------------------------------- | ------------------------- |
/// | `el2n`                                           | is predicted far from its label   | logits and labels, or     |
/// | `least_confidence`, `margin`, `entropy`          | the network is not sure of        | model and dataset         |
/// | `grand`                                          | has a large gradient of its loss  | model and dataset         |
/// | `average_ntk_norm`                               | has large gradients of its logits |                           |
/// | `forgetting`                                     | was learned and lost again        | each step of training     |
/// | `far_from_own_class`, `nearer_to_another_class`, | lies, by its kernel row, among    | row_statistics and labels |
/// | `neighbour_disagreement`                         | samples of other labels           |                           |
/// | `contradictory_partners`, `self_similarity`      | un-learns others, moves the model |                           |
/// | `tail_cluster`                                   | is in a small cluster             | class_clusterings         |
///
///     const auto hardness = lpntk::score::el2n{}(net, train);
///     const auto kept     = lpntk::by_score{.ratio = 0.7}(hardness, train);
namespace lpntk::inline LPNTK_TARGET::score {

/// N numbers, in the order of the samples: what by_score selects by and what detect() compares with the truth. Higher
/// always means harder, less certain, more suspect; infinite where a sample was never learned.
using scores = std::vector<double>;

/// Scores and what to call them, for a table; from_logits and from_rows make several at once.
struct named {
    std::string name;  ///< a heading, in words
    scores values;     ///< N
};

}  // namespace lpntk::score

namespace lpntk::inline LPNTK_TARGET {

/// Mean of score(seed) for `count` seeds from first_seed on: EL2N and GraNd are averaged over networks, each from an
/// initialisation of its own and trained for a few epochs (Paul et al. 2021). `score` returns scores, of the same
/// length each time; what is infinite once is infinite in the mean.
///
///     const auto scores = lpntk::mean_score(5, seed, [&](std::uint64_t s) {
///         auto net = nn::lenet<float>(s);
///         nn::train(net, data, {.epochs = 2, .seed = s});
///         return lpntk::score::grand{}(net, data);
///     });
///
/// Throws argument_error for a count below 1, lengths that differ.
template <class Score>
score::scores mean_score(index_t count, std::uint64_t first_seed, Score&& score) {
    require(count >= 1, "mean_score", "count", count, ">= 1");
    score::scores mean = score(first_seed);
    for (index_t i = 1; i < count; ++i) {
        const score::scores next = score(first_seed + static_cast<std::uint64_t>(i));
        require(next.size() == mean.size(), "mean_score", "length of a score", next.size(), mean.size());
        for (std::size_t n = 0; n < next.size(); ++n) mean[n] += next[n];
    }
    for (double& value : mean) value /= static_cast<double>(count);
    return mean;
}

}  // namespace lpntk
