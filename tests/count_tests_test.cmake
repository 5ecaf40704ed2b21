cmake_minimum_required(VERSION 3.25)
# SPDX-License-Identifier: GPL-3.0-or-later
# The last line of `./dev test` is what everybody believes: each kind of log that ctest writes, and what it must count as.
function(expect name log expected)
    set(file ${CMAKE_CURRENT_BINARY_DIR}/count_tests_sample.log)
    file(WRITE ${file} "${log}")
    execute_process(COMMAND awk -f ${CMAKE_CURRENT_LIST_DIR}/count_tests.awk ${file} OUTPUT_VARIABLE counted
                    OUTPUT_STRIP_TRAILING_WHITESPACE RESULT_VARIABLE result)
    file(REMOVE ${file})
    if(NOT result EQUAL 0 OR NOT counted STREQUAL expected)
        message(SEND_ERROR "${name}: \"${counted}\", not \"${expected}\"")
    endif()
endfunction()

expect("functions and rows" [[
7: PASS   : StoreTest::initTestCase()
7: PASS   : StoreTest::keeps(one)
7: PASS   : StoreTest::keeps(two)
7: SKIP   : StoreTest::asksKubectl() skipped: no kubectl
7: PASS   : StoreTest::cleanupTestCase()
1/1 Test  #7: kube/store_test ....   Passed    0.10 sec
]] "2 passed, 0 failed, 1 skipped")
expect("a class that is skipped as a whole" [[
7: SKIP   : TourTest::initTestCase() skipped: no prometheus
7: PASS   : TourTest::cleanupTestCase()
1/1 Test  #7: app/tour_test ....   Passed    0.10 sec
]] "0 passed, 0 failed, 1 skipped")
expect("a class whose beginning fails" [[
7: FAIL!  : TourTest::initTestCase() 'world.start()' returned FALSE. ()
7: PASS   : TourTest::cleanupTestCase()
1/1 Test  #7: app/tour_test ....***Failed    0.10 sec
]] "0 passed, 1 failed, 0 skipped")
expect("one of two fails" [[
7: PASS   : StoreTest::initTestCase()
7: FAIL!  : StoreTest::keeps(one) Compared values are not the same
7: PASS   : StoreTest::keeps(two)
1/1 Test  #7: kube/store_test ....***Failed    0.10 sec
]] "1 passed, 1 failed, 0 skipped")
expect("a program that dies after one that passes" [[
7: PASS   : StoreTest::initTestCase()
7: PASS   : StoreTest::keeps(one)
1/1 Test  #7: kube/store_test ....***Exception: SegFault  0.10 sec
]] "1 passed, 1 failed, 0 skipped")
expect("a program that hangs" [[
1/1 Test  #7: kube/store_test ....***Timeout  60.00 sec
]] "0 passed, 1 failed, 0 skipped")
expect("GoogleTest" [[
3: [       OK ] Value.Reads (0 ms)
3: [  FAILED  ] Value.Writes (1 ms)
3: [  SKIPPED ] Value.Asks (0 ms)
3: [  FAILED  ] Value.Writes
1/1 Test  #3: edge/value_test ....***Failed    0.10 sec
]] "1 passed, 1 failed, 1 skipped")
expect("a script, with its verdict on a line of its own" [[
1/2 Test  #1: layers ....
   Passed    0.10 sec
2/2 Test  #2: samples ....***Failed  0.1 sec
]] "1 passed, 1 failed, 0 skipped")
