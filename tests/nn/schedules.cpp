#include <lpntk/nn/schedules.hpp>

#include "support/catch.hpp"
#include "support/golden.hpp"
#include "support/temporary_folder.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t, lpntk::matrix;

namespace {

double schedule_error(const std::string& name, const nn::schedule& factor) {
    const auto expected = test::read_golden("sgd/schedule_" + name);
    matrix<double> found(1, 8);
    for (index_t epoch = 0; epoch < 8; ++epoch) found(0, epoch) = 0.1 * factor(static_cast<double>(epoch));
    return test::worst_difference(found, expected);
}

}  // namespace

TEST_CASE("schedules are those of torch.optim.lr_scheduler") {
    CHECK(schedule_error("step", nn::step_decay(0.7, 2)) < 1e-14);
    CHECK(schedule_error("multi_step", nn::multi_step_decay(0.3, {6, 2, 3})) < 1e-14);
    CHECK(schedule_error("cosine", nn::cosine_decay(8)) < 1e-14);
    CHECK(schedule_error("warm_up", nn::warm_up(3, nn::cosine_decay(5), 0.2)) < 1e-14);
}

TEST_CASE("schedules between epochs, before the first milestone and behind the last epoch") {
    CHECK(nn::step_decay(0.7, 2)(1.99) == 1);
    CHECK(nn::multi_step_decay(0.1, {3})(2.99) == 1);
    CHECK(nn::multi_step_decay(0.1, {3})(3) == 0.1);
    CHECK(nn::multi_step_decay(0.1, {})(1e9) == 1);
    CHECK(nn::cosine_decay(8)(20) == 0);
    CHECK(nn::warm_up(4)(0) == 0);
    CHECK(nn::warm_up(4)(0.5) == 0.125);
    CHECK(nn::warm_up(4)(9) == 1);
    CHECK(nn::warm_up(2, nn::step_decay(0.5, 1))(3.5) == 0.5);
}

TEST_CASE("schedules over no epochs are refused") {
    CHECK_THROWS_AS(nn::step_decay(0.7, 0), lpntk::argument_error);
    CHECK_THROWS_AS(nn::cosine_decay(-1), lpntk::argument_error);
    CHECK(test::says(test::message_of<lpntk::argument_error>([] { nn::warm_up(0); }),
                     "warm_up: epochs is 0, must be > 0"));
}
