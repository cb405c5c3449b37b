#pragma once

#if !__has_include(<mpi.h>)
#error "lpntk/mpi needs an MPI (Debian: libopenmpi-dev openmpi-bin) and the target lpntk::mpi"
#endif
#include <mpi.h>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <exception>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

/// Kernels over the ranks of an MPI program. An optional part: target lpntk::mpi, not in lpntk.hpp.
///
/// All functions are collective: every rank of the communicator calls them with the same arguments, from one thread
/// (MPI_THREAD_FUNNELED suffices; OpenMP shares out the work within a rank). What a rank throws, all throw: the rank
/// itself its own exception, the others a rank_error that says which rank and why, so that none waits for it for ever.
/// What MPI itself fails with ends the program, as MPI does by default.
namespace lpntk::inline LPNTK_TARGET::mpi {

/// Another rank could not go on: the message says which and why.
struct rank_error : lpntk::detail::error_as<std::runtime_error> {
    using error_as::error_as;
};

/// MPI for as long as this lives; for the main function of a program that starts MPI itself nowhere else.
class session {
public:
    /// Throws argument_error when this MPI does not work in programs with threads.
    session() {
        int provided = 0;
        MPI_Init_thread(nullptr, nullptr, MPI_THREAD_FUNNELED, &provided);
        if (provided >= MPI_THREAD_FUNNELED) return;
        MPI_Finalize();
        require(false, "mpi::session", "thread support of this MPI", provided, "MPI_THREAD_FUNNELED or more");
    }
    ~session() { MPI_Finalize(); }
    session(const session&) = delete;
    session& operator=(const session&) = delete;
};

/// The ranks that work together. A view of an MPI communicator, which must outlive it.
class communicator {
public:
    /// MPI must be initialised.
    explicit communicator(MPI_Comm ranks = MPI_COMM_WORLD) : ranks_(ranks) {
        MPI_Comm_rank(ranks_, &rank_);
        MPI_Comm_size(ranks_, &size_);
    }

    int rank() const { return rank_; }           ///< of this process, in [0, size())
    int size() const { return size_; }           ///< R
    bool is_root() const { return rank_ == 0; }  ///< the rank that gets what is not spread
    MPI_Comm handle() const { return ranks_; }   ///< for MPI's own functions

    /// work() on this rank; when that of any rank throws, all throw, as said above.
    template <class Work>
    void agree(Work&& work) const {
        std::exception_ptr own;
        std::string message;
        try {
            work();
        } catch (const std::exception& failure) {
            own = std::current_exception();
            message = failure.what();
        } catch (...) {
            own = std::current_exception();
            message = "an exception of unknown type";
        }
        int failed = own ? rank_ : size_;
        MPI_Allreduce(MPI_IN_PLACE, &failed, 1, MPI_INT, MPI_MIN, ranks_);
        if (failed == size_) return;
        broadcast(message, failed);
        if (own) std::rethrow_exception(own);
        throw rank_error("rank " + std::to_string(failed) + ": " + message);
    }

    /// Throws, on all ranks, argument_error in the name of `function` unless all have the same lines of text: says
    /// which rank has others, and what its first other line is.
    void require_same(const std::string& text, std::string_view function) const {
        std::string of_root = text;
        broadcast(of_root, 0);
        agree([&] {
            std::istringstream own(text), expected(of_root);
            for (std::string line, root_line; std::getline(own, line);)
                if (!std::getline(expected, root_line) || line != root_line)
                    require(false, function, "rank " + std::to_string(rank_) + "'s " + line.substr(0, line.find(':')),
                            line.substr(std::min(line.find(':') + 2, line.size())), "that of rank 0, " + root_line);
            std::string more;
            const bool whole = !std::getline(expected, more);
            require(whole, function, "rank " + std::to_string(rank_) + "'s text", "shorter", "that of rank 0, " + more);
        });
    }

    /// All ranks have the text that `from` has.
    void broadcast(std::string& text, int from) const {
        std::uint64_t length = text.size();
        broadcast(&length, sizeof(length), from);
        text.resize(length);
        broadcast(text.data(), text.size(), from);
    }

    /// The same for `count` bytes, however many.
    void broadcast(void* bytes, std::size_t count, int from) const {
        for_each_chunk(bytes, count, [&](void* some, int size) { MPI_Bcast(some, size, MPI_BYTE, from, ranks_); });
    }

    /// The numbers of all ranks, in their order, on every rank.
    template <class Number>
        requires std::is_trivially_copyable_v<Number>
    std::vector<Number> gather(const std::vector<Number>& own) const {
        std::uint64_t total = own.size();
        MPI_Allreduce(MPI_IN_PLACE, &total, 1, MPI_UINT64_T, MPI_SUM, ranks_);
        std::vector<Number> all;
        agree([&] { all.resize(total); });
        std::size_t before = 0;
        for (int from = 0; from < size_; ++from) {
            std::uint64_t count = own.size();
            broadcast(&count, sizeof(count), from);
            if (from == rank_) std::copy(own.begin(), own.end(), all.begin() + static_cast<std::ptrdiff_t>(before));
            broadcast(all.data() + before, count * sizeof(Number), from);
            before += count;
        }
        return all;
    }

    /// Sends to and receives from other ranks; done when the object is gone.
    class transfer {
    public:
        /// Nothing moves yet.
        explicit transfer(const communicator& ranks) : ranks_(ranks.handle()) {}
        ~transfer() { MPI_Waitall(static_cast<int>(open_.size()), open_.data(), MPI_STATUSES_IGNORE); }
        transfer(const transfer&) = delete;
        transfer& operator=(const transfer&) = delete;

        /// The bytes must stay until this is gone.
        void send(const void* bytes, std::size_t count, int to) {
            for_each_chunk(const_cast<void*>(bytes), count, [&](void* some, int size) {
                MPI_Isend(some, size, MPI_BYTE, to, 0, ranks_, &open_.emplace_back());
            });
        }
        /// In the order in which `from` sends.
        void receive(void* bytes, std::size_t count, int from) {
            for_each_chunk(bytes, count, [&](void* some, int size) {
                MPI_Irecv(some, size, MPI_BYTE, from, 0, ranks_, &open_.emplace_back());
            });
        }

    private:
        MPI_Comm ranks_;
        std::vector<MPI_Request> open_;
    };

private:
    /// MPI counts in int.
    template <class F>
    static void for_each_chunk(void* bytes, std::size_t count, F&& f) {
        constexpr std::size_t most = std::size_t{1} << 30U;
        for (std::size_t done = 0; done < count; done += most)
            f(static_cast<std::byte*>(bytes) + done, static_cast<int>(std::min(most, count - done)));
    }

    MPI_Comm ranks_;
    int rank_ = 0;
    int size_ = 1;
};

}  // namespace lpntk::mpi
