// Accuracy against the fraction of the training set kept, for every way to choose what is kept.

#include <cstdio>
#include <functional>

#include <lpntk/lpntk.hpp>

#include "support/data.hpp"
#include "support/options.hpp"
#include "support/plot.hpp"
#include "support/progress_bar.hpp"
#include "support/summary.hpp"
#include "support/table.hpp"

namespace nn = lpntk::nn;
using lpntk::selection;

namespace {

/// A way to choose: by name, the ratio, and the seed of what is random in it.
struct method {
    std::string name;
    std::function<selection(double ratio, std::uint64_t seed)> choose;
};

struct recipe {
    int epochs = 8;
    int threads = 0;
    std::uint64_t seed = 0;
};

template <class Observer = std::nullptr_t>
auto trained_lenet(const lpntk::dataset<float>& train, const recipe& how, Observer after_step = nullptr) {
    auto net = nn::lenet<float>(how.seed);
    nn::train(net, train, {.epochs = how.epochs, .learning_rate = 0.02F, .batch = 64,
                           .rate_by_epoch = nn::cosine_decay(how.epochs), .seed = how.seed, .threads = how.threads,
                           .after_step = after_step});
    return net;
}

/// Every method of the library, fed by one network trained on the full set; the first is uniform.
std::vector<method> all_methods(const lpntk::dataset<float>& train, const recipe& how) {
    using std::span;
    lpntk::forgetting_score forgetting(train.labels);
    const auto net = trained_lenet(train, how, std::ref(forgetting));
    const auto labels = span<const int>(train.labels);
    const int classes = train.classes;
    const auto kappa = std::make_shared<lpntk::gram_matrix<float>>(
        lpntk::gram(lpntk::tangent_features(net, train, lpntk::label_signs{}, {.threads = how.threads}), {.threads = how.threads}));
    const auto clusters = [=](double heads_share) {
        return lpntk::by_class(*kappa, labels, classes, [=](const auto& items) {
            return lpntk::farthest_points{.heads = lpntk::kept_count(items.size(), heads_share, "--heads")}(items);
        });
    };
    const auto tenth = std::make_shared<lpntk::class_clusterings>(clusters(0.1));
    const auto trees = std::make_shared<lpntk::per_class<lpntk::linkage_tree>>(
        lpntk::by_class(*kappa, labels, classes, lpntk::single_linkage{}));
    const auto last_layer = std::make_shared<lpntk::matrix<float>>(net.last_layer_features(train.inputs, how.threads));
    const auto hardest = [=](const auto& values) {
        const std::vector<double> scores(values.begin(), values.end());
        return [=](double ratio, std::uint64_t) { return lpntk::by_score{.ratio = ratio}(scores, labels, classes); };
    };
    using end = lpntk::average_similarity::end;
    return {
        {"uniform", [=](double r, auto seed) { return lpntk::uniform{r, seed}(labels, classes); }},
        {"lpNTK redundant dropped", [=](double r, auto seed) { return lpntk::drop_redundant{.ratio = r, .seed = seed}(*tenth); }},
        {"lpNTK tail dropped", [=](double r, auto seed) { return lpntk::drop_tail{.ratio = r, .seed = seed}(*tenth); }},
        {"lpNTK FPC heads", [=](double r, auto) { return lpntk::keep_heads{}(clusters(r)); }},
        {"lpNTK FPC random member", [=](double r, auto seed) { return lpntk::keep_random_member{seed}(clusters(r)); }},
        {"lpNTK hierarchical", [=](double r, auto seed) { return lpntk::hierarchical{r, seed}(*trees); }},
        {"lpNTK most similar dropped", [=](double r, auto) { return lpntk::average_similarity{r, end::most_similar}(*kappa, labels, classes); }},
        {"lpNTK least similar dropped", [=](double r, auto) { return lpntk::average_similarity{r, end::least_similar}(*kappa, labels, classes); }},
        {"lpNTK self-maximal", [=](double r, auto seed) { return lpntk::self_maximal{r, seed}(*kappa, labels, classes); }},
        {"lpNTK facility location", [=](double r, auto) { return lpntk::facility_location{.ratio = r}(*kappa, labels, classes); }},
        {"EL2N, hardest", hardest(lpntk::el2n<float>(net.logits(train.inputs, how.threads), labels))},
        {"GraNd, hardest", hardest(lpntk::feature_norms(net, train, lpntk::loss_gradient{}, {.threads = how.threads}))},
        {"NTK norm, largest", hardest(lpntk::feature_norms(net, train, lpntk::all_ones{}, {.threads = how.threads}))},
        {"forgetting, most", hardest(forgetting.values())},
        {"k-centre, last layer", [=](double r, auto) { return lpntk::k_centre_greedy{.ratio = r}(*last_layer, labels, classes); }},
    };
}

}  // namespace

int main(int argc, char** argv) {
    examples::options options("compare_pruning", "Accuracy against the fraction kept, for every selection method.", {.samples = 1000});
    std::vector<double> ratios{1.0, 0.9, 0.7, 0.5, 0.3, 0.1};
    int seeds = 3;
    bool quick = false;
    recipe how;
    options.add("--ratios", ratios, "fractions to keep", 0.001, 1.0);
    options.add("--seeds", seeds, "repetitions, each with its own samples and weights", 1, 1000);
    options.add("--epochs", how.epochs, "epochs of each training", 1, 1000);
    options.add_flag("--quick", quick, "two minutes: one seed, 500 samples, ratios 1, 0.5 and 0.1 where not given");

    return examples::run_example(argc, argv, options, [&] {
        if (quick && !options.given("--samples")) options.samples = 500;
        if (quick && !options.given("--seeds")) seeds = 1;
        if (quick && !options.given("--ratios")) ratios = {1.0, 0.5, 0.1};
        const std::uint64_t first_seed = options.seed;
        how.threads = options.threads;

        std::vector<std::string> names;
        std::vector<std::vector<std::vector<double>>> accuracies;   // method, ratio, seed
        examples::table runs{{"method", "ratio", "seed", "kept", "accuracy"}, {}};
        const auto bar = examples::progress_bar("compare");
        for (int repeat = 0; repeat < seeds; ++repeat) {
            options.seed = how.seed = first_seed + static_cast<std::uint64_t>(repeat);
            const auto data = examples::load_images(options);
            const auto methods = all_methods(data.train, how);
            const auto total = static_cast<lpntk::index_t>(seeds * 100);
            accuracies.resize(methods.size(), std::vector<std::vector<double>>(ratios.size()));
            double full = -1, done = 0, all = 0;
            for (const double ratio : ratios) all += ratio * static_cast<double>(ratio == 1 ? 1 : methods.size());
            for (std::size_t m = 0; m < methods.size(); ++m) {
                if (repeat == 0) names.push_back(methods[m].name);
                for (std::size_t r = 0; r < ratios.size(); ++r) {
                    const auto kept = ratios[r] == 1 ? lpntk::uniform{}(data.train.labels, data.train.classes)
                                                     : methods[m].choose(ratios[r], how.seed);
                    double accuracy = full;
                    if (ratios[r] < 1 || full < 0) {
                        const auto net = trained_lenet(lpntk::subset(data.train, std::span(kept.kept)), how);
                        accuracy = nn::accuracy(net, data.test, how.threads);
                        done += ratios[r];
                    }
                    if (ratios[r] == 1) full = accuracy;
                    accuracies[m][r].push_back(accuracy);
                    runs.rows.push_back({names[m], examples::number(ratios[r], 3), std::to_string(how.seed),
                                         std::to_string(kept.size()), examples::number(accuracy, 4)});
                    if (bar) bar(std::min(total, repeat * 100 + static_cast<lpntk::index_t>(100 * done / all)), total);
                }
            }
        }

        examples::table report{{"method"}, {}};
        for (const double ratio : ratios) report.header.push_back(examples::number(100 * ratio, 0) + " %");
        examples::json methods = examples::json::object();
        examples::panel by_kernel{.title = "Selection by lpNTK", .x = {.label = "fraction kept"}, .y = {.label = "test accuracy"}};
        examples::panel by_others = by_kernel;
        by_others.title = "Baselines";
        by_kernel.legend = by_others.legend = "bottom right";
        for (std::size_t m = 0; m < names.size(); ++m) {
            std::vector<std::string> row{names[m]};
            examples::series line{.label = names[m], .x = ratios, .style = m == 0 ? examples::mark::dashed : examples::mark::line_points};
            for (std::size_t r = 0; r < ratios.size(); ++r) {
                const auto [mean, deviation] = examples::spread(accuracies[m][r]);
                row.push_back(examples::number(100 * mean, 2) + " ± " + examples::number(100 * deviation, 2));
                line.y.push_back(mean);
                line.error.push_back(deviation);
                methods[names[m]].push_back({{"ratio", ratios[r]}, {"mean", mean}, {"deviation", deviation}});
            }
            report.rows.push_back(row);
            const bool kernel = names[m].starts_with("lpNTK");
            if (kernel || m == 0) by_kernel.lines.push_back(line);
            if (!kernel) by_others.lines.push_back(line);
        }
        examples::write_text(options.out / "runs.csv", examples::csv(runs));
        examples::write_text(options.out / "table.csv", examples::csv(report));
        examples::draw({.panels = {by_kernel, by_others}}, options.out / "pruning.png");
        examples::write_summary(options.out, {{"samples", options.samples}, {"seeds", seeds}, {"epochs", how.epochs}, {"methods", methods}});
        std::printf("test accuracy in %%, mean and standard deviation of %d seeds\n%s", seeds, examples::text(report).c_str());
    });
}
