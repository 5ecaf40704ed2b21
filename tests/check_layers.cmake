cmake_minimum_required(VERSION 3.25)
# SPDX-License-Identifier: GPL-3.0-or-later
# The arrows of README.md as a test: fails when a folder includes a header of a folder it must not know.
set(arrows
    "edge:edge"
    "kube:kube"
    "models/resources:models/resources kube edge"
    "models/analysis:models/analysis models/resources kube edge"
    "models/items:models kube edge"
    "ui:ui models"
    "app/demo:app/demo edge kube"
    "app:app ui models kube edge")
foreach(arrow ${arrows})
    string(REGEX MATCH "^(.*):(.*)$" _ "${arrow}")
    set(folder ${CMAKE_MATCH_1})
    string(REPLACE " " "|" allowed "${CMAKE_MATCH_2}")
    file(GLOB_RECURSE files RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} ${folder}/*.h ${folder}/*.cpp)
    foreach(file ${files})
        file(STRINGS ${file} includes REGEX "^#include \"")
        foreach(line ${includes})
            if(NOT line MATCHES "^#include \"(${allowed})/" AND NOT line MATCHES "\\.moc\"$")
                message(SEND_ERROR "${file}: ${line}  (${folder}/ may include only: ${allowed})")
            endif()
        endforeach()
        file(STRINGS ${file} qt REGEX "^#include <Q")
        if(folder STREQUAL "edge" AND qt)
            message(SEND_ERROR "${file}: edge/ is free of Qt: ${qt}")
        endif()
    endforeach()
endforeach()

# Inside ui/: shell → docks, pages → the widgets beside them; never back.
foreach(arrow "*:pages|docks|shell" "pages/*:docks|shell" "docks/*:pages|shell")
    string(REGEX MATCH "^(.*):(.*)$" _ "${arrow}")
    set(forbidden "^#include \"ui/(${CMAKE_MATCH_2})/")
    file(GLOB files RELATIVE ${CMAKE_CURRENT_SOURCE_DIR} ui/${CMAKE_MATCH_1}.h ui/${CMAKE_MATCH_1}.cpp)
    foreach(file ${files})
        file(STRINGS ${file} includes REGEX "${forbidden}")
        if(includes)
            message(SEND_ERROR "${file}: ${includes}  (inside ui/: shell may include docks and pages, these the rest)")
        endif()
    endforeach()
endforeach()
