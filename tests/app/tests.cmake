sallyport_qt_tests(app PCH core LINK sallyport::cli sallyport::demo OpenSSL::Crypto Qt6::Gui
    SUPPORT app/demo_child.cpp app/demo_child.h demo/api_fixture.cpp demo/demo_world.cpp kube/scripted_api.cpp kube/scripted_server.cpp kube/test_authority.cpp support/snapshot_of.cpp
    FILES
        arguments_test
        asking_plugin_test
        changes_test
        cli_failures_test
        cluster_role_test
        completion_test
        edge_commands_test
        edge_metrics_test
        edge_tables_test
        field_ownership_test
        file_judgements_test
        files_edge_test
        fixes_end_findings_test
        interrupt_test
        journal_test
        lost_answers_test
        manifest_corpus_test
        manifest_files_test
        manifest_places_test
        observed_changes_test
        output_test
        own_clear_text_test
        own_probes_test
        partial_merge_test
        presented_handshakes_test
        proxy_logs_test
        report_test
        request_run_test
        rights_test
        snapshot_plan_test
        strict_callers_test
        strict_standing_test
        strict_telemetry_test
        strict_watch_test
        traffic_findings_test
        write_modes_test
    SLOW apply_command_test apply_owners_test cli_commands_test cluster_watch_test doctor_faults_test edge_proxies_test edit_command_test edit_faults_test field_validation_test get_columns_test get_command_test guide_walk_test incidents_test kind_versions_test killed_writes_test read_only_switch_test read_only_test snapshot_fetch_test stream_commands_test strict_switch_test telemetry_incidents_test get_faults_test unserved_kinds_test watched_definitions_test
         tour_steps_test tour_test
)
add_dependencies(app_tests sallyport sallyportctl) # they are run: cli_failures_test, strict_switch_test, tour_test
