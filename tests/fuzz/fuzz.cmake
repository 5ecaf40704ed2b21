# libFuzzer targets, built by preset fuzz (clang) and run by ./dev fuzz.  Only what reads configuration is compiled for them:
# clang 14 does not take asio's coroutines with GCC's library.
file(GLOB fuzzed ${PROJECT_SOURCE_DIR}/edge/config/*.cpp ${PROJECT_SOURCE_DIR}/edge/route_*.cpp ${PROJECT_SOURCE_DIR}/edge/value*.cpp)
add_library(fuzzed_edge STATIC ${fuzzed} ${PROJECT_SOURCE_DIR}/edge/http_message.cpp ${PROJECT_SOURCE_DIR}/edge/result.cpp
    ${PROJECT_SOURCE_DIR}/edge/text.cpp)
target_link_libraries(fuzzed_edge PUBLIC sallyport_options tl::expected PRIVATE OpenSSL::Crypto simdjson::simdjson yaml-cpp)
target_link_libraries(fuzzed_edge PUBLIC PkgConfig::re2)
target_compile_options(fuzzed_edge PUBLIC -fsanitize=fuzzer-no-link,address,undefined -fno-sanitize-recover=undefined)
target_link_options(fuzzed_edge PUBLIC -fsanitize=fuzzer,address,undefined)
foreach(name resources services hosts regexes)
    add_executable(fuzz_${name} ${CMAKE_CURRENT_LIST_DIR}/fuzz_${name}.cpp)
    target_link_libraries(fuzz_${name} PRIVATE fuzzed_edge)
endforeach()
