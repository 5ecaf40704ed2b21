sallyport_qt_tests(models PCH core LINK sallyport::models
    SUPPORT support/snapshot_of.cpp support/snapshot_of.h
    FILES
        mesh_mode_test
        row_filter_test
        row_order_test
        table_model_test
)
