sallyport_qt_tests(ui GUI PCH widgets LINK sallyport::ui
    SUPPORT support/snapshot_of.cpp support/snapshot_of.h ui/sample_dialogs.cpp ui/sample_dialogs.h ui/sample_objects.cpp ui/sample_objects.h ui/sample_world.cpp ui/sample_world.h ui/window_fixture.h ui/cut_off.cpp ui/cut_off.h ui/drawn_text.cpp ui/drawn_text.h
    FILES
        accessibility_test
        chart_legend_test
        chart_view_test
        docks_test
        elide_test
        event_times_test
        focus_test
        json_text_test
        look_test
        marks_test
        pages_test
        readability_test
        routing_test
        rows_copy_test
        small_screen_test
        states_test
        table_view_test
        theme_test
        welcome_test
        window_test
        zoom_test
    SLOW
        actions_test
        pictures_test
)
