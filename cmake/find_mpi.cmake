# lpntk::mpi: the headers of lpntk/mpi with an MPI, if there is one (Debian: libopenmpi-dev openmpi-bin).
set(lpntk_no_mpi "install libopenmpi-dev, or set MPI_HOME")
find_package(MPI QUIET COMPONENTS CXX)
if(TARGET MPI::MPI_CXX AND NOT TARGET lpntk::mpi)
    add_library(lpntk::mpi INTERFACE IMPORTED GLOBAL)
    target_link_libraries(lpntk::mpi INTERFACE lpntk::lpntk MPI::MPI_CXX)
    target_compile_definitions(lpntk::mpi INTERFACE OMPI_SKIP_MPICXX MPICH_SKIP_MPICXX)   # the C functions alone
endif()
