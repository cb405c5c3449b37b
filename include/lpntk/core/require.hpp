#pragma once

#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>

namespace lpntk {

/// A bad argument: the message names the function, the argument, its value and the bound.
struct argument_error : std::invalid_argument {
    using std::invalid_argument::invalid_argument;
};

/// A broken or unreadable file: the message names the file and what is wrong with it.
struct file_error : std::runtime_error {
    file_error(std::string_view file, std::string_view problem)
        : std::runtime_error(std::string(file) + ": " + std::string(problem)) {}
};

/// A number that is not finite: the message names the sample and the layer or quantity.
struct numeric_error : std::runtime_error {
    using std::runtime_error::runtime_error;
};

/// Throws argument_error "function: argument is value, must be bound" unless `holds`.
///
///     require(tile >= 1, "gram", "tile", tile, ">= 1");   // "gram: tile is 0, must be >= 1"
///
/// `value` and `bound` are anything a stream can write; nothing is formatted when the check holds.
template <class Value, class Bound>
void require(bool holds, std::string_view function, std::string_view argument, const Value& value,
             const Bound& bound) {
    if (holds) return;
    std::ostringstream message;
    message << function << ": " << argument << " is " << value << ", must be " << bound;
    throw argument_error(message.str());
}

}  // namespace lpntk
