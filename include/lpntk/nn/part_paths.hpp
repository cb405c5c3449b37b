#pragma once

#include <algorithm>
#include <array>
#include <string>

#include "lpntk/model/part_layout.hpp"

/// What layers of layers make of the parts of their own layers.
namespace lpntk::inline LPNTK_TARGET::nn::detail {

/// "conv2d" at place "3" is "conv2d 3"; "conv2d 1" of a chain at place "3" is "conv2d 3.1".
template <std::size_t N>
std::array<part_layout, N> at_place(std::array<part_layout, N> parts, const std::string& place) {
    for (part_layout& part : parts) {
        const std::size_t path = part.name.find(' ');
        part.name = path == std::string::npos ? part.name + " " + place
                                              : part.name.substr(0, path + 1) + place + "." + part.name.substr(path + 1);
    }
    return parts;
}

template <std::size_t... N>
std::array<part_layout, (N + ... + 0)> joined(std::array<part_layout, N>... lists) {
    std::array<part_layout, (N + ... + 0)> all;
    auto to = all.begin();
    ((to = std::move(lists.begin(), lists.end(), to)), ...);
    return all;
}

/// Number of weights of these parts.
template <class Parts>
index_t parameters_of(const Parts& parts) {
    index_t sum = 0;
    for (const part_layout& part : parts) sum += part.parameters();
    return sum;
}

}  // namespace lpntk::nn::detail
