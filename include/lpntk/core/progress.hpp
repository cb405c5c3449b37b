#pragma once

#include <functional>

#include "lpntk/core/types.hpp"

namespace lpntk {

/// Told how far a long computation has come: `done` of `total` steps, both counted from 0, the last
/// call with done == total. Called from the thread that started the computation; the library itself
/// never prints. An empty function is silent. An exception thrown from it stops the computation.
using progress = std::function<void(index_t done, index_t total)>;

}  // namespace lpntk
