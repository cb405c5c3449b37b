#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include <lpntk/core/types.hpp>

#include "inspect/collection.hpp"
#include "support/any_model.hpp"

namespace inspect {

/// How the samples are shared out so that kernels, and what is computed from them, keep to so many bytes.
struct memory_plan {
    std::size_t bytes;
    std::vector<std::vector<index_t>> parts;  ///< within which labels are foretold, of all classes alike; ascending

    bool whole() const { return parts.size() == 1; }

    /// What is left beside the kernel of the last part.
    std::size_t beside_part() const;
};

/// The fewest parts that fit, drawn by the seed. Throws lpntk::argument_error, which says what would do, when parts of
/// 1,000 samples do not fit, or the kernel of the largest class beside that of a part.
memory_plan share_memory(const examples::any_model& net, const lpntk::dataset<float>& data, std::size_t bytes,
                         std::uint64_t seed, int threads);

/// Throws lpntk::memory_error when the machine has less memory left than that, as far as it tells.
void require_available(std::size_t bytes);

}  // namespace inspect
