#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <lpntk/core/dataset.hpp>
#include <lpntk/io/npy.hpp>

namespace experiments {

/// Writes what trak_peer.py reads beside the weights of networks: images and labels, the parts that networks were
/// retrained on and their outputs.
inline void write_attribution_dump(const std::filesystem::path& folder, const lpntk::dataset<float>& train,
                                   const lpntk::dataset<float>& test, const lpntk::matrix<double>& outputs,
                                   const std::vector<std::vector<lpntk::index_t>>& parts) {
    const auto write_set = [&](const std::string& name, const lpntk::dataset<float>& data) {
        lpntk::io::write_npy(folder / (name + "_images.npy"), data.inputs);
        lpntk::io::write_npy(folder / (name + "_labels.npy"),
                             std::vector<lpntk::index_t>(data.labels.begin(), data.labels.end()));
    };
    write_set("train", train);
    write_set("test", test);
    lpntk::io::write_npy(folder / "outputs.npy", outputs);
    std::vector<lpntk::index_t> members;
    for (const auto& part : parts) members.insert(members.end(), part.begin(), part.end());
    lpntk::io::write_npy(folder / "parts.npy", members);
}

}  // namespace experiments
