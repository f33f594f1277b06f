# SPDX-License-Identifier: MIT
# What including pacer costs: at most half the lines of <cmath>, and none of the heavy standard headers behind it.
include(${CMAKE_CURRENT_LIST_DIR}/run.cmake)

function(count_lines header result)
    file(WRITE ${work}/cost.cpp "#include <${header}>\n")
    run(${cxx} -std=c++20 -I${source}/include -E -P ${work}/cost.cpp -o ${work}/cost.ii)
    file(READ ${work}/cost.ii text)
    string(REGEX REPLACE "[^\n]" "" text "${text}")
    string(LENGTH "${text}" lines)
    message(STATUS "<${header}>: ${lines} lines")
    set(${result} ${lines} PARENT_SCOPE)
endfunction()

count_lines(cmath cmath)
count_lines(pacer/pacer.hpp pacer)
math(EXPR twice "${pacer} * 2")
if(twice GREATER cmath)
    message(FATAL_ERROR "<pacer/pacer.hpp> is ${pacer} preprocessed lines, more than half of the ${cmath} of <cmath>")
endif()

run(${cxx} -std=c++20 -I${source}/include -M ${work}/cost.cpp)
foreach(heavy IN ITEMS cmath span string vector memory functional stdexcept)
    if(output MATCHES "/${heavy}[ \n]")
        message(FATAL_ERROR "<pacer/pacer.hpp> includes <${heavy}>")
    endif()
endforeach()

# Who takes the readers from the compiled library includes neither them nor the libraries that they are made with.
file(WRITE ${work}/compiled.cpp "#include <pacer/analysis/identify.hpp>\n#include <pacer/analysis/replay.hpp>\n"
                                "#include <pacer/recipes/recipes.hpp>\n")
run(${cxx} -std=c++20 -DPACER_COMPILED -DPACER_COMPILED_RECIPES -I${source}/include -M ${work}/compiled.cpp)
foreach(heavy IN ITEMS yaml-cpp/ toml\\+\\+/ formats/ detail/resolver.hpp analysis/fit.hpp filesystem)
    if(output MATCHES "/${heavy}")
        message(FATAL_ERROR "with PACER_COMPILED_RECIPES, recipes and replay include ${heavy}")
    endif()
endforeach()
