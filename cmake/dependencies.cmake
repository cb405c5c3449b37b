# A dependency is the installed package where there is one; otherwise it is downloaded, at the version named here.
include(FetchContent)
if(POLICY CMP0135)
    cmake_policy(SET CMP0135 NEW)   # downloaded files are as old as their extraction
endif()

# lpntk_headers(<package> <target> <archive> <folder of the headers>): a header-only dependency.
# A downloaded one is not configured: its headers are all that is taken.
function(lpntk_headers package target archive folder)
    if(NOT TARGET ${target})
        find_package(${package} CONFIG QUIET)
    endif()
    if(NOT TARGET ${target})
        message(STATUS "${package} is not installed: downloading ${archive}")
        set_property(GLOBAL APPEND PROPERTY LPNTK_DOWNLOADED ${package})
        FetchContent_Declare(${package} URL ${archive} SOURCE_SUBDIR headers-only)
        FetchContent_MakeAvailable(${package})
        FetchContent_GetProperties(${package} SOURCE_DIR source)
        add_library(${target} INTERFACE IMPORTED GLOBAL)
        target_include_directories(${target} INTERFACE "${source}/${folder}")
    endif()
    set(${package}_VERSION "${${package}_VERSION}" PARENT_SCOPE)
endfunction()

# lpntk_compiled(<package> <target> <archive>): a dependency that has something to compile.
function(lpntk_compiled package target archive)
    if(NOT TARGET ${target})
        find_package(${package} QUIET)
    endif()
    if(NOT TARGET ${target})
        message(STATUS "${package} is not installed: downloading ${archive}")
        set_property(GLOBAL APPEND PROPERTY LPNTK_DOWNLOADED ${package})
        if(CMAKE_VERSION VERSION_GREATER_EQUAL 3.25)
            set(system SYSTEM)   # no warnings from its headers
        endif()
        FetchContent_Declare(${package} URL ${archive} ${system})
        FetchContent_MakeAvailable(${package})
    endif()
endfunction()

# What the headers under include/ need; sets LPNTK_DEPENDENCIES to the targets. Keep cmake/lpntkConfig.cmake alike.
macro(lpntk_library_dependencies)
    lpntk_headers(Eigen3 Eigen3::Eigen https://gitlab.com/libeigen/eigen/-/archive/3.4.0/eigen-3.4.0.tar.gz .)
    if(Eigen3_VERSION AND Eigen3_VERSION VERSION_LESS 3.4)   # asked here: Eigen 3.4 itself refuses 5 for ">= 3.4"
        message(FATAL_ERROR "lpntk needs Eigen 3.4 or newer, found ${Eigen3_VERSION} in ${Eigen3_DIR}")
    endif()

    lpntk_headers(xtl xtl https://github.com/xtensor-stack/xtl/archive/refs/tags/0.7.7.tar.gz include)
    lpntk_headers(xtensor xtensor https://github.com/xtensor-stack/xtensor/archive/refs/tags/0.25.0.tar.gz include)

    lpntk_compiled(ZLIB ZLIB::ZLIB https://github.com/madler/zlib/archive/refs/tags/v1.3.1.tar.gz)
    if(NOT TARGET ZLIB::ZLIB)   # zlib's own build names its target otherwise
        FetchContent_GetProperties(ZLIB SOURCE_DIR zlib_source BINARY_DIR zlib_binary)
        add_library(ZLIB::ZLIB INTERFACE IMPORTED GLOBAL)
        target_link_libraries(ZLIB::ZLIB INTERFACE zlibstatic)
        target_include_directories(ZLIB::ZLIB INTERFACE "${zlib_source}" "${zlib_binary}")
    endif()

    set(LPNTK_DEPENDENCIES Eigen3::Eigen xtl xtensor ZLIB::ZLIB)
    find_package(OpenMP QUIET COMPONENTS CXX)
    if(TARGET OpenMP::OpenMP_CXX)
        list(APPEND LPNTK_DEPENDENCIES OpenMP::OpenMP_CXX)
    else()
        message(STATUS "lpntk: no OpenMP, everything runs on one thread")
    endif()
    find_package(nlohmann_json 3.7 QUIET CONFIG)   # for lpntk/io/safetensors.hpp alone, which is not in lpntk.hpp
    if(TARGET nlohmann_json::nlohmann_json)
        list(APPEND LPNTK_DEPENDENCIES nlohmann_json::nlohmann_json)
    endif()
endmacro()
