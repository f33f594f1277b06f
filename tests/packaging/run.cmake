# SPDX-License-Identifier: MIT
# run(COMMAND...): ends the test if the command fails; what it printed is in `output`.
function(run)
    execute_process(COMMAND ${ARGN} RESULT_VARIABLE result OUTPUT_VARIABLE output ERROR_VARIABLE output)
    if(NOT result EQUAL 0)
        string(JOIN " " command ${ARGN})
        message(FATAL_ERROR "failed: ${command}\n${output}")
    endif()
    set(output "${output}" PARENT_SCOPE)
endfunction()

# build_consumer(NAME [CMAKE-ARGUMENT...]): configures and builds consumer/NAME in `work`, and runs its program.
function(build_consumer name)
    run(${CMAKE_COMMAND} -G ${generator} -S ${CMAKE_CURRENT_LIST_DIR}/consumer/${name} -B ${work}/${name}
        -D CMAKE_CXX_COMPILER=${cxx} ${ARGN})
    set(configure_output "${output}" PARENT_SCOPE)
    run(${CMAKE_COMMAND} --build ${work}/${name})
    run(${work}/${name}/consumer)
endfunction()

file(REMOVE_RECURSE ${work})
file(MAKE_DIRECTORY ${work})
