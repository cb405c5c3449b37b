#pragma once

#include <string>

#include <lpntk/mpi/communicator.hpp>

#include "kernel/models.hpp"
#include "support/temporary_folder.hpp"

namespace test {

/// All ranks; MPI is up as long as the program.
inline const lpntk::mpi::communicator& ranks() {
    static const lpntk::mpi::session session;
    static const lpntk::mpi::communicator all;
    return all;
}

/// A folder of the root's that all ranks use; gone when the last of them is through.
class shared_folder {
public:
    shared_folder() : path_(own_.path().string()) { ranks().broadcast(path_, 0); }
    ~shared_folder() { MPI_Barrier(MPI_COMM_WORLD); }

    std::filesystem::path operator/(const std::string& name) const { return std::filesystem::path(path_) / name; }

private:
    temporary_folder own_;
    std::string path_;
};

}  // namespace test
