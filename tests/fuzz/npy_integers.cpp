#include <algorithm>

#include <lpntk/io/npy.hpp>

#include "fuzz/npy_oracle.hpp"

namespace {

/// The numbers as T, which memory and arithmetic of the machine convert; none when one is 2^63 or more.
template <class T>
std::optional<std::vector<std::int64_t>> numbers_as(fuzz::bytes content, bool swapped) {
    std::vector<std::int64_t> numbers;
    for (std::size_t at = 0; at < content.size(); at += sizeof(T)) {
        std::uint8_t raw[sizeof(T)];
        std::copy_n(content.data() + at, sizeof(T), raw);
        if (swapped) std::reverse(raw, raw + sizeof(T));
        T number;
        std::memcpy(&number, raw, sizeof(T));
        if (std::is_unsigned_v<T> && static_cast<std::uint64_t>(number) >> 63U != 0) return {};
        numbers.push_back(static_cast<std::int64_t>(number));
    }
    return numbers;
}

template <class T>
void find(const fuzz::npy_file& file, const std::string& spelling, std::optional<std::vector<std::int64_t>>& numbers) {
    const bool swapped = file.type == ">" + spelling;
    if ((swapped || fuzz::is_spelling(file.type, spelling)) && fuzz::fills(file, sizeof(T)))
        numbers = numbers_as<T>(file.numbers, swapped);
}

std::optional<std::vector<std::int64_t>> integers(const fuzz::npy_file& file) {
    std::optional<std::vector<std::int64_t>> numbers;
    find<std::int8_t>(file, "i1", numbers);
    find<std::int16_t>(file, "i2", numbers);
    find<std::int32_t>(file, "i4", numbers);
    find<std::int64_t>(file, "i8", numbers);
    find<std::uint8_t>(file, "u1", numbers);
    find<std::uint16_t>(file, "u2", numbers);
    find<std::uint32_t>(file, "u4", numbers);
    find<std::uint64_t>(file, "u8", numbers);
    find<std::uint8_t>(file, "b1", numbers);
    return numbers;
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::memory_file file;
    const auto path = file.with({data, size});
    const auto expected = fuzz::parse_npy({data, size});
    const auto numbers = expected && expected->shape.size() == 1 ? integers(*expected) : std::nullopt;
    const auto indices = fuzz::accepted([&] { return lpntk::io::read_npy_indices(path); });
    fuzz::check(indices.has_value() == numbers.has_value(), "whole files of integers are read, others refused");
    if (indices) fuzz::check(std::ranges::equal(*indices, *numbers), "indices are the numbers of the file");

    const auto labels = fuzz::accepted([&] { return lpntk::io::read_npy_labels(path, 100); });
    const auto is_label = [](std::int64_t number) { return number >= 0 && number < 100; };
    const bool in_range = numbers && std::ranges::all_of(*numbers, is_label);
    fuzz::check(labels.has_value() == in_range, "labels in range are read, others refused");
    if (labels) fuzz::check(std::ranges::equal(*labels, *numbers), "labels are the numbers of the file");
    if (!indices) return 0;

    const auto written = fuzz::folder() / "written.npy";
    lpntk::io::write_npy(written, *indices);
    fuzz::check(lpntk::io::read_npy_indices(written) == *indices, "what is written is read again");
    return 0;
}
