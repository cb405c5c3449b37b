// Theorem 1 by numbers: in NTK parametrisation lpNTK approaches the empirical NTK as one over the root of the width.

#include <cmath>
#include <cstdio>
#include <set>

#include <lpntk/lpntk.hpp>

#include "experiments/recursive_split.hpp"
#include "experiments/width_convergence.hpp"
#include "support/data.hpp"
#include "support/options.hpp"
#include "support/progress_bar.hpp"

namespace nn = lpntk::nn;
using lpntk::index_t, experiments::width_gap;

namespace {

/// A gap that the theorem says falls: how it is called here and which pairs it is over.
struct curve {
    const char* name;
    experiments::gaps_by_width experiments::width_convergence_result::* pairs;
    double width_gap::* kind;
};
constexpr curve curves[] = {
    {"same_label", &experiments::width_convergence_result::same_label, &width_gap::kernel},
    {"different_label", &experiments::width_convergence_result::different_label, &width_gap::kernel},
    {"different_label_centred", &experiments::width_convergence_result::different_label, &width_gap::centred},
    {"identity", &experiments::width_convergence_result::same_label, &width_gap::identity},
};

std::string caption(const std::string& name) {
    if (name == "same_label") return "one label, |kappa - m|";
    if (name == "different_label") return "two labels, |kappa - m|";
    if (name == "different_label_centred") return "two labels, |kappa - (K-4)m/K|";
    return "one label, ||K - m I||";
}

/// The straight line of this slope through the means of the logarithms.
examples::series fitted(const std::vector<double>& x, const std::vector<double>& y, double slope) {
    double offset = 0;
    for (std::size_t i = 0; i < x.size(); ++i)
        offset += (std::log(y[i]) - slope * std::log(x[i])) / static_cast<double>(x.size());
    examples::series line{.x = x, .style = examples::mark::dashed, .colour = -2};
    for (const double at : x) line.y.push_back(std::exp(offset + slope * std::log(at)));
    return line;
}

}  // namespace

int main(int argc, char** argv) {
    examples::options options("width_convergence",
                              "Measures how lpNTK approaches the empirical NTK as the width grows.", {.samples = 30});
    experiments::width_convergence experiment;
    options.add("--seeds", experiment.seeds, "initialisations of each width", 2, 1000);
    options.add("--widths", experiment.widths, "hidden units of a layer", 2, 65'536);

    return examples::run_example(argc, argv, options, [&](examples::results& results) {
        const auto different = std::set(experiment.widths.begin(), experiment.widths.end()).size();
        lpntk::require(different >= 2, "--widths", "number of different widths", different, ">= 2");
        const index_t per_class = std::max<index_t>(2, options.samples / 10);
        options.samples = 40 * per_class;  // to choose as many of each class from
        const auto images = examples::load_images(options, {.validation = 1, .test = 1});
        const auto chosen =
            experiments::split_recursively(images.train.labels, images.train.classes, per_class, options.seed)
                .universe();
        const auto data = lpntk::subset(images.train, std::span(chosen));
        experiment.first_seed = options.seed;
        experiment.threads = options.threads;

        examples::json summary{{"data", images.name},
                               {"samples", data.size()},
                               {"seeds", experiment.seeds},
                               {"widths", experiment.widths}};
        examples::table table{{"hidden layers", "width", "gap", "mean over seeds"}, {}};
        examples::figure figure{
            .title = "Theorem 1, " + images.name + ", " + std::to_string(experiment.seeds) + " initialisations a width",
            .height = 640};
        for (const int layers : {1, 2}) {
            experiment.report = examples::progress_bar(std::to_string(layers) + " hidden layers");
            const auto found = layers == 1 ? experiment(data,
                                                        [](index_t width, std::uint64_t seed) {
                                                            return nn::ntk_mlp<float>({784, width, 10}, seed);
                                                        })
                                           : experiment(data, [](index_t width, std::uint64_t seed) {
                                                 return nn::ntk_mlp<float>({784, width, width, 10}, seed);
                                             });
            examples::json values;
            examples::panel panel{.title = std::to_string(layers) + (layers == 1 ? " hidden layer" : " hidden layers"),
                                  .x = {.label = "width", .log = true},
                                  .y = {.label = "gap, relative to |m|", .log = true, .low = 1e-3},
                                  .legend = "bottom left"};
            for (const curve& c : curves) {
                const experiments::gaps_by_width& gaps = found.*(c.pairs);
                const auto mean = gaps.mean(c.kind);
                const auto slope = gaps.slope(c.kind, {.seed = options.seed});
                values[std::string("gap_") + c.name] = mean;
                values[std::string("slope_") + c.name] = slope.value;
                values[std::string("slope_") + c.name + "_interval"] = {slope.low, slope.high};
                panel.lines.push_back(fitted(gaps.widths, mean, slope.value));
                panel.lines.push_back({.label = caption(c.name) + ", slope " + examples::number(slope.value, 2),
                                       .x = gaps.widths,
                                       .y = mean,
                                       .style = examples::mark::line_points});
                for (std::size_t w = 0; w < mean.size(); ++w)
                    table.rows.push_back({std::to_string(layers), examples::number(gaps.widths[w], 0), c.name,
                                          examples::number(mean[w], 5)});
                std::printf("%d hidden: %-24s slope %6.3f in [%6.3f, %6.3f]\n", layers, c.name, slope.value, slope.low,
                            slope.high);
            }
            figure.panels.push_back(std::move(panel));
            if (layers == 1)
                summary.update(values);
            else
                summary["two_hidden_layers"] = values;
        }
        results.write("width_convergence.csv", table);
        results.write_summary(summary);
        results.add_picture("width_convergence.png", std::move(figure));
    });
}
