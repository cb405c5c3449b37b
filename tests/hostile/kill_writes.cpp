// Kills a writer at 200 random moments: the file is always one version, whole, and what the killed leave is removed.
#include <sys/wait.h>
#include <unistd.h>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <random>
#include <string>
#include <vector>

#include <lpntk/io/npy.hpp>

using lpntk::index_t;

namespace {

/// Up to 800 KB of the number `version`.
std::vector<index_t> content(index_t version) {
    return std::vector<index_t>(static_cast<std::size_t>(1 + version * 7919 % 100'003), version);
}

/// The version in the file, 0 if there is no file yet; ends the program if it is not whole.
index_t version_in(const std::filesystem::path& file) {
    if (!std::filesystem::exists(file)) return 0;
    const auto numbers = lpntk::io::read_npy_indices(file);
    if (numbers.empty() || numbers != content(numbers[0])) {
        std::puts("the file mixes versions");
        std::_Exit(1);
    }
    return numbers[0];
}

std::ptrdiff_t entries(const std::filesystem::path& folder) {
    return std::distance(std::filesystem::directory_iterator(folder), {});
}

/// Writes version after version until it is killed.
[[noreturn]] void write_for_ever(const std::filesystem::path& file, index_t version) {
    for (;; ++version) lpntk::io::write_npy(file, content(version));
}

}  // namespace

int main() {
    std::string pattern = (std::filesystem::temp_directory_path() / "lpntk-kill-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) return 1;
    const std::filesystem::path folder = pattern, file = folder / "file.npy";
    std::mt19937 random(1);  // NOLINT: the same moments each time, as far as the machine allows
    index_t version = 0;
    int left_behind = 0, failures = 0;
    for (int kill_number = 0; kill_number < 200; ++kill_number) {
        const pid_t writer = fork();
        if (writer < 0) return 1;
        if (writer == 0) write_for_ever(file, version + 1);
        usleep(static_cast<useconds_t>(random() % 20'000));
        kill(writer, SIGKILL);
        waitpid(writer, nullptr, 0);
        const index_t found = version_in(file);
        if (found < version) ++failures;  // an older version came back
        version = found;
        const auto leftovers = entries(folder) - (version > 0 ? 1 : 0);
        if (leftovers > 1) ++failures;  // the writer began without removing what was there
        left_behind += leftovers > 0 ? 1 : 0;
    }
    lpntk::io::write_npy(file, content(version + 1));
    if (entries(folder) != 1 || version_in(file) != version + 1) ++failures;
    std::printf("200 kills, %ld versions, %d temporary files left behind, %d failures\n", static_cast<long>(version),
                left_behind, failures);
    std::filesystem::remove_all(folder);
    return failures == 0 && left_behind > 0 && version > 0 ? 0 : 1;
}
