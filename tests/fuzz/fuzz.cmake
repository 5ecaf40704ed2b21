# libFuzzer targets, built by preset fuzz (clang) and run by ./dev fuzz: fuzz_NAME.cpp, with seeds in seeds/NAME.
# Of edge/ only what reads configuration or is without a socket is compiled for them: clang 14 does not take asio's coroutines with GCC's library.
add_library(fuzzed INTERFACE)
target_link_libraries(fuzzed INTERFACE sallyport_options tl::expected)
target_compile_options(fuzzed INTERFACE -O1 -gline-tables-only -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined)
target_link_options(fuzzed INTERFACE -fsanitize=address,undefined)

set(edge ${PROJECT_SOURCE_DIR}/edge)
add_library(fuzzed_json STATIC ${edge}/value.cpp ${edge}/value_yaml.cpp ${edge}/yaml_scalars.cpp ${edge}/yaml_grammar.cpp ${edge}/yaml_source.cpp ${edge}/base64.cpp ${edge}/result.cpp ${edge}/text.cpp
    ${CMAKE_CURRENT_LIST_DIR}/json_mutator.cpp)
target_link_libraries(fuzzed_json PUBLIC fuzzed simdjson::simdjson yaml-cpp PkgConfig::libyaml PkgConfig::re2)

file(GLOB fuzzed_sources ${edge}/config/*.cpp ${edge}/route_*.cpp)
add_library(fuzzed_edge STATIC ${fuzzed_sources} ${edge}/context_uses.cpp ${edge}/cors.cpp ${edge}/edge_headers.cpp ${edge}/h1_codec.cpp ${edge}/h2_fields.cpp ${edge}/command_form.cpp ${edge}/command_value.cpp ${edge}/header_commands.cpp ${edge}/h2_session.cpp ${edge}/h2_session_state.cpp ${edge}/http_message.cpp
    ${edge}/listener_rules.cpp ${edge}/request_intake.cpp ${edge}/request_target.cpp ${edge}/unserved.cpp)
target_link_libraries(fuzzed_edge PUBLIC fuzzed_json OpenSSL::Crypto PkgConfig::nghttp2)

# Of kube/ what reads; nothing of it dials.
set(fuzzed_sources)
foreach(name certificate heartbeat json_cursor json_framer json_path json_syntax key_fit kubeconfig kubeconfig_certificates kubeconfig_entries kubeconfig_file kubeconfig_yaml line_splitter object_reader
        resource_type result secret_annotations secret_key_notes secret_print secret_reader spdy spdy_headers status url_text websocket wipe)
    list(APPEND fuzzed_sources ${PROJECT_SOURCE_DIR}/kube/${name}.cpp)
endforeach()
add_library(fuzzed_kube STATIC ${fuzzed_sources} ${PROJECT_SOURCE_DIR}/kube/byte_link.h ${PROJECT_SOURCE_DIR}/kube/spdy.h
    ${PROJECT_SOURCE_DIR}/kube/websocket.h)
target_link_libraries(fuzzed_kube PUBLIC fuzzed_json Qt6::Core Qt6::Network CURL::libcurl simdjson::simdjson yaml-cpp OpenSSL::Crypto ZLIB::ZLIB)

file(GLOB fuzzed_sources ${PROJECT_SOURCE_DIR}/models/resources/*.cpp ${PROJECT_SOURCE_DIR}/models/analysis/*.cpp)
add_library(fuzzed_models STATIC ${fuzzed_sources} ${CMAKE_CURRENT_LIST_DIR}/../support/snapshot_of.cpp)
target_link_libraries(fuzzed_models PUBLIC fuzzed_kube fuzzed_edge)
set_target_properties(fuzzed_kube fuzzed_models PROPERTIES AUTOMOC ON)
# Most of the fuzzers' build is these files, and most of that what Qt and the standard library bring along: 2.4 s a file instead of 3.8.
target_precompile_headers(fuzzed_models PRIVATE <QDateTime> <QHash> <QList> <QMap> <QObject> <QSet> <QString> <QStringList> <algorithm>
    <functional> <map> <memory> <optional> <string> <vector> <tl/expected.hpp>)

set(fuzzed_json_targets yaml)
set(fuzzed_edge_targets h2 hosts regexes resources services)
set(fuzzed_kube_targets certificates jsonpath kubeconfig objects spdy watch websocket)
set(fuzzed_models_targets cluster)
add_custom_target(fuzz_all)
foreach(folder json edge kube models)
    foreach(name ${fuzzed_${folder}_targets})
        add_executable(fuzz_${name} ${CMAKE_CURRENT_LIST_DIR}/fuzz_${name}.cpp)
        target_link_libraries(fuzz_${name} PRIVATE fuzzed_${folder})
        target_link_options(fuzz_${name} PRIVATE -fsanitize=fuzzer)
        add_dependencies(fuzz_all fuzz_${name})
    endforeach()
endforeach()
