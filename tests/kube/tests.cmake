sallyport_qt_tests(kube PCH core LINK sallyport::kube OpenSSL::Crypto
    SUPPORT kube/test_authority.cpp
    FILES certificate_test kubeconfig_test object_reader_test object_store_test)
