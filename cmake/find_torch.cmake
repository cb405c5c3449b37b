# lpntk::torch: the headers of lpntk/torch with a libtorch, if there is one: Debian's libtorch-dev, or the one inside the
# torch package of python3. The libraries for the CPU are linked; for other devices link your own Torch beside it.
set(lpntk_no_torch "install libtorch-dev, or torch for python3, or set LPNTK_TORCH_FOLDER")
if(NOT LPNTK_TORCH_FOLDER)
    find_program(LPNTK_PYTHON python3)
    if(LPNTK_PYTHON)
        execute_process(COMMAND ${LPNTK_PYTHON} -c
            "import importlib.util, os; print(os.path.dirname(importlib.util.find_spec('torch').origin))"
            OUTPUT_VARIABLE LPNTK_TORCH_FOLDER OUTPUT_STRIP_TRAILING_WHITESPACE ERROR_QUIET)
    endif()
endif()
find_path(LPNTK_TORCH_INCLUDE torch/script.h HINTS ${CMAKE_PREFIX_PATH} ${LPNTK_TORCH_FOLDER} PATH_SUFFIXES include)
find_library(LPNTK_TORCH_CPU torch_cpu HINTS ${LPNTK_TORCH_FOLDER} PATH_SUFFIXES lib)
find_library(LPNTK_TORCH_C10 c10 HINTS ${LPNTK_TORCH_FOLDER} PATH_SUFFIXES lib)
mark_as_advanced(LPNTK_PYTHON LPNTK_TORCH_INCLUDE LPNTK_TORCH_CPU LPNTK_TORCH_C10)
if(LPNTK_TORCH_INCLUDE AND LPNTK_TORCH_CPU AND LPNTK_TORCH_C10 AND NOT TARGET lpntk::torch)
    add_library(lpntk::torch INTERFACE IMPORTED GLOBAL)
    target_include_directories(lpntk::torch SYSTEM INTERFACE ${LPNTK_TORCH_INCLUDE})
    target_link_libraries(lpntk::torch INTERFACE lpntk::lpntk ${LPNTK_TORCH_CPU} ${LPNTK_TORCH_C10})
    target_link_options(lpntk::torch INTERFACE -Wl,--allow-shlib-undefined)   # CUDA's libraries, where it has them
endif()
