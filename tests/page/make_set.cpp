// Writes a folder to inspect: digits as images.npy and labels.npy, some labels wrong, and hostile names of classes.
//
//     make_set FOLDER

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <span>
#include <vector>

#include <lpntk/core/label_noise.hpp>
#include <lpntk/io/npy.hpp>
#include <support/digits.hpp>
#include <support/pixels.hpp>

namespace {

constexpr const char* names[] = {"<img src=x onerror=\"window.hostile = 1\">",
                                 "</script><script>window.hostile = 1</script>",
                                 "{{js}}",
                                 "<!-- <script>",
                                 "\"quoted\" & 'quoted'",
                                 "naïve 漢字 🙂",
                                 "a_name_without_any_blank_that_is_much_longer_than_a_column",
                                 "javascript:alert(1)",
                                 "\\u003cb\\u003e",
                                 "nine"};

void write_images(const std::filesystem::path& file, const lpntk::dataset<float>& data) {
    const examples::pixel_scaling scaling;
    std::vector<std::uint8_t> bytes;
    for (const float value : data.inputs.reshaped<Eigen::RowMajor>())
        bytes.push_back(static_cast<std::uint8_t>(255 * scaling.brightness(value, 0) + 0.5F));
    lpntk::io::write_file(file, [&](lpntk::io::byte_sink& sink) {
        const auto extent = [](auto size) { return static_cast<std::uint64_t>(size); };
        lpntk::io::write_npy_header(
            sink, {"|u1", false, {extent(data.size()), extent(data.shape.height), extent(data.shape.width)}});
        sink.write(bytes.data(), bytes.size());
    });
}

}  // namespace

int main(int argc, char** argv) {
    if (argc != 2) return 2;
    const std::filesystem::path folder = argv[1];
    const auto data = examples::make_digits({.count = 300, .seed = 5});
    const auto noisy = lpntk::flip_uniformly{.fraction = 0.1, .seed = 5}(data.labels, data.classes);
    const std::vector<lpntk::index_t> labels(noisy.labels.begin(), noisy.labels.end());
    write_images(folder / "images.npy", data);
    lpntk::io::write_npy(folder / "labels.npy", std::span<const lpntk::index_t>(labels));
    std::ofstream lines(folder / "names.txt");
    for (const char* name : names) lines << name << '\n';
    return lines.flush() ? 0 : 1;
}
