# GoogleTest without Qt: ThreadSanitizer and fuzzers can run these.  One program; CTest lists each file with the suites that are in it.
add_executable(edge_tests)
target_link_libraries(edge_tests PRIVATE sallyport_options sallyport::edge GTest::gtest_main OpenSSL::SSL)
target_compile_definitions(edge_tests PRIVATE SALLYPORT_SOURCE_DIR="${PROJECT_SOURCE_DIR}" SALLYPORT_BINARY_DIR="${PROJECT_BINARY_DIR}")
sallyport_use_pch(edge_tests edge)

function(sallyport_edge_test file filter)
    cmake_parse_arguments(PARSE_ARGV 2 arg "SLOW" "" "")
    target_sources(edge_tests PRIVATE edge/${file}.cpp)
    set(label fast)
    if(arg_SLOW)
        set(label slow)
    endif()
    add_test(NAME edge/${file} COMMAND edge_tests --gtest_filter=${filter})
    set_tests_properties(edge/${file} PROPERTIES LABELS "${label}" TIMEOUT 300)
endfunction()

target_sources(edge_tests PRIVATE edge/gateway_fixture.cpp edge/naive_matcher.cpp edge/scripted_upstream.cpp edge/test_authority.cpp)
target_compile_options(edge_tests PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>) # as edge itself
sallyport_edge_test(edge_runner_test "EdgeRunner.*:SecretStore.*")
sallyport_edge_test(gateway_load_test "GatewayLoad.*")
sallyport_edge_test(h1_connection_test "H1Connection.*")
sallyport_edge_test(proxy_protocol_test "ProxyProtocol.*")
sallyport_edge_test(h1_codec_test "H1Codec*")
sallyport_edge_test(name_lookup_test "NameLookup.*")
sallyport_edge_test(stream_test "Silent.*")
sallyport_edge_test(tls_credentials_test "TlsAgreement.*")
sallyport_edge_test(upstream_pool_test "UpstreamPool.*")
sallyport_edge_test(request_target_test "RequestTarget*:EdgeHeaders.*:HeaderRules.*")
sallyport_edge_test(envoy_export_test "EnvoyExport.*")
sallyport_edge_test(service_name_test "ServiceName.*:HostGlobs.*")
sallyport_edge_test(acceptance_test "*Acceptance*")
sallyport_edge_test(compilation_test "*Compilation*")
sallyport_edge_test(compile_test "*Compile*.*:*BadMapping*:-*Compilation*")
sallyport_edge_test(fields_test "Fields.*")
sallyport_edge_test(emissary_rules_test "*EmissaryRule*")
sallyport_edge_test(route_table_test "RouteTable.*")
sallyport_edge_test(shared_clusters_test "*SharedClusters*")
sallyport_edge_test(gateway_test "Gateway.*:Gateway/*")
sallyport_edge_test(gateway_tls_test "GatewayTls.*")
sallyport_edge_test(alpn_test "Alpn.*")
sallyport_edge_test(client_hello_test "*ClientHello*")
sallyport_edge_test(conversion_test "*Conversion*")
sallyport_edge_test(cors_test "Cors.*")
sallyport_edge_test(edge_stats_test "EdgeStats.*")
sallyport_edge_test(retry_test "Retry.*")
sallyport_edge_test(text_test "Text.*")
sallyport_edge_test(value_test "Value.*:Yaml.*:*BadJson*")

# Run by hand: measurements, and conformance where sallyportctl cannot be built.
add_executable(edge_serve edge/edge_serve.cpp)
target_link_libraries(edge_serve PRIVATE sallyport_options sallyport::edge)
sallyport_use_pch(edge_serve edge)

set(shared_folder $ENV{SALLYPORT_SHARED})
if(NOT shared_folder)
    set(shared_folder ${PROJECT_SOURCE_DIR}/../shared)
endif()
if(NOT EXISTS ${shared_folder}/corpus)
    set(shared_folder ${PROJECT_SOURCE_DIR}/tests/data)
endif()

# corpus_runner DIR…: our compiler against Emissary's own answers.
add_executable(corpus_runner corpus/corpus_runner.cpp corpus/case_runner.cpp corpus/config_comparison.cpp corpus/difference.cpp corpus/error_facts.cpp corpus/expected_forms.cpp
    corpus/forms.cpp corpus/queries.cpp)
target_link_libraries(corpus_runner PRIVATE sallyport_options sallyport::edge PkgConfig::re2)
sallyport_use_pch(corpus_runner edge)
add_test(NAME edge/corpus COMMAND ${CMAKE_COMMAND} -DRUNNER=$<TARGET_FILE:corpus_runner> -DSOURCE=${PROJECT_SOURCE_DIR}
    -P ${CMAKE_CURRENT_SOURCE_DIR}/corpus/run_corpus.cmake)
set_tests_properties(edge/corpus PROPERTIES LABELS fast TIMEOUT 300)

# The export in real Envoy, against the table and against edge run.
find_package(Python3 COMPONENTS Interpreter QUIET)
if(Python3_FOUND)
    foreach(part validate corpus generated)
        add_test(NAME edge/envoy_${part} COMMAND Python3::Interpreter ${CMAKE_CURRENT_SOURCE_DIR}/edge/envoy_differential.py ${part}
            --envoy ${PROJECT_SOURCE_DIR}/build/peers/envoy-1.40/envoy --envoy ${PROJECT_SOURCE_DIR}/build/peers/envoy-1.37/envoy
            --runner $<TARGET_FILE:corpus_runner> --ctl ${PROJECT_BINARY_DIR}/bin/sallyportctl --corpus ${shared_folder}/corpus)
        set_tests_properties(edge/envoy_${part} PROPERTIES LABELS slow TIMEOUT 900 SKIP_REGULAR_EXPRESSION "skipped: no ")
    endforeach()
endif()

if(SALLYPORT_FUZZ)
    include(${CMAKE_CURRENT_SOURCE_DIR}/fuzz/fuzz.cmake)
endif()

sallyport_bench(routes LINK sallyport::app PCH core)
