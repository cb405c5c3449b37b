#include <lpntk/io/npy.hpp>

#include "fuzz/npy_oracle.hpp"

namespace {

template <class T>
void run(const std::filesystem::path& path, const std::optional<fuzz::npy_file>& expected) {
    const auto read = fuzz::accepted([&] { return lpntk::io::read_npy_vector<T>(path); });
    const bool whole = expected && expected->shape.size() == 1 && fuzz::fills(*expected, sizeof(T)) &&
                       fuzz::is_spelling(expected->type, "f" + std::to_string(sizeof(T)));
    fuzz::check(read.has_value() == whole, "whole vectors are read, others refused");
    if (!read) return;
    fuzz::check(static_cast<std::uint64_t>(read->size()) == expected->shape[0], "the size is that of the header");
    const auto same = [&](const lpntk::vector<T>& numbers) {
        return numbers.size() == read->size() &&
               (numbers.size() == 0 ||
                std::memcmp(numbers.data(), expected->numbers.data(), expected->numbers.size()) == 0);
    };
    fuzz::check(same(*read), "numbers are those of the file, bit by bit");
    const auto written = fuzz::folder() / "written.npy";
    lpntk::io::write_npy(written, *read);
    fuzz::check(same(lpntk::io::read_npy_vector<T>(written)), "what is written is read again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    static const fuzz::memory_file file;
    const auto expected = fuzz::parse_npy({data, size});
    const auto path = file.with({data, size});
    run<float>(path, expected);
    run<double>(path, expected);
    return 0;
}
