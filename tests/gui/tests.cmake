sallyport_qt_tests(gui GUI PCH widgets LINK sallyport::gui OpenSSL::Crypto
    SUPPORT gui/small_cluster.cpp kube/scripted_server.cpp kube/test_authority.cpp support/snapshot_of.cpp
    FILES
        application_test
        gui_options_test
        traffic_test
)
