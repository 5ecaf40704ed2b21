sallyport_qt_tests(gui GUI PCH widgets LINK sallyport::gui OpenSSL::Crypto
    SUPPORT gui/small_cluster.cpp kube/scripted_server.cpp kube/test_authority.cpp support/snapshot_of.cpp
    FILES
        activity_test
        application_test
        cluster_session_test
        console_choices_test
        copy_test
        desk_actions_test
        desktop_notices_test
        edge_proxy_watch_test
        edge_runtime_watch_test
        edit_test
        exec_permissions_test
        failures_test
        finding_feed_test
        gui_options_test
        journal_reader_test
        page_problems_test
        refresh_test
        rights_test
        staging_test
        state_pictures_test
        traffic_test
        windows_test
    SLOW api_faults_test demo_console_test screenshots_test
)
add_dependencies(gui_tests sallyportctl) # demo_console_test runs it
sallyport_bench(console LINK sallyport::gui PCH widgets)
