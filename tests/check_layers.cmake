cmake_minimum_required(VERSION 3.25)
# SPDX-License-Identifier: GPL-3.0-or-later
# The arrows of README.md as a test: fails when a file includes what its folder must not know.
#   cmake [-D ROOT=FOLDER] -P check_layers.cmake
# Every include is looked at, however it is spelled; of the project's own headers only those that are allowed pass.
if(NOT DEFINED ROOT)
    set(ROOT ${CMAKE_CURRENT_SOURCE_DIR})
endif()

set(own "app|edge|kube|models|ui|tests")
set(widgets "^QtWidgets|^QtGui|^QtCharts|^QtSvg|^QAbstractButton|^QAbstractItemView|^QAbstractScrollArea|^QAction|^QApplication|^QBrush|^QButtonGroup|^QChart|^QCheckBox|^QClipboard|^QColor|^QComboBox|^QCursor|^QDialog|^QDock|^QFont|^QGuiApplication|^QHBoxLayout|^QVBoxLayout|^QGridLayout|^QFormLayout|^QHeaderView|^QIcon|^QImage|^QKeySequence|^QLabel|^QLayout|^QLineEdit|^QListView|^QListWidget|^QMainWindow|^QMenu|^QMessageBox|^QPaint|^QPen|^QPixmap|^QPlainTextEdit|^QPushButton|^QScreen|^QScroll|^QShortcut|^QSplitter|^QStacked|^QStatusBar|^QStyle|^QSvg|^QTabBar|^QTabWidget|^QTableView|^QTableWidget|^QTextBrowser|^QTextEdit|^QToolButton|^QToolTip|^QTree|^QWidget|^QWindow")
set(network "^QtNetwork|^QNetwork|^QTcp|^QUdp|^QLocalS|^QSsl|^QDns")
set(anyQt "^Q[A-Z]|^Qt|^q[a-z0-9]+\.h$")

# folder @ regular expression of the project's headers that it may include @ of other headers that it may not
set(rules
    "edge@^edge/@${anyQt}"
    "kube@^kube/@${widgets}"
    "models/resources@^(models/resources|kube|edge)/@${widgets}|${network}"
    "models/analysis@^(models/analysis|models/resources|kube|edge)/@${widgets}|${network}"
    "models/items@^(models|kube|edge)/@${network}"
    "ui@^(ui|models)/@${network}"
    "app/demo@^(app/demo|edge|kube)/@${widgets}"
    "app/cli@^(app/cli/|app/demo/|app/[^/]+$|models/|kube/|edge/)@${widgets}"
    "app/gui@^(app/gui/|app/[^/]+$|ui/|models/|kube/|edge/)@^$"
    "app/*@^(app/[^/]+$|models/|kube/|edge/)@${widgets}")
# Inside a folder: these files may not include those.
set(inner
    "^ui/[^/]+$@^ui/(pages|docks|shell)/"
    "^ui/pages/@^ui/(docks|shell)/"
    "^ui/docks/@^ui/(pages|shell)/"
    "^edge/[^/]+$@^edge/(config|run)/"
    "^edge/config/@^edge/run/"
    "^edge/(edge_state|exchange|handler|local_answer|proxied_request|proxy|retry|shadow|tunnel)@^edge/(client|gateway|server)\\.h$"
    "^edge/(edge_stats|gentle_close|h1_connection|proxy_protocol|stream|upstream_pool)@^edge/(client|edge_state|gateway|proxied_request|proxy|server|shadow|tunnel)\\.h$"
    "^edge/(gentle_close|h1_connection|proxy_protocol|stream)@^edge/upstream_pool\\.h$"
    "^edge/(config/|route_table|result|value|http_message|h1_codec|h2_session|tls_facts|tls_credentials)@^edge/(gateway|server|proxy|proxied_request|upstream_pool|edge_credentials|client)\\.h$"
    "^edge/(result|value|http_message|h1_codec|h2_session|tls_facts|tls_credentials)@^edge/(config/|route_table)")

function(complain file line why)
    message(SEND_ERROR "${file}: ${line}  (${why})")
endfunction()

function(check_inner file include line)
    foreach(rule ${inner})
        string(REGEX MATCH "^(.*)@(.*)$" _ "${rule}")
        set(files "${CMAKE_MATCH_1}")
        set(above "${CMAKE_MATCH_2}")
        if(file MATCHES "${files}" AND include MATCHES "${above}")
            complain("${file}" "${line}" "inside its folder it stands below ${include}")
        endif()
    endforeach()
endfunction()

function(check_file file allowed forbidden)
    file(STRINGS ${ROOT}/${file} lines REGEX "^[ \t]*#[ \t]*include")
    foreach(line ${lines})
        if(NOT line MATCHES "^[ \t]*#[ \t]*include[ \t]*([<\"])([^>\"]+)[>\"]")
            complain("${file}" "${line}" "an include that cannot be read")
            continue()
        endif()
        set(bracket "${CMAKE_MATCH_1}")
        set(include "${CMAKE_MATCH_2}")
        if(include MATCHES "\\.moc$")
            continue()
        elseif(include MATCHES "\\.\\.")
            complain("${file}" "${line}" "headers are named from the root")
        elseif(include MATCHES "^(${own})/")
            if(NOT bracket STREQUAL "\"" OR NOT include MATCHES "${allowed}")
                complain("${file}" "${line}" "its folder may include only ${allowed}, in quotes")
            endif()
            check_inner("${file}" "${include}" "${line}")
        elseif(bracket STREQUAL "\"")
            complain("${file}" "${line}" "own headers are named from the root")
        elseif(forbidden AND include MATCHES "${forbidden}")
            complain("${file}" "${line}" "its folder does not know that part of Qt")
        endif()
    endforeach()
    if(file MATCHES "^models/(resources|analysis)/")
        file(STRINGS ${ROOT}/${file} clocks REGEX "(QElapsedTimer|QDeadlineTimer|QTimer|std::time\\(|clock_gettime\\(|gettimeofday\\(|current(DateTime|Date|Time|SecsSinceEpoch|MSecsSinceEpoch)[A-Za-z]*\\(|_clock::now\\()")
        if(clocks)
            complain("${file}" "${clocks}" "time comes in; models/ has no clock")
        endif()
    endif()
endfunction()

foreach(rule ${rules})
    string(REGEX MATCH "^([^@]+)@([^@]+)@(.*)$" _ "${rule}")
    set(folder "${CMAKE_MATCH_1}")
    set(allowed "${CMAKE_MATCH_2}")
    set(forbidden "${CMAKE_MATCH_3}")
    if(folder MATCHES "\\*$")
        file(GLOB files RELATIVE ${ROOT} ${ROOT}/${folder}.h ${ROOT}/${folder}.cpp)
        list(FILTER files EXCLUDE REGEX "^app/main(_cli)?\\.cpp$") # composition
    else()
        file(GLOB_RECURSE files RELATIVE ${ROOT} ${ROOT}/${folder}/*.h ${ROOT}/${folder}/*.cpp)
    endif()
    foreach(file ${files})
        check_file("${file}" "${allowed}" "${forbidden}")
    endforeach()
endforeach()

# A new folder needs a rule here before it has sources.
file(GLOB_RECURSE all RELATIVE ${ROOT} ${ROOT}/*.cpp ${ROOT}/*.h)
list(FILTER all EXCLUDE REGEX "^(build|tests)/|^(edge|kube|ui)/|^models/(resources|analysis|items)/|^app/(demo|cli|gui)/|^app/[^/]+$")
if(all)
    message(SEND_ERROR "no rule for: ${all}")
endif()
