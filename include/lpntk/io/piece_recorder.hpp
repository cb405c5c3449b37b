#pragma once

#include <algorithm>
#include <chrono>
#include <condition_variable>
#include <cstdint>
#include <exception>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

#include "lpntk/core/types.hpp"
#include "lpntk/io/resumable_file.hpp"

namespace lpntk::inline LPNTK_TARGET::io {

/// Records complete pieces of a resumable_file from time to time, in a thread of its own, so that whoever makes them
/// never waits for the disk.
class piece_recorder {
public:
    /// Refers to the file. A record every `seconds`; 0: as soon as there is something to record.
    piece_recorder(resumable_file& file, double seconds) : file_(file), pause_(seconds), thread_([this] { run(); }) {}

    /// Records what it can.
    ~piece_recorder() { stop(); }
    piece_recorder(const piece_recorder&) = delete;
    piece_recorder& operator=(const piece_recorder&) = delete;

    /// A piece is written; thread-safe. Throws what an earlier record has failed with.
    void add(index_t piece) {
        const std::lock_guard hold(mutex_);
        if (failure_) std::rethrow_exception(failure_);
        written_.push_back(static_cast<std::uint32_t>(piece));
        if (pause_.count() == 0) wake_.notify_one();
    }

    /// Everything is recorded; throws file_error when that cannot be done. No piece may be added after it.
    void finish() {
        stop();
        if (failure_) std::rethrow_exception(failure_);
    }

private:
    void run() {
        std::unique_lock hold(mutex_);
        while (!failure_ && (!stopping_ || !written_.empty())) {
            const auto ready = [&] { return stopping_ || (pause_.count() == 0 && !written_.empty()); };
            if (pause_.count() == 0)
                wake_.wait(hold, ready);
            else
                wake_.wait_for(hold, pause_, ready);
            const std::vector<std::uint32_t> pieces = std::exchange(written_, {});
            hold.unlock();
            std::exception_ptr failure;
            try {
                if (!pieces.empty()) file_.sync();
                file_.record(pieces);
            } catch (...) {
                failure = std::current_exception();
            }
            hold.lock();
            failure_ = failure;
        }
    }

    void stop() {
        {
            const std::lock_guard hold(mutex_);
            stopping_ = true;
        }
        wake_.notify_one();
        if (thread_.joinable()) thread_.join();
    }

    resumable_file& file_;
    std::chrono::duration<double> pause_;
    std::mutex mutex_;
    std::condition_variable wake_;
    std::vector<std::uint32_t> written_;
    std::exception_ptr failure_;
    bool stopping_ = false;
    std::thread thread_;
};

}  // namespace lpntk::io
