#include <lpntk/lpntk.hpp>

#include <cstdio>
#include <vector>

int main() {
    std::vector<lpntk::index_t> squares(10);
    lpntk::parallel_for(10, 0, [&](lpntk::index_t i, int) { squares[static_cast<std::size_t>(i)] = i * i; });
    std::printf("9 x 9 = %d\n", static_cast<int>(squares.back()));
    return squares.back() == 81 ? 0 : 1;
}
