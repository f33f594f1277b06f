# SPDX-License-Identifier: MIT
# Linked privately by pacer's own tests and examples; never exported, so no flag of ours reaches anybody else.
add_library(pacer_warnings INTERFACE)
if(CMAKE_CXX_COMPILER_ID MATCHES "GNU|Clang")
    target_compile_options(
        pacer_warnings INTERFACE -Wall -Wextra -Wpedantic -Wconversion -Wshadow -Wsign-conversion -Werror)
endif()
