#pragma once

#include <chrono>

namespace examples {

/// Seconds since it was made, and between laps.
class stopwatch {
public:
    double seconds() const { return since(start_); }

    /// Seconds since the last lap, or since the start.
    double lap() {
        const double passed = since(lap_);
        lap_ = clock::now();
        return passed;
    }

private:
    using clock = std::chrono::steady_clock;

    static double since(clock::time_point then) { return std::chrono::duration<double>(clock::now() - then).count(); }

    clock::time_point start_ = clock::now();
    clock::time_point lap_ = start_;
};

}  // namespace examples
