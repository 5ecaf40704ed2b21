// SPDX-License-Identifier: GPL-3.0-or-later
// An empty API server to run by hand and under `./dev conformance`: prints where it is, ends at the end of its standard input.
#include "tests/demo/api_fixture.h"

#include <QCoreApplication>

#include <cstdio>

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    ApiFixture api;
    std::printf("ready: KUBECONFIG=%s api=%s ca=%s admin=%s viewer=%s\n", qPrintable(api.kubeconfig()),
                qPrintable(api.url()), qPrintable(api.caFile()), ApiFixture::AdminToken,
                ApiFixture::ViewerToken);
    std::fflush(stdout);
    while (std::getchar() != EOF) { }
    return 0;
}
