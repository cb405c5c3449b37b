#include <lpntk/cluster/farthest_points.hpp>
#include <lpntk/cluster/kernel_k_means.hpp>
#include <lpntk/cluster/matrix_similarity.hpp>
#include <lpntk/cluster/restricted_similarity.hpp>
#include <lpntk/cluster/similarity.hpp>
#include <lpntk/cluster/single_linkage.hpp>
#include <lpntk/cluster/spanning_tree.hpp>
#include <lpntk/select/average_similarity.hpp>
#include <lpntk/select/facility_location.hpp>
#include <lpntk/select/self_maximal.hpp>

#include <cmath>
#include <span>
#include <vector>

#include "cluster/similarities.hpp"
#include "support/catch.hpp"
#include "support/temporary_folder.hpp"

using namespace lpntk;
using testing::kind;
using testing::random_kernel;

namespace {

// The concepts, requirement by requirement.
struct no_scalar {
    index_t size() const;
};
struct only_items {
    using scalar = float;
    index_t size() const;
};
struct no_row : only_items {
    vector<float> diagonal() const;
};
struct row_changes_it : no_row {
    void row(index_t, vector_span<float>);
};
struct complete : no_row {
    void row(index_t, vector_span<float>) const;
};
struct generic : no_row {
    void row(index_t i, auto out) const { out.setConstant(static_cast<float>(i)); }
    void rows(std::span<const index_t>, auto&& out) const { out.setZero(); }
};
struct row_by_value : no_row {
    void row(index_t, vector<float>) const;
};
struct rows_by_value : complete {
    void rows(std::span<const index_t>, matrix<float>) const;
};

/// What a generic row writes must be what the library reads.
struct counting : generic {
    index_t size() const { return 3; }
    vector<float> diagonal() const { return vector<float>::Zero(3); }
};

}  // namespace

static_assert(!has_items<no_scalar> && !similarity<no_scalar>);
static_assert(has_items<only_items> && !has_diagonal<only_items> && !has_row<only_items>);
static_assert(has_diagonal<no_row> && !has_row<no_row> && !similarity<no_row>);
static_assert(!has_row<row_changes_it> && !similarity<row_changes_it>);
static_assert(similarity<complete> && !has_rows<complete> && !has_entries<complete>);
static_assert(similarity<generic> && has_rows<generic>);
static_assert(!has_row<row_by_value> && !similarity<row_by_value>);
static_assert(similarity<rows_by_value> && !has_rows<rows_by_value>);
static_assert(similarity<testing::bare_similarity> && !has_rows<testing::bare_similarity> &&
              !has_entries<testing::bare_similarity>);
static_assert(similarity<testing::counted_rows> && has_rows<testing::counted_rows>);
static_assert(similarity<restricted_similarity<testing::bare_similarity>> &&
              !has_rows<restricted_similarity<testing::bare_similarity>>);
static_assert(has_rows<restricted_similarity<testing::counted_rows>>);
static_assert(has_entries<restricted_similarity<matrix_similarity<float>>>);

TEST_CASE("a restricted similarity is the block of its items, through entries, rows and single rows alike") {
    const auto kappa = random_kernel(9, kind::smooth, 5);
    const std::vector<index_t> indices{7, 0, 3, 3};
    matrix<double> block(4, 4);
    for (index_t i = 0; i < 4; ++i)
        for (index_t j = 0; j < 4; ++j) block(i, j) = kappa(indices[std::size_t(i)], indices[std::size_t(j)]);

    const auto check = [&](const auto& source) {
        const restricted_similarity part(source, indices);
        REQUIRE(part.size() == 4);
        CHECK(part.diagonal() == block.diagonal());
        vector<double> row(4);
        for (index_t i = 0; i < 4; ++i) {
            part.row(i, row);
            CHECK(row == block.row(i).transpose());
        }
        if constexpr (has_rows<decltype(part)>) {
            const std::vector<index_t> wanted{2, 0};
            matrix<double> rows(2, 4);
            part.rows(wanted, rows);
            CHECK(rows.row(0) == block.row(2));
            CHECK(rows.row(1) == block.row(0));
        }
    };
    check(matrix_similarity(kappa));
    check(testing::bare_similarity(kappa));
    check(testing::counted_rows{kappa});
    const matrix_similarity source(kappa);
    CHECK_THROWS_WITH(restricted_similarity(source, std::vector<index_t>{1, 9}),
                      "restricted_similarity: index is 9, must be in [0, 9)");
}

TEST_CASE("a matrix that is no similarity") {
    CHECK_THROWS_WITH(matrix_similarity(matrix<double>(0, 0)), "matrix_similarity: number of items is 0, must be >= 1");
    CHECK_THROWS_WITH(matrix_similarity(matrix<double>(2, 3)),
                      "matrix_similarity: number of columns is 3, must be the number of rows, 2");
    matrix<float> values = matrix<float>::Identity(3, 3);
    values(2, 1) = NAN;
    CHECK_THROWS_WITH(matrix_similarity(values),
                      "matrix_similarity: the similarity of items 2 and 1 is NaN or infinite");
    values(2, 1) = 0.5F;
    CHECK_THROWS_WITH(matrix_similarity(values),
                      "matrix_similarity: entry (2, 1) is 0.5, must be entry (1, 2), since it is symmetric");
    values(2, 1) = 1e-6F;
    CHECK_NOTHROW(matrix_similarity(values));
}

TEST_CASE("a matrix has the rows that it has, and gives them whole") {
    const matrix_similarity<float> items(matrix<float>::Identity(3, 3));
    vector<float> row(3), shorter(2);
    matrix<float> rows(1, 3);
    const auto complaint = [](const auto& call) { return test::message_of<argument_error>(call); };
    CHECK(complaint([&] { items.row(3, row); }) == "matrix_similarity::row: i is 3, must be in [0, 3)");
    CHECK(complaint([&] { items.row(0, shorter); }) == "matrix_similarity::row: length of out is 2, must be 3");
    CHECK(complaint([&] { items.rows(std::vector<index_t>{-1}, rows); }) ==
          "matrix_similarity::rows: index is -1, must be in [0, 3)");
    CHECK(complaint([&] { items.rows(std::vector<index_t>{1, 2}, rows); }) ==
          "matrix_similarity::rows: size of out is 1 x 3, must be 2 x 3");
}

TEST_CASE("rows are read into the caller's numbers, also by a generic member") {
    vector<float> row = vector<float>::Constant(3, -1);
    read_row(counting{}, 2, row);
    CHECK(row == vector<float>::Constant(3, 2));
    matrix<float> rows = matrix<float>::Constant(2, 3, -1);
    read_rows(counting{}, std::vector<index_t>{1, 2}, rows);
    CHECK(rows.isZero());

    const auto kappa = random_kernel(5, kind::smooth, 1);
    const std::vector<index_t> wanted{4, 0, 4};
    matrix<double> together(3, 5), one_by_one(3, 5);
    read_rows(matrix_similarity(kappa), wanted, together);
    read_rows(testing::bare_similarity(kappa), wanted, one_by_one);
    CHECK(together == one_by_one);
    CHECK(together.row(1) == kappa.row(0));
}

namespace {

/// More items than any machine has memory for.
struct endless {
    using scalar = double;
    index_t size() const { return index_t{1} << 57U; }
    lpntk::vector<double> diagonal() const { return lpntk::vector<double>(size()); }
    void row(index_t, lpntk::vector_span<double>) const {}
};

}  // namespace

TEST_CASE("more items than there is memory for are a memory error that names the function and their number") {
    const auto says = [](const std::string& function, auto&& action) {
        try {
            action();
            FAIL("nothing was thrown");
        } catch (const lpntk::memory_error& error) {
            CHECK(std::string(error.what()).find(function + " of 144115188075855872 items: cannot allocate") == 0);
        }
    };
    says("single_linkage", [] { lpntk::single_linkage{}(endless{}); });
    says("maximum_spanning_tree", [] { lpntk::maximum_spanning_tree{}(endless{}); });
    says("farthest_points", [] { lpntk::farthest_points{.heads = 3}(endless{}); });
    says("kernel_k_means", [] { lpntk::kernel_k_means{.clusters = 3}(endless{}); });
    says("greedy_cover", [] { lpntk::greedy_cover{.count = 3}(endless{}); });
    says("find_self_maximal", [] { lpntk::find_self_maximal{}(endless{}); });
    says("mean_similarity", [] { lpntk::mean_similarity{}(endless{}); });
}
