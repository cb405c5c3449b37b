#pragma once

#include <span>
#include <string>
#include <utility>

#include "lpntk/model/part_layout.hpp"

/// What layers of layers make of the parts of their own layers.
namespace lpntk::inline LPNTK_TARGET::nn::detail {

/// Moves the parts of the layer at `place` to `to`: "conv2d" at place "3" is "conv2d 3" there; "conv2d 1" of a chain at
/// that place is "conv2d 3.1".
inline void put_parts(std::span<part_layout> parts, const std::string& place, part_layout* to) {
    for (part_layout& part : parts) {
        const std::size_t path = part.name.find(' ');
        if (path == std::string::npos)
            part.name += " " + place;
        else
            part.name.insert(path + 1, place + ".");
        *to++ = std::move(part);
    }
}

}  // namespace lpntk::nn::detail
