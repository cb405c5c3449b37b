#include "link/second_unit.hpp"

#include <lpntk/lpntk.hpp>

namespace second_unit {

count_function worker_count() { return &lpntk::worker_count; }

void throws_argument_error() { lpntk::require(false, "f", "x", 0, ">= 1"); }

}  // namespace second_unit
