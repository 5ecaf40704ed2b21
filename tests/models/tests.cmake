sallyport_qt_tests(models PCH core LINK sallyport::models
    FILES
        row_filter_test
        row_order_test
        table_model_test
)
