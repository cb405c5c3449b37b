#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <memory>
#include <span>
#include <string>

#include "lpntk/cluster/similarity.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/io/byte_source.hpp"
#include "lpntk/io/npy.hpp"

namespace lpntk::inline LPNTK_TARGET::io {

/// A kernel in a .npy file, N x N and symmetric, as a similarity: clusterings, relations, selections and attribution
/// run on it without reading it into memory.
///
///     const lpntk::io::npy_similarity<float> kappa("kappa.npy");
///     const auto clusters = lpntk::farthest_points{.heads = 1000}(kappa);
///
/// The file is mapped; rows that are asked for together are fetched from the disk together, and of consecutive ones the
/// next as well. Symmetry is assumed, so both orders of the axes will do; that the numbers are finite is what the
/// algorithms check, as of every similarity. The mapping is shared by copies; const use is thread-safe. The file must
/// stay as it is meanwhile: of one that became shorter every call throws file_error, but what is cut off during a call,
/// or cannot be read from a broken disk, ends the program (SIGBUS), as with every mapped file.
template <class T>
class npy_similarity {
public:
    using scalar = T;  ///< float or double, that of the file

    /// Throws file_error, naming the file and what is wrong: missing, no regular file, no .npy, another type, not two
    /// axes, not square, empty, truncated, too long.
    explicit npy_similarity(const std::filesystem::path& file) {
        byte_source source(file);
        const npy_header header = detail::read_npy_header_of<T>(source, 2);
        if (header.shape[0] != header.shape[1])
            source.fail("holds " + std::to_string(header.shape[0]) + " x " + std::to_string(header.shape[1]) +
                        " numbers, expected as many rows as columns");
        if (header.shape[0] == 0) source.fail("holds no numbers");
        source.require_last(header.count(source) * sizeof(T), "the numbers");
        size_ = static_cast<index_t>(header.shape[0]);
        map_ = std::make_shared<const mapping>(file, header.count(source) * sizeof(T));
    }

    index_t size() const { return size_; }  ///< N

    /// N numbers, each from another page of the file.
    vector<T> diagonal() const {
        map_->require_whole();
        vector<T> all(size_);
        for (index_t i = 0; i < size_; ++i) all[i] = (*this)(i, i);
        return all;
    }

    /// One entry; indices are not checked, nor is the file.
    T operator()(index_t i, index_t j) const {
        T value;
        std::memcpy(&value, map_->numbers() + offset(i, j), sizeof(T));
        return value;
    }

    /// Row i, N numbers. Throws argument_error when i or the length of out is wrong.
    void row(index_t i, vector_span<T> out) const {
        require(out.size() == size_, "npy_similarity::row", "length of out", out.size(), size_);
        rows(std::span<const index_t>(&i, 1), Eigen::Map<matrix<T>>(out.data(), 1, size_));
    }

    /// The rows at `indices`, |indices| x N.
    void rows(std::span<const index_t> indices, matrix_span<T> out) const {
        constexpr auto function = "npy_similarity::rows";
        const auto count = static_cast<index_t>(indices.size());
        require_size(out, count, size_, function, "out");
        for (const index_t i : indices) require_index(i, size_, function, "index");
        map_->require_whole();
        for (const index_t i : indices) map_->fetch(offset(i, 0), row_bytes());
        if (count > 1 && indices.back() - indices.front() == count - 1) fetch_next(indices.back() + 1, count);
        for (index_t r = 0; r < count; ++r)
            std::memcpy(out.row(r).data(), map_->numbers() + offset(indices[static_cast<std::size_t>(r)], 0),
                        row_bytes());
    }

private:
    /// The numbers of a file, which are its last bytes.
    class mapping {
    public:
        mapping(const std::filesystem::path& file, std::uint64_t numbers) : name_(file.string()) {
            descriptor_ = ::open(name_.c_str(), O_RDONLY | O_CLOEXEC);
            struct stat opened{};
            if (descriptor_ < 0 || ::fstat(descriptor_, &opened) != 0) fail_to_open();
            bytes_ = static_cast<std::size_t>(opened.st_size);
            if (bytes_ < numbers) {
                ::close(descriptor_);
                throw file_error(name_, "became shorter while it was opened");
            }
            data_ = ::mmap(nullptr, bytes_, PROT_READ, MAP_SHARED, descriptor_, 0);
            if (data_ == MAP_FAILED) fail_to_open();
            first_ = bytes_ - static_cast<std::size_t>(numbers);
        }
        ~mapping() {
            ::munmap(data_, bytes_);
            ::close(descriptor_);
        }
        mapping(const mapping&) = delete;
        mapping& operator=(const mapping&) = delete;

        const std::byte* numbers() const { return static_cast<const std::byte*>(data_) + first_; }

        void require_whole() const {
            struct stat now{};
            if (::fstat(descriptor_, &now) != 0 || static_cast<std::uint64_t>(now.st_size) < bytes_)
                throw file_error(name_, "became shorter while in use");
        }

        /// Asks for bytes of the numbers to be in memory soon.
        void fetch(std::size_t offset, std::size_t count) const {
            const auto page = static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
            const std::size_t begin = (first_ + offset) / page * page;
            ::madvise(static_cast<std::byte*>(data_) + begin, first_ + offset + count - begin, MADV_WILLNEED);
        }

    private:
        [[noreturn]] void fail_to_open() const {
            const std::string reason = std::strerror(errno);
            if (descriptor_ >= 0) ::close(descriptor_);
            throw file_error(name_, "cannot be mapped: " + reason);
        }

        std::string name_;
        int descriptor_ = -1;
        void* data_ = nullptr;
        std::size_t bytes_ = 0;
        std::size_t first_ = 0;
    };

    std::size_t row_bytes() const { return static_cast<std::size_t>(size_) * sizeof(T); }
    std::size_t offset(index_t i, index_t j) const { return static_cast<std::size_t>(i * size_ + j) * sizeof(T); }

    void fetch_next(index_t first, index_t count) const {
        const index_t rows = std::min(count, size_ - first);
        if (rows > 0) map_->fetch(offset(first, 0), static_cast<std::size_t>(rows) * row_bytes());
    }

    index_t size_ = 0;
    std::shared_ptr<const mapping> map_;
};

static_assert(similarity<npy_similarity<float>> && has_rows<npy_similarity<double>> &&
              has_entries<npy_similarity<float>>);

}  // namespace lpntk::io
