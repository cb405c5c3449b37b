#include "support/golden.hpp"

#include <lpntk/io/npy.hpp>

// The one unit of these tests that reads files.
namespace test {

lpntk::matrix<double> read_golden(const std::string& name) {
    return lpntk::io::read_npy<double>(std::string(LPNTK_TEST_DATA) + "/" + name + ".npy");
}

std::vector<int> golden_labels(const std::string& name) {
    std::vector<int> labels;
    for (const lpntk::index_t label : lpntk::io::read_npy_indices(std::string(LPNTK_TEST_DATA) + "/" + name + ".npy"))
        labels.push_back(static_cast<int>(label));
    return labels;
}

}  // namespace test
