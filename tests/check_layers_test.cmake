cmake_minimum_required(VERSION 3.25)
# SPDX-License-Identifier: GPL-3.0-or-later
# Does check_layers.cmake see what it must see?  Each sample is one file with one line in an otherwise empty tree.
set(tree ${CMAKE_CURRENT_BINARY_DIR}/layers-sample)

function(expect verdict file line)
    file(REMOVE_RECURSE ${tree})
    file(WRITE ${tree}/${file} "${line}\n")
    execute_process(COMMAND ${CMAKE_COMMAND} -D ROOT=${tree} -P ${CMAKE_CURRENT_LIST_DIR}/check_layers.cmake
                    RESULT_VARIABLE result OUTPUT_QUIET ERROR_QUIET)
    if((verdict STREQUAL "good" AND result) OR (verdict STREQUAL "bad" AND NOT result))
        message(SEND_ERROR "${file} with '${line}' should be ${verdict}")
    endif()
endfunction()

foreach(sample
    "edge/a.cpp|#include \"edge/b.h\"" "edge/a.cpp|#include <asio.hpp>" "kube/a.cpp|#include <QTcpSocket>" "kube/a.cpp|#include \"a.moc\""
    "models/analysis/a.cpp|#include \"models/resources/b.h\"" "models/items/a.cpp|#include \"models/analysis/b.h\""
    "models/analysis/a.cpp|#include <QHostAddress>" "ui/a.cpp|#include <QWidget>" "ui/shell/a.cpp|#include \"ui/pages/b.h\""
    "app/a.cpp|#include \"kube/b.h\"" "app/cli/a.cpp|#include \"app/demo/b.h\"" "app/gui/a.cpp|#include \"ui/pages/b.h\""
    "app/main.cpp|#include \"app/gui/b.h\"" "edge/run/a.cpp|#include \"edge/config/b.h\""
    "edge/run/a.cpp|#include \"edge/gateway.h\"" "edge/config/a.cpp|#include \"edge/b.h\"")
    string(REGEX MATCH "^([^|]+)\\|(.*)$" _ "${sample}")
    expect(good "${CMAKE_MATCH_1}" "${CMAKE_MATCH_2}")
endforeach()

foreach(sample
    "edge/a.cpp|#include \"kube/b.h\"" "edge/a.cpp|#include <kube/b.h>" "edge/a.cpp|# include \"kube/b.h\"" "edge/a.cpp|  #include \"kube/b.h\""
    "edge/a.cpp|#include  \"kube/b.h\"" "edge/a.cpp|#include \"ui/../kube/b.h\"" "edge/a.cpp|#include \"b.h\"" "edge/a.cpp|#include <QString>"
    "edge/a.cpp|#include <qstring.h>" "edge/a.cpp|#include <QtCore/QString>" "kube/a.cpp|#include <QWidget>" "kube/a.cpp|#include \"models/b.h\""
    "models/resources/a.cpp|#include \"models/analysis/b.h\"" "models/analysis/a.cpp|#include \"models/items/b.h\""
    "models/analysis/a.cpp|#include <QWidget>" "models/analysis/a.cpp|#include <QNetworkAccessManager>"
    "models/analysis/a.cpp|auto now = QDateTime::currentDateTimeUtc();" "models/items/a.cpp|#include \"ui/b.h\"" "ui/a.cpp|#include \"kube/b.h\""
    "ui/a.cpp|#include \"ui/pages/b.h\"" "ui/pages/a.cpp|#include \"ui/shell/b.h\"" "ui/docks/a.cpp|#include \"ui/pages/b.h\""
    "app/demo/a.cpp|#include \"models/resources/b.h\"" "app/demo/a.cpp|#include \"app/b.h\"" "app/gui/a.cpp|#include \"app/demo/b.h\""
    "app/cli/a.cpp|#include \"ui/b.h\"" "app/cli/a.cpp|#include \"app/gui/b.h\"" "app/a.cpp|#include \"app/gui/b.h\"" "app/a.cpp|#include \"app/cli/b.h\""
    "app/a.cpp|#include \"app/demo/b.h\"" "edge/route_table.h|#include \"edge/proxy.h\"" "edge/result.h|#include \"edge/server.h\""
    "edge/edge_state.h|#include \"edge/server.h\"" "edge/proxied_request.h|#include \"edge/gateway.h\"" "edge/upstream_pool.h|#include \"edge/server.h\""
    "edge/h1_connection.h|#include \"edge/proxy.h\"" "edge/stream.h|#include \"edge/upstream_pool.h\""
    "edge/config/a.cpp|#include \"edge/gateway.h\"" "edge/http_message.h|#include \"edge/config/b.h\""
    "edge/gateway.cpp|#include \"edge/config/b.h\"" "edge/a.cpp|#include \"edge/run/b.h\"" "edge/config/a.cpp|#include \"edge/run/b.h\"" "net/a.cpp|int a;")
    string(REGEX MATCH "^([^|]+)\\|(.*)$" _ "${sample}")
    expect(bad "${CMAKE_MATCH_1}" "${CMAKE_MATCH_2}")
endforeach()
file(REMOVE_RECURSE ${tree})
