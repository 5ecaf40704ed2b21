sallyport_qt_tests(demo PCH demo LINK sallyport::demo OpenSSL::SSL OpenSSL::Crypto PkgConfig::nghttp2
    SUPPORT demo/api_fixture.cpp demo/api_peers.cpp demo/client_suite.cpp demo/client_suite_applies.cpp demo/client_suite_watches.cpp demo/client_suite_writes.cpp demo/demo_world.cpp demo/lab_application.cpp demo/real_api_server.cpp demo/wire_client.cpp edge/h2_peer.cpp kube/test_authority.cpp
    FILES
        api_answers_test
        api_faults_test
        api_http2_test
        api_rules_test
        api_server_test
        api_tokens_test
        authority_test
        autoscaler_test
        builtin_rules_test
        client_rule_test
        event_recorder_test
        forward_test
        inbound_chains_test
        injection_test
        job_controller_test
        kubeconfig_writer_test
        managed_fields_test
        object_change_test
        object_defaults_test
        pod_logs_test
        promql_test
        rollout_test
        scale_subresource_test
        scale_test
        schema_validator_test
        scrape_proxy_test
        shared_crds_test
        tables_test
        workload_certificate_test
        write_warnings_test
    SLOW
        cleanup_test
        client_faults_test
        client_tls_test
        client_suite_demo_1_15_test
        client_suite_demo_1_21_test
        client_suite_demo_1_37_test
        client_suite_real_test
        conformance_test
        generations_test
        guide_story_test
        half_open_test
        inbound_listener_test
        kubectl_test
        incidents_test
        observability_test
        server_age_test
        sidecar_truth_test
        states_test
)
# An empty API server for ./dev conformance and for hands.
add_executable(api_server_program demo/api_server_program.cpp demo/api_fixture.cpp kube/test_authority.cpp)
target_link_libraries(api_server_program PRIVATE sallyport_options sallyport::demo OpenSSL::Crypto)
# A demo cluster in a process of its own: cleanup_test ends and kills it.
add_executable(demo_cluster_program demo/demo_cluster_program.cpp)
target_link_libraries(demo_cluster_program PRIVATE sallyport_options sallyport::demo)
add_dependencies(demo_tests api_server_program demo_cluster_program) # conformance_test runs the first
foreach(target demo_tests api_server_program)
    target_compile_options(${target} PRIVATE $<$<CXX_COMPILER_ID:GNU>:-Wno-mismatched-new-delete>)  # as in edge/CMakeLists.txt
endforeach()
