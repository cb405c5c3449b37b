// Looks through somebody's labelled images: which labels are wrong, what is there twice, what could go.

#include <cstdio>
#include <filesystem>
#include <string>

#include <lpntk/nn/train.hpp>

#include "inspect/classes.hpp"
#include "inspect/collection.hpp"
#include "inspect/labels.hpp"
#include "inspect/memory.hpp"
#include "inspect/model.hpp"
#include "inspect/report.hpp"
#include "support/options.hpp"
#include "support/peak_memory.hpp"
#include "support/progress_bar.hpp"
#include "support/stopwatch.hpp"

namespace {

using lpntk::index_t;

/// Own options of the program.
struct settings {
    std::filesystem::path names;
    index_t memory = 2048;
    index_t shown = 300;
    double alike = 0.95;
    inspect::class_options classes;

    void add_to(examples::options& options) {
        options.add_input("--names", names, "names of the classes, one a line");
        options.add("--memory", memory, "MiB for kernels and what is computed from them", index_t{16},
                    index_t{1} << 24U);
        options.add("--keep", classes.keep, "share of the clean samples to keep", 0.01, 1.0);
        options.add("--duplicates", classes.epsilon, "cosine distance up to which samples are the same", 0.0, 1.0);
        options.add("--alike", alike, "cosine from which two samples of different labels are told of", 0.0, 1.0);
        options.add("--show", shown, "suspects in the report; all are in suspects.csv", index_t{0}, index_t{100'000});
    }
};

void print(const inspect::collection& of, const inspect::all_findings& found) {
    std::printf("  suspected labels   %6zu\n", found.labels.suspects.size());
    if (found.labels.unsure())
        std::printf(
            "  %.4f of the labels are foretold by other samples: if more than that are right, the network knows\n"
            "  too little, and most suspects are hard samples. Try more --epochs, another --network or --weights\n",
            found.labels.foretold_share());
    std::printf("  near duplicates    %6zu sets, %td copies that could go\n", found.duplicates().size(),
                found.copies_to_drop());
    std::printf("  contradictory      %6zu pairs of different labels that look alike, %zu of one label that do not\n",
                found.labels.conflicts.size(), found.contradictory().size());
    std::printf("  redundant          %6zu\n", found.redundant().size());
    std::printf("  kept               %6zu of %td\n", found.kept().size(), of.size());
    std::printf("  labels foretold by the other samples: %.4f by all, %.4f by the kept, %.4f by as many at random\n",
                found.cost.by_all, found.cost.by_kept, found.cost.by_random);
}

}  // namespace

int main(int argc, char** argv) {
    examples::options options(
        "inspect", "Finds wrong labels, duplicates and redundant samples of labelled images, and writes a report.",
        {.samples = 1'000'000,
         .samples_help = "number of samples at most, drawn at random when there are more",
         .data_help = "folder with MNIST's files (IDX), CIFAR-10's (binary), or images.npy and labels.npy",
         .pictures = false});
    settings own;
    own.add_to(options);
    const inspect::model_options models(options);

    return examples::run_example(argc, argv, options, [&](examples::results& results) {
        const std::size_t memory = static_cast<std::size_t>(own.memory) << 20U;
        inspect::require_available(memory);
        examples::stopwatch clock;
        const auto collection = inspect::read_collection(options, own.names);
        const auto& data = collection.data();
        auto chosen = models.choose(collection);
        auto& net = chosen.model;
        const auto plan = inspect::share_memory(net, data, memory, options.seed, options.threads);
        std::printf("%s: %td samples, %d classes; %s\n", collection.images.name.c_str(), data.size(), data.classes,
                    collection.understood.c_str());
        if (!plan.whole())
            std::printf("--memory %td: labels are foretold within %zu parts of %zu samples, not from all at once\n",
                        own.memory, plan.parts.size(), plan.parts.front().size());
        const double seconds_read = clock.lap();

        if (chosen.train) net = chosen.train(results);
        const double accuracy = lpntk::nn::accuracy(net, data, options.threads);
        const double seconds_train = clock.lap();

        auto [labels, kernel] = inspect::foretell_labels(net, data, plan, own.alike, options.threads);
        const double seconds_labels = clock.lap();
        own.classes.memory = plan.beside_part();
        own.classes.seed = options.seed;
        own.classes.threads = options.threads;
        inspect::all_findings found{std::move(labels), {}, {}};
        found.classes = inspect::inspect_classes(net, data, found.labels.issues.wrong, own.classes);
        const double seconds_classes = clock.lap();
        std::vector<index_t> redundant;
        for (const auto& one : found.redundant()) redundant.push_back(one.sample);
        found.cost = inspect::price_of(kernel, data, plan.parts.back(), found.kept(), redundant, found.labels,
                                       options.seed, options.threads);
        const double seconds_cost = clock.lap();

        std::printf("%s with %td weights, right on %.4f of the labels\n", chosen.title.c_str(), net.parameters(),
                    accuracy);
        if (chosen.epochs == 0 && accuracy < 0.5)
            std::printf(
                "  that is few for a network that is loaded: has it other classes, or was it trained on other "
                "--pixels?\n");
        print(collection, found);
        inspect::write_tables(results, collection, found);
        const examples::json facts{{"data", collection.images.name},
                                   {"network", chosen.name},
                                   {"samples", data.size()},
                                   {"classes", data.classes},
                                   {"parameters", net.parameters()},
                                   {"epochs", chosen.epochs},
                                   {"accuracy", accuracy},
                                   {"parts", plan.parts.size()},
                                   {"suspects", found.labels.suspects.size()},
                                   {"duplicate_sets", found.duplicates().size()},
                                   {"copies", found.copies_to_drop()},
                                   {"conflicts", found.labels.conflicts.size()},
                                   {"contradictory", found.contradictory().size()},
                                   {"redundant", redundant.size()},
                                   {"kept", found.kept().size()},
                                   {"foretold",
                                    {{"share", found.labels.foretold_share()},
                                     {"unsure", found.labels.unsure()},
                                     {"labels", found.cost.samples},
                                     {"kept", found.cost.kept},
                                     {"by_all", found.cost.by_all},
                                     {"by_kept", found.cost.by_kept},
                                     {"by_random", found.cost.by_random}}},
                                   {"seconds",
                                    {{"read", seconds_read},
                                     {"train", seconds_train},
                                     {"labels", seconds_labels},
                                     {"classes", seconds_classes},
                                     {"cost", seconds_cost}}},
                                   {"memory_mib", own.memory},
                                   {"peak_mib", examples::peak_mib()}};
        results.write_summary(facts);
        examples::write_text(results.file("report.html"),
                             inspect::report_page(collection, found, facts, static_cast<std::size_t>(own.shown)));
    });
}
