#include <lpntk/io/npy.hpp>

#include <algorithm>
#include <cstring>

#include <lpntk/cluster/matrix_similarity.hpp>
#include <lpntk/kernel/gram_matrix.hpp>

#include "cluster/similarities.hpp"
#include "io/idx_files.hpp"
#include "io/npy_files.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::file_error, lpntk::index_t, lpntk::matrix;
namespace io = lpntk::io;

namespace {

const std::vector<double> six{1, 2, 3, 4, 5, 6};

/// The complaint about this content read as a matrix of double; empty: none.
std::string npy_complaint(const test::bytes& content) {
    const test::temporary_folder folder;
    const auto file = folder / "the-file.npy";
    test::write_bytes(file, content);
    const std::string message = test::message_of<file_error>([&] { io::read_npy<double>(file); });
    if (!message.empty()) REQUIRE(message.rfind(file.string() + ": ", 0) == 0);
    return message;
}

}  // namespace

TEST_CASE("matrices and indices come back from .npy files bit by bit, in the bytes that NumPy writes") {
    const test::temporary_folder folder;
    const auto file = folder / "file.npy";
    const matrix<float> small = matrix<float>::Random(7, 5);
    io::write_npy(file, small);
    REQUIRE(io::read_npy<float>(file) == small);
    io::write_npy(file, small.middleCols(1, 3));  // rows that do not lie side by side
    REQUIRE(io::read_npy<float>(file) == small.middleCols(1, 3));
    const std::vector<index_t> indices{5, 0, 1'000'000'000'000};
    io::write_npy(file, indices);
    REQUIRE(io::read_npy_indices(file) == indices);
    const lpntk::vector<double> line = lpntk::vector<double>::Random(9);
    io::write_npy(file, line);
    REQUIRE(io::read_npy_vector<double>(file) == line);
    io::write_npy(file, matrix<double>(0, 4));
    REQUIRE(io::read_npy<double>(file).cols() == 4);
    io::write_npy(file, matrix<double>(Eigen::Map<const matrix<double>>(six.data(), 2, 3)));
    const test::bytes written = test::read_bytes(file);
    const std::string header(written.begin() + 10, written.begin() + 70);
    REQUIRE(header.rfind("{'descr': '<f8', 'fortran_order': False, 'shape': (2, 3), }", 0) == 0);
    REQUIRE((written.size() - 48) % 64 == 0);
    REQUIRE(folder.entries() == 1);
}

TEST_CASE("headers that NumPy may write are understood: Fortran order, versions, order of keys, long headers") {
    const test::temporary_folder folder;
    const auto file = folder / "file.npy";
    const matrix<double> expected = Eigen::Map<const matrix<double>>(six.data(), 2, 3);
    for (const int version : {1, 2, 3}) {
        test::write_bytes(file, test::npy(test::dictionary("<f8", "False", "(2, 3)"), six, version));
        REQUIRE(io::read_npy<double>(file) == expected);
    }
    test::write_bytes(file, test::npy(test::dictionary("<f8", "True", "(3, 2)"), six));
    REQUIRE(io::read_npy<double>(file) == expected.transpose());
    test::write_bytes(file, test::npy("{'shape': (2,3),'fortran_order':False, \"descr\": \"<f8\"}", six));
    REQUIRE(io::read_npy<double>(file) == expected);
    test::write_bytes(file, test::npy(test::dictionary("<f8", "False", "(2, 3)") + std::string(120, ' '), six));
    REQUIRE(io::read_npy<double>(file) == expected);
}

TEST_CASE("types of floating point may be spelled as NumPy accepts them") {
    for (const char* type : {"<f8", "=f8", "f8", "|f8"})
        REQUIRE(npy_complaint(test::npy(test::dictionary(type, "False", "(2, 3)"), six)).empty());
    for (const char* type : {"f4", "d", "float64", "f16", "", "<<f8", "f8 ", "<u8"})
        REQUIRE(test::says(npy_complaint(test::npy(test::dictionary(type, "False", "(2, 3)"), six)), "expected <f8"));
}

TEST_CASE("a Fortran-order matrix of any shape is read, block by block") {
    const test::temporary_folder folder;
    const auto file = folder / "file.npy";
    for (const index_t rows : {1, 2, 7, 100})
        for (const index_t columns : {1, 7, 8, 9, 16, 17, 40}) {
            const matrix<double> expected = matrix<double>::Random(rows, columns);
            const Eigen::MatrixXd stored = expected;
            const std::string shape = "(" + std::to_string(rows) + ", " + std::to_string(columns) + ")";
            test::write_bytes(file, test::npy(test::dictionary("<f8", "True", shape),
                                              std::vector<double>(stored.data(), stored.data() + stored.size())));
            INFO(shape);
            REQUIRE(io::read_npy<double>(file) == expected);
        }
}

TEST_CASE("a matrix without numbers takes no time, however long its other side") {
    const test::temporary_folder folder;
    const auto file = folder / "file.npy";
    for (const char* order : {"True", "False"})
        for (const char* shape : {"(999999999999999999, 0)", "(0, 999999999999999999)"}) {
            test::write_bytes(file, test::npy(test::dictionary("<f8", order, shape), std::vector<double>{}));
            const auto empty = io::read_npy<double>(file);
            REQUIRE(empty.rows() + empty.cols() == 999999999999999999);
            io::write_npy(file, empty);
            REQUIRE(io::read_npy<double>(file).rows() == empty.rows());
        }
}

TEST_CASE("what is wrong with a .npy file is said") {
    REQUIRE(npy_complaint(test::npy(test::dictionary("<f8", "False", "(2, 3)"), six)).empty());
    REQUIRE(test::says(npy_complaint(test::npy(test::dictionary("<f4", "False", "(2, 3)"), six)),
                       "type <f4, expected <f8"));
    REQUIRE(test::says(npy_complaint(test::npy(test::dictionary(">f8", "False", "(2, 3)"), six)), "type >f8"));
    REQUIRE(
        test::says(npy_complaint(test::npy(test::dictionary("<f8", "False", "(6,)"), six)), "has 1 axes, expected 2"));
    REQUIRE(test::says(npy_complaint(test::npy(test::dictionary("<f8", "False", "(2, 2)"), six)), "too long"));
    REQUIRE(test::says(npy_complaint(test::npy(test::dictionary("<f8", "False", "(2, 4)"), six)), "truncated"));
    REQUIRE(test::says(npy_complaint(test::npy(test::dictionary("<f8", "False", "(4294967296, 1000000)"), six)),
                       "truncated"));
    REQUIRE(test::says(npy_complaint(test::npy(test::dictionary("<f8", "False", "(4294967296, 4294967296)"), six)),
                       "no memory"));
    REQUIRE(test::says(npy_complaint(test::npy(test::dictionary("<f8", "False", "(1000000000000, 1900000)"), six)),
                       "no memory"));
    REQUIRE(test::says(npy_complaint(test::npy(test::dictionary("<f8", "False", "(99999999999999999999, 1)"), six)),
                       "understood"));
    for (const char* shape : {"(02, 3)", "(2, 03)", "(6)", "(+2, 3)", "(2_0, 3)", "(2, , 3)", "(, )", "2, 3", "[2, 3]"})
        REQUIRE(test::says(npy_complaint(test::npy(test::dictionary("<f8", "False", shape), six)), "understood"));
    REQUIRE(test::says(npy_complaint(test::npy(test::dictionary("<f8", "False", "(2, 3)"), six, 1, 9)), "version 1.9"));
    REQUIRE(
        test::says(npy_complaint(test::gzip(test::npy(test::dictionary("<f8", "False", "(2, 3)"), six))), "is gzip"));
    REQUIRE(test::says(npy_complaint(test::npy(test::dictionary("<f8", "False", "(-2, 3)"), six)), "understood"));
    REQUIRE(test::says(npy_complaint(test::npy(test::dictionary("<f8", "Maybe", "(2, 3)"), six)), "understood"));
    REQUIRE(test::says(npy_complaint(test::npy(std::string("{'descr': '<f8', 'shape': (2, 3)}"), six)), "understood"));
    REQUIRE(test::says(npy_complaint(test::npy(test::dictionary("<f8", "False", "(2, 3)"), six, 4)), "version 4.0"));
    REQUIRE(test::says(npy_complaint({'P', 'K', 3, 4, 5, 6, 7, 8, 9}), "is no .npy file"));
}

TEST_CASE("every truncation and every flipped byte of a .npy file gives an error or another number") {
    const test::bytes whole = test::npy(test::dictionary("<f8", "False", "(2, 3)"), six);
    for (std::size_t length = 0; length < whole.size(); ++length) {
        INFO(length);
        REQUIRE_FALSE(npy_complaint({whole.begin(), whole.begin() + static_cast<std::ptrdiff_t>(length)}).empty());
    }
    std::size_t accepted = 0;
    for (std::size_t at = 0; at < 128; ++at)
        for (const unsigned change : {0x01U, 0x04U, 0x10U, 0x80U, 0xFFU}) {
            test::bytes broken = whole;
            broken[at] = static_cast<std::uint8_t>(broken[at] ^ change);
            accepted += npy_complaint(broken).empty() ? 1 : 0;
        }
    REQUIRE(accepted < 5);
}

TEST_CASE("a similarity is written as its matrix, in the bytes that NumPy writes") {
    const test::temporary_folder folder;
    const auto file = folder / "kernel.npy";
    lpntk::gram_matrix<float> kappa(3);
    const std::vector<float> lower{2, -1, 3, 0.5F, 0.25F, 1};
    std::copy(lower.begin(), lower.end(), kappa.lower_row(0));
    io::write_npy(file, kappa);
    REQUIRE(test::read_bytes(file) == test::read_bytes(test::numpy_file("kernel_f4")));
    io::write_npy(file, kappa.dense());
    REQUIRE(test::read_bytes(file) == test::read_bytes(test::numpy_file("kernel_f4")));

    for (const index_t items : {1, 63, 64, 65, 130}) {  // around blocks of rows
        const auto values = testing::random_kernel(items, testing::kind::smooth, 1);
        io::write_npy(file, lpntk::matrix_similarity(values));
        REQUIRE(io::read_npy<double>(file) == values);
        io::write_npy(file, testing::bare_similarity(values));  // has no rows()
        REQUIRE(io::read_npy<double>(file) == values);
    }
    io::write_npy(file, lpntk::gram_matrix<double>(0));
    REQUIRE(io::read_npy<double>(file).size() == 0);
    REQUIRE(folder.entries() == 1);
}

TEST_CASE("a row that cannot be had leaves what was there") {
    struct broken : testing::bare_similarity {
        using testing::bare_similarity::bare_similarity;
        void row(index_t, lpntk::vector_span<double>) const { throw std::domain_error("no row"); }
    };
    const test::temporary_folder folder;
    const auto file = folder / "kernel.npy";
    const matrix<double> old = matrix<double>::Random(3, 3);
    io::write_npy(file, old);
    REQUIRE_THROWS_AS(io::write_npy(file, broken(old)), std::domain_error);
    REQUIRE(io::read_npy<double>(file) == old);
    REQUIRE(folder.entries() == 1);
}

TEST_CASE("writing a .npy file where it cannot be leaves what was there") {
    const test::temporary_folder folder;
    const matrix<float> values = matrix<float>::Random(50, 50);
    const auto nowhere = folder / "none" / "file.npy";
    REQUIRE(test::says(test::message_of<file_error>([&] { io::write_npy(nowhere, values); }), nowhere.string()));
    std::filesystem::create_directory(folder / "taken");
    REQUIRE(test::says(test::message_of<file_error>([&] { io::write_npy(folder / "taken", values); }),
                       "cannot be written"));
    REQUIRE(folder.entries() == 1);
}
