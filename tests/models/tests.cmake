sallyport_qt_tests(models PCH core LINK sallyport::models OpenSSL::Crypto
    SUPPORT kube/test_authority.cpp models/failure_worlds.cpp models/failure_worlds.h models/field_samples.cpp models/field_samples.h models/preflight_fixtures.cpp models/preflight_fixtures.h
        models/preflight_neighbour.cpp models/preflight_neighbour.h
        models/preflight_world.cpp models/preflight_world.h
        models/unfinished_findings.cpp models/unfinished_findings.h
        support/snapshot_of.cpp support/snapshot_of.h
    FILES
        acceptance_of_rows_test
        acceptance_test
        bad_input_test
        certificates_test
        change_set_test
        configured_objects_test
        cron_period_test
        dropped_fields_test
        edge_call_findings_test
        edge_object_rows_test
        edge_sight_test
        edge_view_test
        edit_together_test
        field_faults_test
        finding_fix_test
        failure_catalogue_test
        failure_neighbours_test
        failure_words_test
        finding_words_test
        findings_test
        guide_branches_test
        guide_checks_test
        incremental_analysis_test
        line_diff_test
        loaded_certificates_test
        mapping_tally_test
        mesh_certificates_test
        mesh_mode_test
        mounted_certificate_test
        mutes_test
        prediction_test
        preflight_callers_test
        preflight_client_neighbours_test
        preflight_close_rows_test
        preflight_further_rows_test
        preflight_quiet_rows_test
        preflight_row_details_test
        preflight_rule_callers_test
        preflight_server_neighbours_test
        preflight_sources_test
        preflight_trust_neighbours_test
        presented_certificates_test
        preflight_targets_test
        preflight_rows_test
        proxy_certificates_test
        proxy_inbound_test
        refused_callers_test
        route_tree_test
        row_filter_test
        row_order_test
        rows_test
        snapshot_maker_test
        staged_changes_test
        scrape_interval_test
        strict_plan_test
        strict_preflight_test
        strict_verification_test
        table_export_test
        table_model_test
        workload_owner_test undo_test
)
sallyport_bench(analysis LINK sallyport::app PCH core)
