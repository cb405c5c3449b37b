#pragma once

#include <atomic>
#include <functional>

#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// Told how far a long computation has come: `done` of `total` steps, both counted from 0, the last
/// call with done == total. Called from the thread that started the computation; the library itself
/// never prints. An empty function is silent. An exception thrown from it stops the computation.
using progress = std::function<void(index_t done, index_t total)>;

/// What a stage of a computation is given to tell, so that `report` hears of the whole: the stage is `size` of the
/// `total` steps, after the first `before`. Refers to `report`.
inline progress share_of(const progress& report, index_t before, index_t size, index_t total) {
    if (!report) return {};
    return [&report, before, size, total](index_t done, index_t of) {
        const double part = static_cast<double>(done) / static_cast<double>(of);
        report(before + static_cast<index_t>(part * static_cast<double>(size)), total);
    };
}

progress share_of(const progress&& report, index_t before, index_t size, index_t total) = delete;

/// Steps that several threads do, told by one: the one that started the computation, worker 0 of parallel_for.
class shared_progress {
public:
    /// Refers to `report`.
    shared_progress(const progress& report, index_t total) : report_(report), total_(total) {}

    shared_progress(const progress&& report, index_t total) = delete;

    /// `steps` more are done, by `worker`. The last of them is left to finish().
    void add(index_t steps, int worker) {
        const index_t so_far = done_ += steps;
        if (report_ && worker == 0 && so_far < total_) report_(so_far, total_);
    }

    /// Everything is done; called once, by the thread that started.
    void finish() const {
        if (report_) report_(total_, total_);
    }

private:
    const progress& report_;
    index_t total_;
    std::atomic<index_t> done_ = 0;
};

}  // namespace lpntk
