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

target_sources(edge_tests PRIVATE edge/gateway_fixture.cpp edge/scripted_upstream.cpp edge/test_authority.cpp)
target_compile_options(edge_tests PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>) # as edge itself
sallyport_edge_test(corpus_test "Corpus.*")
sallyport_edge_test(gateway_test "Gateway.*:Gateway/*")
sallyport_edge_test(gateway_tls_test "GatewayTls.*")
sallyport_edge_test(value_test "Value.*:Yaml.*:*BadJson*")
