// SPDX-License-Identifier: GPL-3.0-or-later
// A demo cluster in a process of its own, until its standard input ends: for cleanup_test, which also kills
// it.
#include "app/demo/demo_cluster.h"

#include <QCoreApplication>
#include <QSocketNotifier>

#include <unistd.h>

#include <cstdio>

int main(int argc, char **argv)
{
    QCoreApplication application(argc, argv);
    demo::DemoCluster cluster((demo::DemoOptions()));
    const auto ready = cluster.start();
    std::printf("%s\n", ready ? ready->kubeconfig.toUtf8().constData() : ready.error().message.c_str());
    std::fflush(stdout);
    if (!ready)
        return 1;
    QSocketNotifier input(STDIN_FILENO, QSocketNotifier::Read);
    QObject::connect(&input, &QSocketNotifier::activated, &application, [&input, &application] {
        char bytes[64];
        if (read(STDIN_FILENO, bytes, sizeof bytes) > 0)
            return;
        input.setEnabled(false);
        application.quit();
    });
    return application.exec();
}
