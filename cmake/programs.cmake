# What this project's own tests, examples and benchmarks are compiled with. Nothing of it reaches lpntk::lpntk.
add_library(lpntk_program INTERFACE)
target_link_libraries(lpntk_program INTERFACE lpntk::lpntk)
target_compile_options(lpntk_program INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow $<$<BOOL:${LPNTK_NATIVE}>:-march=native>)

# With LPNTK_PRECOMPILE a whole build compiles the library's headers once; a change of any header then compiles
# everything again.
option(LPNTK_PRECOMPILE "Compile the headers once for all tests and examples" OFF)
if(LPNTK_PRECOMPILE)   # and g++ collects its garbage less often, for 2 GB a job
    target_compile_options(lpntk_program INTERFACE $<$<CXX_COMPILER_ID:GNU>:--param=ggc-min-heapsize=2000000>)
endif()

# lpntk_precompiled(<name> <library> <header> ...): the headers, compiled as programs do that link the library.
function(lpntk_precompiled name library)
    if(LPNTK_PRECOMPILE)
        file(CONFIGURE OUTPUT ${name}.cpp CONTENT "")
        add_library(${name} OBJECT ${CMAKE_CURRENT_BINARY_DIR}/${name}.cpp)
        target_link_libraries(${name} PRIVATE ${library})
        target_precompile_headers(${name} PRIVATE ${ARGN})
    endif()
endfunction()

# lpntk_reuse(<name> <target> ...): the targets take them.
function(lpntk_reuse name)
    if(LPNTK_PRECOMPILE)
        foreach(target IN LISTS ARGN)
            target_precompile_headers(${target} REUSE_FROM ${name})
        endforeach()
    endif()
endfunction()

lpntk_precompiled(lpntk_precompiled_headers lpntk_program <lpntk/lpntk.hpp>)
