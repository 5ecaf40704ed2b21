// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/demo/client_suite.h"
#include "tests/support/test_class.h"

SALLYPORT_TEST(client_suite_demo_1_21_test, ClientSuite(QStringLiteral("1.21")))
