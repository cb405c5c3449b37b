#pragma once

#include <string>

#include <lpntk/core/progress.hpp>

namespace examples {

/// A bar on stderr with the time left; silent when stderr is not a terminal. Copies share one bar. When done, the
/// line is left saying how long it took.
lpntk::progress progress_bar(const std::string& what);

}  // namespace examples
