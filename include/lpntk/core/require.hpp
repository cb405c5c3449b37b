#pragma once

#include <cstdint>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>

#include "lpntk/core/finite.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// What every exception of the library is, beside the standard exception that it derives from:
///
///     try { ... }
///     catch (const lpntk::error& failure) { std::cerr << failure.what(); }   // or std::exception, or one kind alone
class error {
public:
    virtual ~error() = default;

    /// The message: what std::exception::what() of the same object says.
    virtual const char* what() const noexcept = 0;
};

namespace detail {

/// An exception of the library that is of the standard's kind `Standard`.
template <class Standard>
struct error_as : Standard, error {
    using Standard::Standard;
    const char* what() const noexcept override { return Standard::what(); }
};

}  // namespace detail

/// A bad argument: the message names the function, the argument, its value and the bound.
struct argument_error : detail::error_as<std::invalid_argument> {
    using error_as::error_as;
};

/// A broken or unreadable file: the message names the file and what is wrong with it.
struct file_error : detail::error_as<std::runtime_error> {
    /// `file` as the caller named it, `problem` without a full stop.
    file_error(std::string_view file, std::string_view problem)
        : error_as(std::string(file) + ": " + std::string(problem)) {}
};

/// A number that is not finite: the message names the sample and the layer or quantity.
struct numeric_error : detail::error_as<std::runtime_error> {
    using error_as::error_as;
};

/// Memory that could not be had: the message says what for and how many bytes, which UINT64_MAX stands for when there
/// are more than can be counted.
struct memory_error : detail::error_as<std::runtime_error> {
    /// "what: cannot allocate ... bytes (... MiB)".
    memory_error(std::string_view what, std::uint64_t bytes)
        : error_as(std::string(what) + ": cannot allocate " + amount(bytes)) {}

private:
    static std::string amount(std::uint64_t bytes) {
        if (bytes == UINT64_MAX) return "2^64 bytes or more";
        return std::to_string(bytes) + " bytes (" + std::to_string((bytes >> 20U) + (bytes % (1U << 20U) > 0)) +
               " MiB)";
    }
};

/// Throws argument_error "function: argument is value, must be bound" unless `holds`; a NaN holds nothing, under any
/// compiler flags.
///
///     require(tile >= 1, "gram", "tile", tile, ">= 1");   // "gram: tile is 0, must be >= 1"
///
/// `value` and `bound` are anything a stream can write; nothing is formatted when the check holds.
template <class Value, class Bound>
void require(bool holds, std::string_view function, std::string_view argument, const Value& value, const Bound& bound) {
    if constexpr (std::is_same_v<Value, float> || std::is_same_v<Value, double>) holds = holds && !is_nan(value);
    if (holds) return;
    std::ostringstream message;
    message << function << ": " << argument << " is " << value << ", must be " << bound;
    throw argument_error(message.str());
}

/// Throws argument_error unless `values`, a matrix or what stands for one, is rows x columns.
template <class Matrix>
void require_size(const Matrix& values, index_t rows, index_t columns, std::string_view function,
                  std::string_view argument) {
    const auto text = [](index_t r, index_t c) { return std::to_string(r) + " x " + std::to_string(c); };
    if (values.rows() != rows || values.cols() != columns)
        require(false, function, "size of " + std::string(argument), text(values.rows(), values.cols()),
                text(rows, columns));
}

/// Throws argument_error unless `index` is in [0, end). Formats nothing when it is: for loops.
inline void require_index(index_t index, index_t end, std::string_view function, std::string_view argument) {
    if (index < 0 || index >= end) require(false, function, argument, index, "in [0, " + std::to_string(end) + ")");
}

}  // namespace lpntk
