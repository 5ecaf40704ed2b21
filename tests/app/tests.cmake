sallyport_qt_tests(app PCH core LINK sallyport::cli sallyport::demo
    FILES
        arguments_test
        journal_test
        manifest_files_test
        output_test
        partial_merge_test
        snapshot_plan_test
)
