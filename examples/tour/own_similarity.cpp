// A similarity of your own, without any network: clustered, related, and thinned out.
#include <lpntk/lpntk.hpp>

#include <cmath>
#include <iostream>

/// The radial basis function kernel of points on a line.
struct rbf_on_a_line {
    using scalar = double;
    std::vector<double> x;

    lpntk::index_t size() const { return static_cast<lpntk::index_t>(x.size()); }
    lpntk::vector<double> diagonal() const { return lpntk::vector<double>::Ones(size()); }
    void row(lpntk::index_t i, lpntk::vector_span<double> out) const {
        for (lpntk::index_t j = 0; j < size(); ++j) {
            const double apart = x[static_cast<std::size_t>(i)] - x[static_cast<std::size_t>(j)];
            out[j] = std::exp(-apart * apart);
        }
    }
};
static_assert(lpntk::similarity<rbf_on_a_line>);

int main() {
    const rbf_on_a_line points{{0.0, 0.1, 0.2, 5.0, 5.1, 9.0}};
    const auto clusters = lpntk::farthest_points{.heads = 3}(points);
    for (const auto& members : clusters.members_by_cluster()) {
        std::cout << "cluster:";
        for (const auto i : members) std::cout << ' ' << points.x[static_cast<std::size_t>(i)];
        std::cout << '\n';
    }
    const auto relations = lpntk::count_relations{}(points);
    std::cout << "point 0 has " << relations.of(0).interchangeable << " interchangeable partners\n";
    const auto kept = lpntk::keep_heads{}(clusters);
    std::cout << "kept " << kept.size() << " of " << kept.total() << '\n';
    return kept.size() == 3 ? 0 : 1;
}
