#pragma once

#include <algorithm>
#include <cstddef>
#include <numeric>
#include <optional>
#include <utility>
#include <vector>

#include "lpntk/core/types.hpp"
#include "lpntk/kernel/cost_model.hpp"
#include "lpntk/kernel/features.hpp"
#include "lpntk/kernel/tangent_features.hpp"
#include "lpntk/mpi/communicator.hpp"
#include "lpntk/mpi/shares.hpp"

namespace lpntk::inline LPNTK_TARGET::mpi {

/// Bytes of features that one rank received, and the fewest with which it can compute its tiles: those of all samples
/// in them that are not its own, each once.
struct exchange_count {
    std::size_t received = 0;  ///< bytes
    std::size_t least = 0;     ///< bytes

    /// Of several kernels.
    exchange_count& operator+=(const exchange_count& other) {
        received += other.received;
        least += other.least;
        return *this;
    }
};

namespace detail {

/// Room for the parts of `count` samples in these forms.
template <class T>
std::vector<feature_part<T>> room_for(const std::vector<part_layout>& layouts, const std::vector<part_form>& forms,
                                      index_t count) {
    return std::move(lpntk::detail::planned_features<T>(layouts, forms, count).parts);
}

/// The features of the samples first, ..., first + count - 1 of phi: a copy, contiguous.
template <class T>
features<T> run_of(const features<T>& phi, index_t first, index_t count, int threads) {
    std::vector<index_t> indices(static_cast<std::size_t>(count));
    std::iota(indices.begin(), indices.end(), first);
    return subset(phi, indices, threads);
}

/// f(numbers, bytes) for each piece of memory of the parts.
template <class Parts, class F>
void for_each_piece(Parts& parts, F&& f) {
    for (auto& part : parts)
        for (auto* side : {&part.left, &part.right})
            if (side->bytes() > 0) f(side->data(), side->bytes());
}

/// Strips of features on their way from rank to rank.
template <class T>
class strip_exchange {
public:
    /// `of` are the shares of what travels.
    strip_exchange(const communicator& ranks, const shares& of, const std::vector<part_layout>& layouts,
                   const std::vector<part_form>& forms)
        : ranks_(ranks), shares_(of), layouts_(layouts), forms_(forms), met_(static_cast<std::size_t>(of.size()), 0) {}

    /// The features of the samples `going`, of this rank's `own`, go to one rank and those of `coming` come from
    /// another; either may be none. Collective.
    features<T> operator()(const features<T>& own, int to, batch_range going, int from, batch_range coming,
                           int threads) {
        std::optional<features<T>> leaving;
        std::vector<feature_part<T>> arriving;
        ranks_.agree([&] {
            if (going.count > 0)
                leaving = run_of(own, going.first - shares_.of(ranks_.rank()).first, going.count, threads);
            if (coming.count > 0) arriving = room_for<T>(layouts_, forms_, coming.count);
        });
        {
            communicator::transfer moving(ranks_);
            for_each_piece(arriving, [&](T* numbers, std::size_t bytes) { moving.receive(numbers, bytes, from); });
            if (leaving)
                for_each_piece(leaving->parts(),
                               [&](const T* numbers, std::size_t bytes) { moving.send(numbers, bytes, to); });
        }
        for (const feature_part<T>& part : arriving) received_ += part.bytes();
        std::fill_n(met_.begin() + coming.first, coming.count, 1);
        return {coming.count, std::move(arriving)};
    }

    exchange_count count() const {
        index_t numbers = 0;
        for (std::size_t p = 0; p < layouts_.size(); ++p) numbers += cost_model::numbers(layouts_[p], forms_[p]);
        const auto samples = static_cast<std::size_t>(std::count(met_.begin(), met_.end(), 1));
        return {received_, samples * static_cast<std::size_t>(numbers) * sizeof(T)};
    }

private:
    const communicator& ranks_;
    shares shares_;
    const std::vector<part_layout>& layouts_;
    const std::vector<part_form>& forms_;
    std::vector<char> met_;  // whether a sample came by
    std::size_t received_ = 0;
};

}  // namespace detail
}  // namespace lpntk::mpi
