// A Gram on disk under hostile circumstances.
//
//     gram kill [KILLS]       kills the writer at random moments and has the next one resume: the file is that of a run
//                             that nobody killed
//     gram write FILE FILLER  writes or resumes FILE; once it has begun, fills the disk with FILLER unless that is
//     there
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <random>
#include <string>
#include <vector>

#include <lpntk/core/require.hpp>
#include <lpntk/disk/gram_to_file.hpp>
#include <lpntk/io/npy.hpp>
#include <lpntk/kernel/gram.hpp>
#include <lpntk/nn/zoo.hpp>

using lpntk::index_t;

namespace {

lpntk::dataset<float> samples() {
    lpntk::dataset<float> data{lpntk::matrix<float>(900, 40), {}, 5, {1, 1, 40}};
    for (index_t i = 0; i < data.size(); ++i) {
        data.labels.push_back(static_cast<int>(i % 5));
        for (index_t k = 0; k < 40; ++k)
            data.inputs(i, k) = static_cast<float>((i * 37 + k * i * i + k) % 101) / 50 - 1;
    }
    return data;
}

/// Writes the file in small tiles and several blocks; 0 when it is whole, 2 after an error.
int write_gram(const std::filesystem::path& file, const lpntk::progress& report) {
    try {
        (void)lpntk::gram_to_file(lpntk::nn::mlp<float>({40, 200, 5}, 1), samples(), lpntk::label_signs{}, file,
                                  {.threads = 2, .memory = 600'000}, {.threads = 2, .tile = 16, .report = report},
                                  {.resume = true, .record_every = 0});
        return 0;
    } catch (const lpntk::error& failure) {
        std::puts(failure.what());
        return 2;
    }
}

void fill_disk(const std::string& filler) {
    std::ofstream stream(filler);
    while (stream.write(std::string(512, 'x').data(), 512).flush()) {
    }
}

/// How many of the finished files are not those of a run that nobody killed.
int different(const std::vector<std::filesystem::path>& files) {
    const auto data = samples();
    const auto net = lpntk::nn::mlp<float>({40, 200, 5}, 1);
    const auto kappa = lpntk::gram(lpntk::tangent_features(net, data, lpntk::label_signs{})).dense();
    int count = 0;
    for (const auto& file : files) count += lpntk::io::read_npy<float>(file) != kappa ? 1 : 0;
    return count;
}

int kill_writers(int kills) {
    std::string pattern = (std::filesystem::temp_directory_path() / "lpntk-kill-gram-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) return 1;
    const std::filesystem::path folder = pattern, file = folder / "kappa.npy";
    std::mt19937 random(1);  // NOLINT: the same moments each time, as far as the machine allows
    std::vector<std::filesystem::path> finished;
    int killed = 0, failures = 0;
    while (failures == 0 && (killed < kills || finished.empty())) {
        const pid_t writer = fork();  // OpenMP starts in the children alone: it does not survive a fork
        if (writer < 0) return 1;
        if (writer == 0) std::_Exit(write_gram(file, {}));
        if (killed < kills) {
            usleep(static_cast<useconds_t>(random() % 400'000));
            kill(writer, SIGKILL);
        }
        int status = 0;
        waitpid(writer, &status, 0);
        if (WIFSIGNALED(status)) {
            ++killed;
            continue;
        }
        finished.push_back(folder / std::to_string(finished.size()));
        if (WEXITSTATUS(status) != 0) break;
        std::filesystem::rename(file, finished.back());
        const auto entries = std::distance(std::filesystem::directory_iterator(folder), {});
        if (entries != static_cast<std::ptrdiff_t>(finished.size())) ++failures;
    }
    failures += finished.empty() ? 1 : different(finished);
    std::printf("%d kills, %zu files finished, %d failures\n", killed, finished.size(), failures);
    std::filesystem::remove_all(folder);
    return failures == 0 ? 0 : 1;
}

}  // namespace

int main(int argc, char** argv) {
    const std::string what = argc > 1 ? argv[1] : "kill";
    if (what == "kill") return kill_writers(argc > 2 ? std::atoi(argv[2]) : 10);
    if (what != "write" || argc != 4) return 1;
    const std::string filler = argv[3];
    return write_gram(argv[2], [&](index_t, index_t) {
        if (!filler.empty() && !std::filesystem::exists(filler)) fill_disk(filler);
    });
}
