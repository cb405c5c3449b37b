# find_package(lpntk) ends here: finds what the headers include and defines lpntk::lpntk.
include(CMakeFindDependencyMacro)

find_dependency(Eigen3 CONFIG)
if(Eigen3_VERSION AND Eigen3_VERSION VERSION_LESS 3.4)   # asked here: Eigen 3.4 itself refuses 5 for ">= 3.4"
    set(lpntk_FOUND FALSE)
    set(lpntk_NOT_FOUND_MESSAGE "lpntk needs Eigen 3.4 or newer, found ${Eigen3_VERSION} in ${Eigen3_DIR}")
    return()
endif()
find_dependency(xtl CONFIG)
find_dependency(xtensor CONFIG)
find_dependency(ZLIB)
find_package(OpenMP QUIET COMPONENTS CXX)   # without it everything runs on one thread

include("${CMAKE_CURRENT_LIST_DIR}/lpntkTargets.cmake")
if("torch" IN_LIST lpntk_FIND_COMPONENTS)
    include("${CMAKE_CURRENT_LIST_DIR}/find_torch.cmake")
    if(NOT TARGET lpntk::torch AND lpntk_FIND_REQUIRED_torch)
        set(lpntk_FOUND FALSE)
        set(lpntk_NOT_FOUND_MESSAGE "no libtorch: install libtorch-dev, or torch for python3, or set LPNTK_TORCH_FOLDER")
        return()
    endif()
endif()
target_link_libraries(lpntk::lpntk INTERFACE Eigen3::Eigen xtl xtensor ZLIB::ZLIB)
if(TARGET OpenMP::OpenMP_CXX)
    target_link_libraries(lpntk::lpntk INTERFACE OpenMP::OpenMP_CXX)
endif()
find_package(nlohmann_json 3.7 QUIET CONFIG)   # for lpntk/io/safetensors.hpp alone, which is not in lpntk.hpp
if(TARGET nlohmann_json::nlohmann_json)
    target_link_libraries(lpntk::lpntk INTERFACE nlohmann_json::nlohmann_json)
endif()
