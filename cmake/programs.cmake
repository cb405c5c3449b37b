# What this project's own tests, examples and benchmarks are compiled with. Nothing of it reaches lpntk::lpntk.
add_library(lpntk_program INTERFACE)
target_link_libraries(lpntk_program INTERFACE lpntk::lpntk)
target_compile_options(lpntk_program INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow $<$<BOOL:${LPNTK_NATIVE}>:-march=native>)
if(CMAKE_CXX_COMPILER_ID STREQUAL "GNU" AND CMAKE_CXX_COMPILER_VERSION VERSION_LESS 13)
    target_compile_options(lpntk_program INTERFACE -Wno-restrict)   # wrong about "a" + std::string, GCC bug 105651
    if(LPNTK_NATIVE)   # wrong about its own AVX-512 headers, GCC bug 105593
        target_compile_options(lpntk_program INTERFACE -Wno-maybe-uninitialized -Wno-uninitialized)
    endif()
endif()
