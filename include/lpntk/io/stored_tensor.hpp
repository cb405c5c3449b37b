#pragma once

#include <array>
#include <bit>
#include <cstdint>
#include <cstring>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "lpntk/core/require.hpp"
#include "lpntk/core/types.hpp"

namespace lpntk::inline LPNTK_TARGET::io {

/// What the numbers of a stored tensor are.
enum class number_type { f16, bf16, f32, f64, i8, i16, i32, i64, u8, u16, u32, u64, boolean };

namespace detail {

/// A type's name in safetensors, and its bytes a number; in the order of number_type.
struct number_type_facts {
    std::string_view name;
    std::uint64_t width;
};
inline constexpr std::array<number_type_facts, 13> number_types{{{"F16", 2},
                                                                 {"BF16", 2},
                                                                 {"F32", 4},
                                                                 {"F64", 8},
                                                                 {"I8", 1},
                                                                 {"I16", 2},
                                                                 {"I32", 4},
                                                                 {"I64", 8},
                                                                 {"U8", 1},
                                                                 {"U16", 2},
                                                                 {"U32", 4},
                                                                 {"U64", 8},
                                                                 {"BOOL", 1}}};

inline const number_type_facts& facts_of(number_type type) { return number_types[static_cast<std::size_t>(type)]; }

inline std::optional<number_type> number_type_named(std::string_view name) {
    for (std::size_t i = 0; i < number_types.size(); ++i)
        if (number_types[i].name == name) return static_cast<number_type>(i);
    return {};
}

/// How many numbers a shape asks for.
inline index_t size_of(const std::vector<index_t>& shape) {
    index_t product = 1;
    for (const index_t extent : shape) product *= extent;
    return product;
}

/// The little-endian number of type Bits at `from`, as a Number of as many bytes.
template <class Number, class Bits>
Number number_at(const std::uint8_t* from) {
    static_assert(sizeof(Number) == sizeof(Bits));
    Bits bits = 0;
    for (std::size_t i = 0; i < sizeof(Bits); ++i) bits |= static_cast<Bits>(Bits{from[i]} << (8 * i));
    return std::bit_cast<Number>(bits);
}

}  // namespace detail

/// Numbers of any type and shape, as a file has them: row by row (the last axis runs fastest), little-endian.
struct stored_tensor {
    number_type type = number_type::f32;  ///< of each number
    std::vector<index_t> shape;           ///< none: a single number
    std::vector<std::uint8_t> bytes;      ///< size() numbers

    /// How many numbers the shape asks for.
    index_t size() const { return detail::size_of(shape); }

    /// The numbers as T = float or double, rounded where T has fewer digits.
    template <class T>
    vector<T> values() const {
        static_assert(std::is_floating_point_v<T>);
        vector<T> numbers(size());
        switch (type) {
            case number_type::f16:
                return fill<T, Eigen::half, std::uint16_t>(numbers);
            case number_type::bf16:
                return fill<T, Eigen::bfloat16, std::uint16_t>(numbers);
            case number_type::f32:
                return fill<T, float, std::uint32_t>(numbers);
            case number_type::f64:
                return fill<T, double, std::uint64_t>(numbers);
            case number_type::i8:
                return fill<T, std::int8_t, std::uint8_t>(numbers);
            case number_type::i16:
                return fill<T, std::int16_t, std::uint16_t>(numbers);
            case number_type::i32:
                return fill<T, std::int32_t, std::uint32_t>(numbers);
            case number_type::i64:
                return fill<T, std::int64_t, std::uint64_t>(numbers);
            case number_type::u8:
            case number_type::boolean:
                return fill<T, std::uint8_t, std::uint8_t>(numbers);
            case number_type::u16:
                return fill<T, std::uint16_t, std::uint16_t>(numbers);
            case number_type::u32:
                return fill<T, std::uint32_t, std::uint32_t>(numbers);
            case number_type::u64:
                return fill<T, std::uint64_t, std::uint64_t>(numbers);
        }
        return numbers;
    }

    /// "F32 [64, 3, 3, 3]", for messages.
    std::string text() const { return std::string(detail::facts_of(type).name) + " " + shape_text(shape); }

    /// "[64, 3, 3, 3]".
    static std::string shape_text(const std::vector<index_t>& shape) {
        std::string list;
        for (const index_t extent : shape) list += (list.empty() ? "" : ", ") + std::to_string(extent);
        return "[" + list + "]";
    }

    /// Of float or double numbers. Throws argument_error when they do not fill the shape.
    template <class T>
    static stored_tensor of(std::vector<index_t> shape, const vector<T>& numbers) {
        static_assert(std::is_same_v<T, float> || std::is_same_v<T, double>);
        using bits = std::conditional_t<sizeof(T) == 4, std::uint32_t, std::uint64_t>;
        stored_tensor made{sizeof(T) == 4 ? number_type::f32 : number_type::f64, std::move(shape), {}};
        require(numbers.size() == made.size(), "stored_tensor::of", "number of values", numbers.size(), made.size());
        made.bytes.reserve(static_cast<std::size_t>(numbers.size()) * sizeof(T));
        for (const T number : numbers)
            for (std::size_t i = 0; i < sizeof(T); ++i)
                made.bytes.push_back(static_cast<std::uint8_t>(std::bit_cast<bits>(number) >> (8 * i)));
        return made;
    }

    bool operator==(const stored_tensor&) const = default;  ///< of type, shape and bits

private:
    template <class T, class Number, class Bits>
    vector<T>& fill(vector<T>& numbers) const {
        for (index_t i = 0; i < numbers.size(); ++i)
            numbers[i] = static_cast<T>(detail::number_at<Number, Bits>(bytes.data() + i * index_t{sizeof(Bits)}));
        return numbers;
    }
};

/// Tensors by name, and what else the file says of them.
struct stored_tensors {
    std::map<std::string, stored_tensor> tensors;  ///< by name
    std::map<std::string, std::string> metadata;   ///< any text, by any key

    bool operator==(const stored_tensors&) const = default;  ///< of all of it
};

}  // namespace lpntk::io
