cmake_minimum_required(VERSION 3.25)
# SPDX-License-Identifier: GPL-3.0-or-later
# Does ./dev COMMAND --help answer at once?  Whatever it would set up or build with is on the PATH as a program that leaves a mark.
find_program(BASH bash)
if(NOT BASH)
    message("skipped: there is no bash")
    return()
endif()
set(folder ${CMAKE_CURRENT_BINARY_DIR}/dev-help)
set(mark ${folder}/was-run)
file(REMOVE_RECURSE ${folder})
foreach(program cmake ctest cpack ninja git apt-get dnf brew dpkg-query rpm sudo python3 clang-tidy clang-format sallyport sallyportctl)
    file(WRITE ${folder}/${program} "#!/bin/sh\necho \"${program} $*\" >>'${mark}'\nexit 1\n")
    file(CHMOD ${folder}/${program} PERMISSIONS OWNER_READ OWNER_WRITE OWNER_EXECUTE)
endforeach()
set(ENV{PATH} "${folder}:$ENV{PATH}")

function(expect_help command) # the words after it
    execute_process(COMMAND ${BASH} ${CMAKE_CURRENT_LIST_DIR}/../dev ${ARGN}
                    RESULT_VARIABLE result OUTPUT_VARIABLE out ERROR_VARIABLE err)
    if(NOT result EQUAL 0 OR NOT out MATCHES "^\\./dev ${command}[^\n]*\n$" OR err)
        message(SEND_ERROR "./dev ${ARGN} ended with ${result} and said '${out}' and '${err}'")
    endif()
endfunction()

foreach(command setup build demo run test sanitize fuzz lint format screenshots package bench conformance)
    expect_help(${command} ${command} --help)
    expect_help(${command} ${command} -h)
    expect_help(${command} help ${command})
endforeach()
expect_help(test test --fast --help)
expect_help(demo demo --state start --help)

execute_process(COMMAND ${BASH} ${CMAKE_CURRENT_LIST_DIR}/../dev frobnicate --help
                RESULT_VARIABLE result OUTPUT_VARIABLE out ERROR_VARIABLE err)
if(NOT result EQUAL 2 OR out OR NOT err MATCHES "\\./dev test")
    message(SEND_ERROR "an unknown command's help ended with ${result} and said '${out}' and '${err}'")
endif()
if(EXISTS ${mark})
    file(READ ${mark} ran)
    message(SEND_ERROR "asking for help ran:\n${ran}")
endif()
