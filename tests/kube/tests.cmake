sallyport_qt_tests(kube PCH core LINK sallyport::kube CURL::libcurl OpenSSL::Crypto
    SUPPORT kube/kubelet_stand_in.cpp kube/scripted_api.cpp kube/scripted_server.cpp kube/test_authority.cpp
    FILES access_test certificate_test client_test credentials_test discovery_test doctor_test http2_test kubeconfig_files_test kubeconfig_test object_reader_test object_store_test reflector_machine_test reflector_test streams_test
        transport_test)
