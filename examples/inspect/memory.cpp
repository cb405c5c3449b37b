#include "inspect/memory.hpp"

#include <algorithm>
#include <fstream>
#include <string>

#include <lpntk/attribution/kernel_ridge.hpp>
#include <lpntk/core/random.hpp>
#include <lpntk/core/require.hpp>
#include <lpntk/kernel/model_gram.hpp>

namespace inspect {

namespace {

constexpr index_t smallest_part = 1000;
constexpr std::size_t mib = std::size_t{1} << 20U;

std::size_t triangle_bytes(index_t size) { return static_cast<std::size_t>(size * (size + 1) / 2) * sizeof(float); }

/// Throws unless a part of so many samples fits, and the largest class beside its kernel.
void require_fits(const examples::any_model& net, index_t part, index_t largest_class, int classes, std::size_t bytes,
                  int threads) {
    const std::size_t kernel = triangle_bytes(part),
                      ridge = lpntk::kernel_ridge{.threads = threads}.bytes<float>(part, classes),
                      needed = kernel + ridge;
    lpntk::require(bytes >= needed, "--memory", "MiB", bytes / mib,
                   ">= " + std::to_string(needed / mib + 1) + " to foretell labels in parts of " +
                       std::to_string(part) + " samples");
    lpntk::require_memory_for_gram(net, part, {.threads = threads, .memory = bytes}, {.threads = threads});
    lpntk::require_memory_for_gram(net, largest_class, {.threads = threads, .memory = bytes - kernel},
                                   {.threads = threads});
}

/// Samples of all classes alike in each part.
std::vector<std::vector<index_t>> parts_of(const lpntk::dataset<float>& data, index_t count, std::uint64_t seed) {
    std::vector<std::vector<index_t>> parts(static_cast<std::size_t>(count));
    lpntk::random_stream random(seed);
    std::size_t next = 0;
    for (auto& members : lpntk::indices_by_class(data.labels, data.classes)) {
        random.shuffle(members);
        for (const index_t i : members) parts[next++ % parts.size()].push_back(i);
    }
    for (auto& part : parts) std::sort(part.begin(), part.end());
    return parts;
}

/// A line of a file of /proc that starts with `key`, in bytes; 0 when there is none.
std::size_t from_proc(const char* file, const std::string& key) {
    std::ifstream lines(file);
    std::size_t kib = 0;
    for (std::string word; lines >> word;)
        if (word == key) lines >> kib;
    return kib * 1024;
}

}  // namespace

std::size_t memory_plan::beside_part() const {
    return bytes - triangle_bytes(static_cast<index_t>(parts.back().size()));
}

memory_plan share_memory(const examples::any_model& net, const lpntk::dataset<float>& data, std::size_t bytes,
                         std::uint64_t seed, int threads) {
    std::size_t largest = 0;
    for (const auto& members : lpntk::indices_by_class(data.labels, data.classes))
        largest = std::max(largest, members.size());
    for (index_t count = 1;; ++count) {
        const index_t part = (data.size() + count - 1) / count;
        const bool last = (data.size() + count) / (count + 1) < smallest_part;
        try {
            require_fits(net, part, static_cast<index_t>(largest), data.classes, bytes, threads);
            return {bytes, parts_of(data, count, seed)};
        } catch (const lpntk::argument_error& failure) {
            if (!last) continue;
            throw lpntk::argument_error(std::string(failure.what()) + "\n" + std::to_string(data.size()) +
                                        " samples, " + std::to_string(largest) +
                                        " of them of one class, need more --memory (" + std::to_string(bytes / mib) +
                                        " MiB now), or fewer --samples");
        }
    }
}

void require_available(std::size_t bytes) {
    const std::size_t free = from_proc("/proc/meminfo", "MemAvailable:");
    if (free == 0 || bytes <= free) return;
    throw lpntk::memory_error("--memory, of a machine that has " + std::to_string(free / mib) + " MiB left", bytes);
}

}  // namespace inspect
