// What every example program does, without its learning: data, all threads, a table, a summary, a picture.

#include <atomic>
#include <chrono>
#include <cstdio>
#include <thread>

#include <lpntk/core/parallel.hpp>
#include <support/data.hpp>
#include <support/options.hpp>
#include <support/progress_bar.hpp>

int main(int argc, char** argv) {
    examples::options options("program", "A program under hostile circumstances.", {.samples = 20});
    double seconds = 0;
    options.add("--seconds", seconds, "to work for", 0, 60);
    return examples::run_example(argc, argv, options, [&](examples::results& results) {
        const auto data = examples::load_images(options, {.validation = 1, .test = 1});
        std::atomic<int> ran = 0;
        lpntk::parallel_for(200, options.threads, examples::progress_bar("a work of some length, named at length"),
                            [&](lpntk::index_t, int) {
                                ++ran;
                                std::this_thread::sleep_for(std::chrono::duration<double>(seconds / 200));
                            });
        results.write("table.csv", {{"samples", "ran"}, {{std::to_string(data.train.size()), std::to_string(ran)}}});
        results.write_summary({{"samples", data.train.size()}, {"ran", ran.load()}});
        std::printf("%td samples, %d items ran\n", data.train.size(), ran.load());
        results.add_picture(
            "heat.png",
            examples::figure{.panels = {{.title = "heat", .heat = lpntk::matrix<float>::Random(300, 300)}}});
    });
}
