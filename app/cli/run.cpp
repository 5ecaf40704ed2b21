// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/run.h"

#include "app/cli/interrupt.h"
#include "app/demo/demo_cluster.h"

#include <QCoreApplication>
#include <QFileInfo>
#include <QThread>

#include <cstdio>

#ifdef Q_OS_UNIX
#include <unistd.h>
#endif

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

constexpr std::chrono::seconds PrometheusStart{
    30}; // what a command on the demo waits for it; without it some findings differ

bool isTerminal()
{
#ifdef Q_OS_UNIX
    return isatty(STDOUT_FILENO) == 1;
#else
    return false;
#endif
}

} // namespace

int withFault(int code, const OutFile &out, const Output::Sink &err)
{
    const QString fault = out.fault();
    if (fault.isEmpty())
        return code;
    if (!out.isReaderGone())
        err((u"sallyportctl: standard output cannot be written (%1), so the answer is not whole\n"_s.arg(
                 fault))
                .toUtf8());
    return CouldNot;
}

int run(const Arguments &arguments, const OutFile &out, const Output::Sink &err)
{
    std::stop_source stop;
    // Nobody reads what comes after it: a watch would go on for ever, a change be written whose diff nobody has seen.
    const auto write = [&out, &stop](const QByteArray &bytes) {
        out.write(bytes);
        if (!out.fault().isEmpty())
            stop.request_stop();
    };
    Output output(arguments.format,
                  arguments.colour && qEnvironmentVariableIsEmpty("NO_COLOR") && isTerminal(), write, err);
    Interrupt interrupt(arguments.untilEof);
    QObject::connect(&interrupt, &Interrupt::requested, &interrupt, [&stop] { stop.request_stop(); });

    SessionOptions options = arguments.session;
    options.stop = stop.get_token();
    options.say = [&output](const QString &line) { output.note(line); };
    std::unique_ptr<demo::DemoCluster> cluster;
    if (arguments.wantsDemo) {
        cluster = std::make_unique<demo::DemoCluster>(arguments.demo);
        const auto ready = cluster->start(options.stop);
        if (!ready)
            return output.fail(QString::fromStdString(ready.error().message));
        if (QLatin1String(arguments.command->name)
            != "demo-cluster"_L1) // that one is asked for its addresses, soon
            (void)cluster->waitForPrometheus(PrometheusStart, options.stop);
        options.demo = DemoAddresses{ready->kubeconfig, ready->apiServer, ready->edgeHttp, ready->edgeHttps,
                                     ready->prometheus};
        options.kubeconfig = ready->kubeconfig;
    }

    int code = CouldNot;
    const std::unique_ptr<QThread> worker(QThread::create([&] {
        Session session(options);
        Invocation invocation{*arguments.parser, arguments.positional, output, session};
        code = arguments.command->run(invocation);
        for (const QString &sentence : session.narrowed())
            output.note(u"note: "_s + sentence);
        // Half of the manifests would pass for all of them.
        if (!session.manifests().problems.isEmpty() && code != CouldNot && code != WrongUsage)
            code = output.fail(
                u"not all manifests could be read (RT-013); correct those that are named here, the others alone were looked at"_s);
    }));
    QEventLoop loop; // the program's one loop: main() has not entered another
    QObject::connect(worker.get(), &QThread::finished, &loop, &QEventLoop::quit);
    worker->start();
    loop.exec();
    worker->wait();
    return withFault(code, out, err);
}

} // namespace app::cli
