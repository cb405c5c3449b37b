# What this project's own tests, examples and benchmarks are compiled with. Nothing of it reaches lpntk::lpntk.
add_library(lpntk_program INTERFACE)
target_link_libraries(lpntk_program INTERFACE lpntk::lpntk)
target_compile_options(lpntk_program INTERFACE
    -Wall -Wextra -Wpedantic -Wconversion -Wshadow $<$<BOOL:${LPNTK_NATIVE}>:-march=native>)
