#pragma once

// Everything but the optional parts (mpi/), in reading order.

#include "lpntk/core/types.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/parallel.hpp"
#include "lpntk/core/random.hpp"
#include "lpntk/core/progress.hpp"
#include "lpntk/core/dataset.hpp"

#include "lpntk/model/jacobian_provider.hpp"
#include "lpntk/model/cotangents.hpp"
