#include <lpntk/io/npy_similarity.hpp>

#include <limits>
#include <string>
#include <vector>

#include <lpntk/attribution/kernel_ridge.hpp>
#include <lpntk/cluster/by_class.hpp>
#include <lpntk/cluster/farthest_points.hpp>
#include <lpntk/cluster/near_duplicates.hpp>
#include <lpntk/cluster/relations.hpp>
#include <lpntk/cluster/single_linkage.hpp>
#include <lpntk/disk/gram_to_file.hpp>
#include <lpntk/kernel/gram.hpp>
#include <lpntk/select/self_maximal.hpp>

#include "kernel/models.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using lpntk::file_error, lpntk::index_t, lpntk::io::npy_similarity;

TEST_CASE("clusterings, relations, selections and attribution run on a file as on the Gram in memory") {
    const test::temporary_folder folder;
    const auto data = test::random_samples<float>(120, 4);
    const test::three_kinds<float> model(4);
    const auto kappa = lpntk::gram(lpntk::tangent_features(model, data, lpntk::label_signs{}));
    (void)lpntk::gram_to_file(model, data, lpntk::label_signs{}, folder / "kappa.npy");
    const npy_similarity<float> stored(folder / "kappa.npy");

    REQUIRE(stored.size() == 120);
    REQUIRE(stored.diagonal() == kappa.diagonal());
    lpntk::matrix<float> rows(4, 120);
    stored.rows(std::vector<index_t>{3, 119, 3, 0}, rows);
    REQUIRE(rows.row(0) == kappa.dense().row(3));
    REQUIRE(rows.row(1) == kappa.dense().row(119));
    REQUIRE(rows.row(2) == rows.row(0));
    REQUIRE(stored(7, 100) == kappa(7, 100));

    const lpntk::farthest_points fpc{.heads = 12};
    REQUIRE(fpc(stored).assignment == fpc(kappa).assignment);
    REQUIRE(lpntk::maximum_spanning_tree{}(stored) == lpntk::maximum_spanning_tree{}(kappa));
    REQUIRE(lpntk::near_duplicates{.epsilon = 0.3}(stored).sets == lpntk::near_duplicates{.epsilon = 0.3}(kappa).sets);
    const auto by_class = [&](const auto& of) { return lpntk::by_class(of, data, lpntk::farthest_points{.heads = 3}); };
    for (std::size_t c = 0; c < 4; ++c)
        REQUIRE(by_class(stored).results[c].assignment == by_class(kappa).results[c].assignment);
    REQUIRE(lpntk::count_relations{}(stored).counts == lpntk::count_relations{}(kappa).counts);
    REQUIRE(lpntk::find_self_maximal{}(stored) == lpntk::find_self_maximal{}(kappa));
    REQUIRE(lpntk::kernel_ridge{}(stored, data).leave_one_out == lpntk::kernel_ridge{}(kappa, data).leave_one_out);
}

TEST_CASE("what is no square kernel of finite numbers is refused") {
    const test::temporary_folder folder;
    const auto file = folder / "kappa.npy";
    const auto refusal = [&] { return test::message_of<file_error>([&] { npy_similarity<float> opened(file); }); };
    CHECK(test::says(refusal(), "kappa.npy: cannot be opened"));
    lpntk::io::write_npy(file, lpntk::matrix<float>::Ones(3, 4));
    CHECK(test::says(refusal(), "kappa.npy: holds 3 x 4 numbers, expected as many rows as columns"));
    lpntk::io::write_npy(file, lpntk::matrix<double>::Ones(3, 3));
    CHECK(test::says(refusal(), "kappa.npy: holds numbers of type <f8, expected <f4"));
    lpntk::io::write_npy(file, lpntk::vector<float>::Ones(9));
    CHECK(test::says(refusal(), "kappa.npy: has 1 axes, expected 2"));
    lpntk::io::write_npy(file, lpntk::matrix<float>(0, 0));
    CHECK(test::says(refusal(), "kappa.npy: holds no numbers"));
    lpntk::matrix<float> kappa = lpntk::matrix<float>::Identity(5, 5);
    lpntk::io::write_npy(file, kappa);
    const auto size = std::filesystem::file_size(file);
    std::filesystem::resize_file(file, size - 1);
    CHECK(test::says(refusal(), "kappa.npy: is truncated"));
    std::filesystem::resize_file(file, size + 1);
    CHECK(test::says(refusal(), "kappa.npy: is too long"));

    kappa(3, 1) = kappa(1, 3) = std::numeric_limits<float>::quiet_NaN();
    lpntk::io::write_npy(file, kappa);
    CHECK(test::says(test::message_of<lpntk::numeric_error>(
                         [&] { (void)lpntk::maximum_spanning_tree{}(npy_similarity<float>(file)); }),
                     "the similarity of items 1 and 3 is NaN or infinite"));
}

TEST_CASE("a file that became shorter while in use is an error, and so are bad indices") {
    const test::temporary_folder folder;
    const auto file = folder / "kappa.npy";
    lpntk::io::write_npy(file, lpntk::matrix<float>::Identity(50, 50));
    const npy_similarity<float> stored(file);
    lpntk::vector<float> row(50), shorter(49);
    REQUIRE_THROWS_AS(stored.row(50, row), lpntk::argument_error);
    REQUIRE_THROWS_AS(stored.row(-1, row), lpntk::argument_error);
    REQUIRE_THROWS_AS(stored.row(0, shorter), lpntk::argument_error);
    std::filesystem::resize_file(file, 5000);
    CHECK(test::says(test::message_of<file_error>([&] { stored.row(0, row); }), "became shorter while in use"));
    REQUIRE_THROWS_AS(stored.diagonal(), file_error);
}
