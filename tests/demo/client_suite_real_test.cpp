// SPDX-License-Identifier: GPL-3.0-or-later
// Skipped with a line where KUBEBUILDER_ASSETS names no kube-apiserver.
#include "tests/demo/client_suite.h"
#include "tests/support/test_class.h"

SALLYPORT_TEST(client_suite_real_test, ClientSuite({}))
