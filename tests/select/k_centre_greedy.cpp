#include <lpntk/select/k_centre_greedy.hpp>

#include <algorithm>
#include <cmath>
#include <vector>

#include "cluster/similarities.hpp"
#include "support/catch.hpp"

using namespace lpntk;

TEST_CASE("k-centre greedy: every next centre is the farthest, whatever the threads") {
    for (std::uint64_t seed = 0; seed < 10; ++seed) {
        random_stream random(seed, 1);
        matrix<float> features(600, 3);  // more than two chunks
        for (float& value : features.reshaped<Eigen::RowMajor>()) value = static_cast<float>(random.below(12));
        const auto chosen = k_centre_greedy{.ratio = 0.02, .seed = seed, .threads = 1}(features);
        REQUIRE(chosen.size() == 12);
        for (const int threads : {2, 3, 8})
            CHECK(k_centre_greedy{.ratio = 0.02, .seed = seed, .threads = threads}(features) == chosen);
        // The same greedy walk by definition, from each possible start: one of them must be it.
        bool found = false;
        for (index_t start : chosen.kept) {
            std::vector<index_t> walk{start};
            while (walk.size() < 12) {
                index_t farthest = 0;
                float most = -1;
                for (index_t i = 0; i < 600; ++i) {
                    float least = INFINITY;
                    for (const index_t c : walk)
                        least = std::min(least, (features.row(i) - features.row(c)).squaredNorm());
                    if (least > most) most = least, farthest = i;
                }
                walk.push_back(farthest);
            }
            std::sort(walk.begin(), walk.end());
            found = found || walk == chosen.kept;
        }
        CHECK(found);
    }
}

TEST_CASE("k-centre greedy: quotas by class, duplicates, all of them, bad input") {
    const matrix<double> same = matrix<double>::Ones(6, 2);
    CHECK(k_centre_greedy{.ratio = 1}(same).kept == std::vector<index_t>{0, 1, 2, 3, 4, 5});
    CHECK(k_centre_greedy{.ratio = 0.5}(same).size() == 3);
    const std::vector<int> labels{0, 1, 1, 1, 1, 0};
    CHECK(k_centre_greedy{.ratio = 0.5}(same, {labels, 2}).kept_per_class == std::vector<index_t>{1, 2});
    CHECK_THROWS_AS(k_centre_greedy{.ratio = 0.5}(same, {labels, 3}), argument_error);
    CHECK_THROWS_AS(k_centre_greedy{.ratio = 0.5}(same, std::vector<int>{0}), argument_error);
    CHECK_THROWS_AS(k_centre_greedy{}(matrix<double>(0, 2)), argument_error);
    matrix<double> broken = same;
    broken(3, 1) = NAN;
    CHECK_THROWS_WITH(k_centre_greedy{}(broken), "k_centre_greedy: feature of sample 3 holds NaN or infinity");
}

TEST_CASE("k-centre greedy chooses the same samples whatever the unit of the features") {
    matrix<float> features = matrix<float>::Zero(6, 1);
    for (index_t i = 1; i < 6; ++i) features(i, 0) = static_cast<float>(i < 5 ? i : 10);
    const auto kept = k_centre_greedy{.ratio = 0.34, .seed = 1}(features).kept;
    CHECK(kept.back() == 5);
    for (const float unit : {1e-30F, 1e-25F, 1e20F, 1e37F})
        CHECK(k_centre_greedy{.ratio = 0.34, .seed = 1}(matrix<float>(unit * features)).kept == kept);
}
