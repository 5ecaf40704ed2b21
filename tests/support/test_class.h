// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// One test program a folder: each NAME_test.cpp ends with SALLYPORT_TEST(NAME_test, TheClass) and #include "NAME_test.moc";
// CMake writes the main() that lists them, and CTest runs each class by its file name.
#define SALLYPORT_TEST(file, Class)                                                                          \
    QObject *sallyport_make_##file();                                                                        \
    QObject *sallyport_make_##file() { return new Class; }
