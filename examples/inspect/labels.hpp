#pragma once

#include <lpntk/core/dataset.hpp>
#include <lpntk/kernel/gram_matrix.hpp>

#include "inspect/findings.hpp"
#include "inspect/memory.hpp"
#include "support/any_model.hpp"

namespace inspect {

/// What is found, and the kernel of the last part, for price_of.
struct foretold_labels {
    label_findings found;
    lpntk::gram_matrix<float> kernel;
};

/// Each label foretold by the other samples of its part: kernel ridge regression on the pNTK, leave-one-out, calibrated
/// over all parts; wrong labels by find_label_issues. Conflicts are pairs within a part of different labels whose
/// cosine is `alike` or more, for each sample the most alike alone.
foretold_labels foretell_labels(const examples::any_model& net, const lpntk::dataset<float>& data,
                                const memory_plan& plan, double alike, int threads);

/// What the kept samples cost, as far as the last part tells.
price price_of(const lpntk::gram_matrix<float>& kernel, const lpntk::dataset<float>& data,
               const std::vector<index_t>& part, const std::vector<index_t>& kept,
               const std::vector<index_t>& redundant, const label_findings& found, std::uint64_t seed, int threads);

}  // namespace inspect
