#pragma once

#include <algorithm>
#include <vector>

#include <lpntk/attribution/class_health.hpp>
#include <lpntk/attribution/label_issues.hpp>
#include <lpntk/cluster/relations.hpp>
#include <lpntk/core/types.hpp>

#include "support/cluster_pictures.hpp"

/// What is found in a collection. Samples are rows of its data.
namespace inspect {

using lpntk::index_t;

/// Two samples and the cosine between them, a before b.
struct sample_pair {
    index_t a = 0;
    index_t b = 0;
    double cosine = 0;
};

/// By all other samples, from the kernel that knows no label.
struct label_findings {
    lpntk::label_issues issues;
    std::vector<index_t> suspects;       ///< labels decided to be wrong, most suspect first
    std::vector<sample_pair> conflicts;  ///< of different labels and alike, most alike first; none twice
    std::vector<bool> foretold;          ///< N: whether the other samples foretell the label that is given
    std::vector<double> lambdas;         ///< of each part

    /// Share of all labels.
    double foretold_share() const {
        return static_cast<double>(std::count(foretold.begin(), foretold.end(), true)) /
               static_cast<double>(foretold.size());
    }
    /// So few are that hard samples cannot be told from wrong labels.
    bool unsure() const { return foretold_share() < 0.8; }
};

/// Samples of one class that are as good as the same.
struct copies {
    std::vector<index_t> members;  ///< ascending
    index_t keep = 0;              ///< one of them
};

/// A sample that can go, and the one of its class that is most like it among those that stay.
struct redundant_sample {
    index_t sample = 0;
    index_t stand_in = 0;
    double cosine = 0;
};

/// Of one class, by lpNTK. All that are kept, redundant, or copies not to keep, and the suspects, are the class.
struct class_findings {
    lpntk::relation_counts relations;        ///< of all pairs
    std::vector<sample_pair> contradictory;  ///< pairs that un-learn each other
    std::vector<copies> duplicates;
    examples::notable_samples notable;
    std::vector<redundant_sample> redundant;
    std::vector<index_t> kept;  ///< ascending
};

/// How often the label of a sample is foretold, which costs nothing when it falls by nothing.
struct price {
    index_t samples = 0;   ///< whose labels are asked for: kept and redundant ones
    index_t kept = 0;      ///< samples that foretell them in the last two
    double by_all = 0;     ///< share foretold by all others, as they are labelled
    double by_kept = 0;    ///< by the kept alone
    double by_random = 0;  ///< by as many at random, out of `samples`
};

}  // namespace inspect
