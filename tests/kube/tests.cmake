sallyport_qt_tests(kube PCH core LINK sallyport::kube CURL::libcurl OpenSSL::Crypto
    SUPPORT kube/framed_server.cpp kube/kubelet_stand_in.cpp kube/scripted_api.cpp kube/scripted_server.cpp kube/test_authority.cpp
    FILES access_test certificate_test client_side_apply_test client_test credential_secrecy_test credentials_test discovery_test doctor_test exec_faults_test http2_test json_members_test json_path_test kubeconfig_files_test kubeconfig_test object_reader_test object_store_test plain_proxy_test port_forward_test reflector_machine_test reflector_test request_gate_test secrecy_test shared_connection_test split_kubeconfig_test status_test streams_test
        transport_test watch_probe_test write_repeats_test)

sallyport_bench(kube PCH core LINK sallyport::kube OpenSSL::Crypto Qt6::Test)
target_sources(kube_bench PRIVATE kube/scripted_server.cpp kube/test_authority.cpp)
set_target_properties(kube_bench PROPERTIES AUTOMOC ON)
