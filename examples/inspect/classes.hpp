#pragma once

#include <cstdint>
#include <vector>

#include <lpntk/core/dataset.hpp>

#include "inspect/findings.hpp"
#include "inspect/memory.hpp"
#include "support/any_model.hpp"

namespace inspect {

/// How the classes are looked at.
struct class_options {
    double epsilon = 0.01;   ///< of near_duplicates, by cosine
    double keep = 0.9;       ///< share of what is neither suspect nor a copy
    std::size_t memory = 0;  ///< bytes for the kernel of one class, and what comes with it
    std::uint64_t seed = 0;
    int threads = 0;
};

/// Class by class, in the kernel lpNTK of its samples: duplicates among those that are not `suspect`, clusters of what
/// remains of these (farthest points, a tenth of them heads), and what is redundant in large ones. A class of which
/// nothing remains keeps nothing.
std::vector<class_findings> inspect_classes(const examples::any_model& net, const lpntk::dataset<float>& data,
                                            const std::vector<bool>& suspect, const class_options& how);

}  // namespace inspect
