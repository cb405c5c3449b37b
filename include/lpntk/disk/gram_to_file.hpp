#pragma once

#include <algorithm>
#include <filesystem>
#include <span>
#include <string>
#include <vector>

#include "lpntk/core/dataset.hpp"
#include "lpntk/core/parallel.hpp"
#include "lpntk/core/require.hpp"
#include "lpntk/core/sample_rows.hpp"
#include "lpntk/core/types.hpp"
#include "lpntk/disk/kernel_facts.hpp"
#include "lpntk/disk/symmetric_tiles.hpp"
#include "lpntk/io/npy_header.hpp"
#include "lpntk/io/npy_type.hpp"
#include "lpntk/io/piece_recorder.hpp"
#include "lpntk/io/resumable_file.hpp"
#include "lpntk/kernel/model_gram.hpp"

namespace lpntk::inline LPNTK_TARGET {

/// How a kernel goes to a file.
struct file_options {
    bool resume = false;      ///< go on with an unfinished file, if there is one; false: refuse to touch it
    double record_every = 5;  ///< seconds from one record of complete tiles to the next: what a kill may cost; 0: each;
                              ///< a day at most
};

/// What went into a file.
struct file_summary {
    index_t tiles = 0;    ///< of the whole kernel
    index_t resumed = 0;  ///< tiles that were there already
    double passes = 0;    ///< over the data: samples that went through the model, of N; less when tiles were there
};

namespace detail {

/// The header of an N x N matrix as NumPy writes it.
template <class T>
std::string npy_header_of_square(index_t size) {
    const auto extent = static_cast<std::uint64_t>(size);
    return io::npy_header_text({io::detail::npy_type::of<T>().spelling(), false, {extent, extent}});
}

/// The kernel_store of a file: tiles that are not there yet, written in both triangles.
template <class T>
class file_store {
public:
    file_store(io::resumable_file& file, io::piece_recorder& record, const symmetric_tiles<T>& tiles)
        : file_(file), record_(record), tiles_(tiles) {}

    bool wants(const tile_range& tile) const { return !file_.done(tiles_.number(tile)); }
    static void start(const tile_range&, index_t, T*) {}

    template <class Values>
    void take(const tile_range& tile, const Values& values) {
        tiles_.write(tile, values, [&](const T* numbers, std::size_t bytes, std::uint64_t offset) {
            file_.write(numbers, bytes, offset);
        });
        record_.add(tiles_.number(tile));
    }

private:
    io::resumable_file& file_;
    io::piece_recorder& record_;
    const symmetric_tiles<T>& tiles_;
};

}  // namespace detail

/// gram(model, inputs, labels, cotangent, making, options) as a .npy file of N x N numbers, with the same bits in both
/// triangles, within making.memory bytes however large N: np.load(file, mmap_mode="r") opens it, io::npy_similarity
/// makes it what clusterings and selections take.
///
///     lpntk::gram_to_file(net, train, lpntk::label_signs{}, "kappa.npy", {.memory = std::size_t{2} << 30}, {},
///                         {.resume = true});
///
/// Tiles go to file.part as they are computed; file.journal records those that are complete, after they are on the
/// disk. When all are, the file takes its name. After a kill, a power cut or an exception `resume` goes on from the
/// last record, with another budget or other threads if need be: the bits are those of a run that nothing stopped. It
/// is refused, with a file_error that says what differs, for another build of the library, other data, labels, weights,
/// cotangent, batch, factors or tile (a cotangent, and what a model has beside weights(), by the features of 64
/// samples). Room on the disk, N^2 numbers, is reserved at the start.
///
/// Features that do not fit are taken in blocks of samples with all their parts, against which the others stream by.
/// Writing both triangles costs twice the disk of one, and makes a row one contiguous piece. Reports as gram. Throws
/// as gram does, and file_error; whatever it throws, what is recorded stays. Not for one file from two processes at
/// once: the second is refused.
template <jacobian_provider Model, class Cotangent>
file_summary gram_to_file(const Model& model, const sample_rows<typename Model::scalar>& inputs,
                          std::span<const int> labels, const Cotangent& cotangent, const std::filesystem::path& file,
                          const feature_options& making = {}, const gram_options& options = {},
                          const file_options& how = {}) {
    using T = typename Model::scalar;
    constexpr auto function = "gram_to_file";
    const index_t size = inputs.rows();
    require(size >= 1, function, "number of samples", size, ">= 1");
    require(how.record_every >= 0 && how.record_every <= 86400, function, "record_every", how.record_every,
            "in [0, 86400]");
    gram_options own = options;
    own.tile = detail::whole_batches<T>(options.tile, size, making.batch, function);
    const detail::kernel_size all{size, size, true, true};
    const double mirrored = worker_count(options.threads) * static_cast<double>(own.tile * own.tile) * sizeof(T);
    const std::vector<part_layout> layouts = as_parts_provider(model).part_layouts();
    const pass_plan plan = detail::plan_of<T>(layouts, all, mirrored, making, own, function);

    const std::string header = detail::npy_header_of_square<T>(size);
    const detail::symmetric_tiles<T> tiles(size, own.tile, header.size());
    io::resumable_file to(
        file,
        detail::kernel_facts(model, inputs, labels, cotangent, layouts, plan.forms, making, own, own.tile, function),
        {tiles.bytes(), tiles.count()}, how.resume);
    to.write(header.data(), header.size(), 0);
    io::piece_recorder record(to, how.record_every);
    detail::file_store<T> store(to, record, tiles);
    const auto of = detail::collector(model, inputs, labels, cotangent, layouts, making, function);
    const index_t taken = detail::run_passes<T>(plan, all, making.report, own, function, of, of, store);
    record.finish();
    to.commit();
    return {tiles.count(), to.resumed(), static_cast<double>(taken) / static_cast<double>(size)};
}

/// The same for the samples of a dataset.
template <jacobian_provider Model, class Cotangent>
file_summary gram_to_file(const Model& model, const dataset<typename Model::scalar>& data, const Cotangent& cotangent,
                          const std::filesystem::path& file, const feature_options& making = {},
                          const gram_options& options = {}, const file_options& how = {}) {
    require_valid(data, model, "gram_to_file");
    return gram_to_file(model, sample_rows<typename Model::scalar>(data.inputs), std::span<const int>(data.labels),
                        cotangent, file, making, options, how);
}

}  // namespace lpntk
