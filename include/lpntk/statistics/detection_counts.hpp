#pragma once

#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Events predicted against events that happened; counts add up over steps and seeds.
struct detection_counts {
    index_t hits = 0;          ///< predicted and true
    index_t false_alarms = 0;  ///< predicted, not true
    index_t misses = 0;        ///< true, not predicted

    /// One case; when neither, nothing changes.
    void add(bool predicted, bool happened) {
        hits += predicted && happened;
        false_alarms += predicted && !happened;
        misses += !predicted && happened;
    }
    /// Counts of other cases; exact, in any order.
    detection_counts& operator+=(const detection_counts& other) {
        hits += other.hits;
        false_alarms += other.false_alarms;
        misses += other.misses;
        return *this;
    }

    index_t events() const { return hits + misses; }                 ///< all that happened
    index_t predictions() const { return hits + false_alarms; }      ///< all that were predicted
    double precision() const { return share(hits, predictions()); }  ///< 0 when nothing was predicted
    double recall() const { return share(hits, events()); }          ///< 0 when nothing happened
    /// Harmonic mean of precision and recall; 0 when nothing was predicted and nothing happened.
    double f1() const { return share(2 * hits, events() + predictions()); }

private:
    static double share(index_t part, index_t whole) {
        return whole > 0 ? static_cast<double>(part) / static_cast<double>(whole) : 0.0;
    }
};

}  // namespace lpntk
