#pragma once

#include <sys/resource.h>

namespace examples {

/// The most memory that this process has had so far, in MiB; not the pages of files that the system keeps.
inline double peak_mib() {
    rusage used{};
    getrusage(RUSAGE_SELF, &used);
    return static_cast<double>(used.ru_maxrss) / 1024;
}

}  // namespace examples
