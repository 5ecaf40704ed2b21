// SPDX-License-Identifier: GPL-3.0-or-later
// What the console costs, on a demo cluster with many Mappings: time to the window, to the first row, to all
// rows, how long the GUI thread is held under a thousand events a second, a keystroke in the filter, memory.
// The console runs in a process of its own, so that what is measured is the console alone; `kubectl get` of
// the same objects stands beside it where kubectl is there.
//   console_bench OUT.json [MAPPINGS] [SECONDS] [--scale MAPPINGS]…
// --scale: so many instead, several one after another: `./dev bench console --scale 50000 --scale 100000`; the time to
// all rows, bytes and holds of each carry its number.
#include "app/cluster_thread.h"
#include "app/gui/application.h"
#include "app/gui/finding_feed.h"
#include "kube/kubeconfig.h"
#include "tests/support/foreign_kubectl.h"
#include "ui/docks/dock_area.h"
#include "ui/docks/problems_panel.h"
#include "ui/pages/routing_page.h"
#include "ui/table_pane.h"
#include "ui/timed_application.h"

#include <QElapsedTimer>
#include <QFile>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QSocketNotifier>
#include <QTemporaryDir>

#include <unistd.h>

#include <algorithm>
#include <cstdio>
#include <iostream>
#include <thread>

using namespace Qt::StringLiterals;

namespace {

QJsonArray figures;
QString suffixOfScale; // of several scales: "-50000"

void figure(const QString &name, double value, const QString &unit, int rounds = 1, const QString &peer = {},
            double ratio = 0)
{
    std::printf("%-44s %10.1f %-10s %s\n", qPrintable(name + suffixOfScale), value, qPrintable(unit),
                qPrintable(peer));
    std::fflush(stdout);
    QJsonObject row{{u"name"_s, QString(name + suffixOfScale)},
                    {u"value"_s, value},
                    {u"unit"_s, unit},
                    {u"rounds"_s, rounds}};
    if (!peer.isEmpty()) {
        row.insert(u"peer"_s, peer);
        row.insert(u"ratio"_s, ratio);
    }
    figures.append(row);
}

double residentMiB()
{
    QFile table(u"/proc/self/statm"_s);
    return table.open(QIODevice::ReadOnly)
        ? double(table.readAll().split(' ').value(1).toLongLong() * sysconf(_SC_PAGESIZE)) / (1024 * 1024)
        : 0;
}

void tell(const QString &line)
{
    std::printf("%s\n", qPrintable(line));
    std::fflush(stdout);
}

// Calls once, after the widget was painted.
class AfterPaint : public QObject
{
public:
    AfterPaint(QWidget *widget, std::function<bool()> isWanted, std::function<void()> then)
        : QObject(widget)
        , m_isWanted(std::move(isWanted))
        , m_then(std::move(then))
    {
        widget->installEventFilter(this);
    }

protected:
    bool eventFilter(QObject *, QEvent *event) override
    {
        if (event->type() == QEvent::Paint && m_isWanted()) {
            QMetaObject::invokeMethod(qApp, m_then, Qt::QueuedConnection);
            deleteLater();
        }
        return false;
    }

private:
    std::function<bool()> m_isWanted;
    std::function<void()> m_then;
};

// ---- the console, in a process of its own ------------------------------------------------------------

int childWindow(QApplication &application)
{
    app::gui::Application console({});
    new AfterPaint(
        console.window().page(u"overview"_s), [] { return true; },
        [] {
            tell(u"shown"_s);
            QCoreApplication::exit();
        });
    console.window().show();
    console.start();
    console.window().showPage(u"overview"_s);
    return application.exec();
}

int childConsole(ui::TimedApplication &application, const QString &kubeconfig, int count)
{
    app::gui::GuiOptions options;
    options.kubeconfig = kubeconfig;
    app::gui::Application console(options);
    console.window().resize(1280, 800);
    console.window().show();
    console.showPage(u"routing"_s);
    auto *table = console.window().findChild<ui::TableView *>(u"mappingsTable"_s);
    QElapsedTimer clock;
    new AfterPaint(
        table->viewport(), [table] { return table->model()->rowCount() > 0; },
        [&clock] { tell(u"first %1"_s.arg(clock.elapsed())); });
    const auto *order = static_cast<models::RowOrder *>(table->model());
    bool isTold = false;
    QObject::connect(order, &models::RowOrder::orderChanged, order, [&clock, &isTold, order, count] {
        if (order->rowCount() >= count && order->isSettled() && !std::exchange(isTold, true))
            tell(u"all %1"_s.arg(clock.elapsed()));
    });
    QSocketNotifier orders(0, QSocketNotifier::Read);
    QObject::connect(&orders, &QSocketNotifier::activated, &orders, [&application] {
        std::string line;
        if (!std::getline(std::cin, line) || line == "quit")
            return QCoreApplication::exit();
        ui::EventTimes &times = application.times();
        if (line == "reset")
            times.reset();
        tell(u"report %1 %2 %3 %4 %5"_s.arg(times.percentile(0.5))
                 .arg(times.percentile(0.99))
                 .arg(times.maximum())
                 .arg(residentMiB())
                 .arg(times.count()));
        for (const ui::EventTimes::Block &block : times.longest())
            std::fprintf(stderr, "  %.0f ms %s\n", block.milliseconds, qPrintable(block.what));
    });
    clock.start();
    console.start();
    return application.exec();
}

// A keystroke → the table is painted with what it leaves.
int childFilter(QApplication &application, int count)
{
    models::TableModel<models::MappingRow> mappings(models::mappingColumns());
    ui::MainWindow window;
    models::ConnectionState live;
    live.phase = models::ConnectionState::Phase::Live;
    window.setConnection(live);
    window.pages().routing->setMappings(mappings);
    kube::RowBatch<models::MappingRow> batch{{}, {}, true};
    for (int i = 0; i < count; ++i) {
        models::MappingRow row;
        row.key = u"default/mapping-%1"_s.arg(i);
        row.nameSpace = u"default"_s;
        row.name = u"mapping-%1"_s.arg(i);
        row.prefix = u"/backend-%1/"_s.arg(i);
        row.host = u"host-%1.example.com"_s.arg(i % 97);
        row.service = u"service-%1:80"_s.arg(i % 500);
        batch.upserts.append(row);
    }
    mappings.apply(batch);
    window.resize(1280, 800);
    window.show();
    window.showPage(u"routing"_s);
    auto *table = window.findChild<ui::TableView *>(u"mappingsTable"_s);
    auto *pane = window.findChild<ui::TablePane *>(u"mappingsPane"_s);
    const QStringList typed{u"b"_s,     u"ba"_s,         u"bac"_s,         u"back"_s,
                            u"backe"_s, u"backend-12"_s, u"backend-123"_s, {}};
    QList<double> took;
    for (const QString &text : typed) {
        QElapsedTimer clock;
        clock.start();
        bool painted = false;
        pane->setFilter(text);
        new AfterPaint(
            table->viewport(),
            [table] { return static_cast<models::RowOrder *>(table->model())->isSettled(); },
            [&painted] { painted = true; });
        table->viewport()->update();
        while (!painted && clock.elapsed() < 5000)
            application.processEvents(QEventLoop::WaitForMoreEvents, 5);
        took.append(double(clock.nsecsElapsed()) / 1e6);
    }
    std::sort(took.begin(), took.end());
    tell(u"filter %1 %2"_s.arg(took[took.size() / 2]).arg(took.last()));
    return 0;
}

// An analysis with many findings, then the same again: how long the window is held by each.
int childFindings(ui::TimedApplication &application, int count)
{
    models::TableModel<models::FindingRow> table(models::findingColumns());
    ui::MainWindow window;
    window.docks().problems().setFindings(table);
    window.resize(1280, 800);
    window.show();
    const auto analysis = std::make_shared<app::ClusterAnalysis>();
    analysis->snapshot = std::make_shared<models::Snapshot>();
    for (int i = 0; i < count; ++i)
        analysis->findings.findings.append({u"RT-003"_s,
                                            models::Severity::Warning,
                                            {u"Mapping"_s, u"default"_s, u"mapping-%1"_s.arg(i)},
                                            {},
                                            u"hidden by a Mapping that comes before it"_s,
                                            {},
                                            {}});
    app::gui::FindingFeed feed(table);
    for (const char *word : {"first", "again"}) {
        application.times().reset();
        bool isShown = false;
        const auto once =
            QObject::connect(&feed, &app::gui::FindingFeed::shown, &table, [&isShown] { isShown = true; });
        feed.show(analysis, {});
        while (!isShown)
            application.processEvents(QEventLoop::WaitForMoreEvents, 20);
        QObject::disconnect(once);
        tell(u"%1 %2"_s.arg(QString::fromLatin1(word)).arg(application.times().maximum()));
    }
    return 0;
}

// ---- the other side ----------------------------------------------------------------------------------

QProcess *child(const QStringList &arguments)
{
    auto *process = new QProcess;
    process->setProcessChannelMode(QProcess::ForwardedErrorChannel);
    process->start(QCoreApplication::applicationFilePath(), arguments);
    return process;
}

// Lines may come in another order than they are asked for; what is not wanted yet is kept.
QList<double> numbersAfter(QProcess &process, const QByteArray &word, int patienceMs = 60'000)
{
    QElapsedTimer clock;
    clock.start();
    QVariantList heard = process.property("heard").toList();
    while (clock.elapsed() < patienceMs) {
        while (process.canReadLine())
            heard.append(process.readLine().trimmed());
        for (qsizetype i = 0; i < heard.size(); ++i) {
            const QList<QByteArray> parts = heard[i].toByteArray().split(' ');
            if (parts.first() != word)
                continue;
            heard.removeAt(i);
            process.setProperty("heard", heard);
            QList<double> numbers;
            for (const QByteArray &part : parts.mid(1))
                numbers.append(part.toDouble());
            return numbers;
        }
        if (!process.waitForReadyRead(200) && process.state() == QProcess::NotRunning)
            break;
    }
    std::fprintf(stderr, "the console did not say '%s'\n", word.constData());
    std::exit(1);
}

double firstWindow()
{
    QList<double> took;
    for (int round = 0; round < 6; ++round) {
        QElapsedTimer clock;
        clock.start();
        const std::unique_ptr<QProcess> process(child({u"--child-window"_s}));
        numbersAfter(*process, "shown");
        took.append(double(clock.nsecsElapsed()) / 1e6);
        process->waitForFinished();
    }
    took.removeFirst(); // warm
    std::sort(took.begin(), took.end());
    return took[took.size() / 2];
}

// Those that --scale has made are changed by the demo itself, at that rate; how many a second came about.
double churn(kube::Client &client, int perSecond, int seconds)
{
    const auto version = [&client] { // the store's, by a list that is short
        const auto answer = client.rawGet(u"/api/v1/namespaces/istio-system/configmaps"_s).result();
        const auto list = answer ? edge::parseJson(answer->body.toStdString()) : edge::Result<edge::Value>();
        return list ? std::stoll(list->at({"metadata", "resourceVersion"}).text()) : -1;
    };
    const QString fault = u"/_sim/events-%1"_s.arg(perSecond);
    QElapsedTimer clock;
    const auto before = version();
    clock.start();
    kube::WriteOptions confirmed;
    confirmed.isConfirmed = true;
    if (!client.rawWrite("POST", fault, confirmed).result())
        return 0;
    std::this_thread::sleep_for(std::chrono::seconds(seconds));
    const auto after = version();
    const double took = double(clock.elapsed()) / 1000;
    (void)client.rawWrite("DELETE", fault, confirmed).result();
    return double(after - before) / took;
}

double kubectlMs(const QString &kubeconfig)
{
    const QString kubectl = foreignKubectl();
    if (kubectl.isEmpty())
        return -1;
    QProcess process;
    process.setStandardOutputFile(QProcess::nullDevice());
    QElapsedTimer clock;
    clock.start();
    process.start(kubectl, {u"--kubeconfig"_s, kubeconfig, u"get"_s, u"mappings"_s, u"-A"_s});
    return process.waitForFinished(120'000) && process.exitCode() == 0 ? double(clock.elapsed()) : -1;
}

// Filled by itself.  Its Mappings are of an edge that is not there: the demo's own would compile all of them, beside us.
QString startDemo(QProcess &demo, int mappings)
{
    demo.start(QCoreApplication::applicationDirPath() + u"/sallyportctl"_s,
               {u"demo-cluster"_s, u"--until-eof"_s, u"--rate"_s, u"0"_s, u"--history"_s, u"0"_s,
                u"--scale"_s, u"mappings=%1,id=bench"_s.arg(mappings)});
    while (demo.waitForReadyRead(300'000)) {
        while (demo.canReadLine()) {
            const QByteArray line = demo.readLine();
            const qsizetype at = line.indexOf("KUBECONFIG=");
            if (at >= 0)
                return QString::fromLocal8Bit(line.mid(at + 11).split(' ').first());
        }
    }
    std::fprintf(stderr, "the demo cluster did not start: %s\n", demo.readAllStandardError().constData());
    std::exit(1);
}

void measureConsole(const QString &kubeconfig, kube::Client &client, int count, int seconds)
{
    const double kubectl = kubectlMs(kubeconfig);
    const std::unique_ptr<QProcess> console(
        child({u"--child-console"_s, kubeconfig, QString::number(count)}));
    figure(u"first-rows-ms"_s, numbersAfter(*console, "first").value(0), u"ms"_s);
    const double all = numbersAfter(*console, "all", 300'000).value(0);
    figure(u"load-%1-ms"_s.arg(count), all, u"ms"_s, 1, kubectl > 0 ? u"kubectl"_s : QString(),
           kubectl > 0 ? kubectl / all : 0);
    std::this_thread::sleep_for(std::chrono::seconds(2)); // the first analysis
    for (const int perSecond : {100, 500, 1000}) {
        console->write("reset\n");
        console->waitForBytesWritten();
        numbersAfter(*console, "report");
        const double reached = churn(client, perSecond, seconds);
        console->write("report\n");
        console->waitForBytesWritten();
        const QList<double> report = numbersAfter(*console, "report");
        const QString suffix = perSecond == 1000 ? QString() : u"-at-%1"_s.arg(perSecond);
        figure(u"events-per-s"_s + suffix, reached, u"1/s"_s);
        figure(u"gui-block-p50-ms"_s + suffix, report.value(0), u"ms"_s);
        figure(u"gui-block-p99-ms"_s + suffix, report.value(1), u"ms"_s);
        figure(u"gui-block-max-ms"_s + suffix, report.value(2), u"ms"_s);
        if (perSecond == 1000)
            figure(u"rss-mb"_s, report.value(3), u"MiB"_s);
    }
    console->write("quit\n");
    console->waitForFinished();
}

// One demo cluster, filled, and the console on it.  false: there is none to measure on.
bool measureAt(int count, int seconds)
{
    QElapsedTimer clock;
    clock.start();
    QProcess demo;
    const QString kubeconfig = startDemo(demo, count);
    std::fprintf(stderr, "a demo cluster with %d Mappings stood after %.1f s\n", count,
                 double(clock.elapsed()) / 1000);
    auto file = kube::Kubeconfig::load(kube::kubeconfigSources(kubeconfig, {}, {}));
    auto connection = file ? file->connection(file->currentContext()) : tl::unexpected(file.error());
    if (!connection) {
        std::fprintf(stderr, "%s\n", qPrintable(connection.error().message));
        return false;
    }
    {
        app::ClusterThread thread(*connection);
        measureConsole(kubeconfig, thread.client(), count, seconds);
    }
    demo.closeWriteChannel();
    demo.waitForFinished(10'000);
    return true;
}

// Of the words behind --scale; else the first number.
QList<int> countsOf(QStringList &arguments)
{
    QList<int> counts;
    for (qsizetype at = arguments.indexOf(u"--scale"_s); at >= 0; at = arguments.indexOf(u"--scale"_s)) {
        if (const int count = arguments.value(at + 1).toInt(); count > 0)
            counts.append(count);
        arguments.remove(at, qMin<qsizetype>(2, arguments.size() - at));
    }
    if (counts.isEmpty())
        counts.append(qMax(1, arguments.value(2, u"10000"_s).toInt()));
    return counts;
}

int measure(QStringList arguments)
{
    const QList<int> counts = countsOf(arguments);
    const int seconds = qMax(1, arguments.value(3, u"10"_s).toInt());
    figure(u"first-window-ms"_s, firstWindow(), u"ms"_s, 5);
    const std::unique_ptr<QProcess> filter(child({u"--child-filter"_s, u"50000"_s}));
    const QList<double> keys = numbersAfter(*filter, "filter");
    figure(u"filter-50000-ms"_s, keys.value(0), u"ms"_s, 8);
    figure(u"filter-50000-max-ms"_s, keys.value(1), u"ms"_s, 8);
    filter->waitForFinished();
    const std::unique_ptr<QProcess> findings(child({u"--child-findings"_s, u"10000"_s}));
    figure(u"findings-10000-hold-ms"_s, numbersAfter(*findings, "first").value(0), u"ms"_s);
    figure(u"findings-10000-again-hold-ms"_s, numbersAfter(*findings, "again").value(0), u"ms"_s);
    findings->waitForFinished();
    for (const int count : counts) {
        if (counts.size() > 1)
            suffixOfScale = u"-%1"_s.arg(count);
        if (!measureAt(count, seconds))
            return 1;
    }
    QFile out(arguments.value(1));
    if (!arguments.value(1).isEmpty() && out.open(QIODevice::WriteOnly))
        out.write(QJsonDocument(figures).toJson());
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    QStringList arguments;
    for (int i = 0; i < argc; ++i)
        arguments.append(QString::fromLocal8Bit(argv[i]));
    if (!arguments.value(1).startsWith(u"--child"_s)) {
        qputenv("QT_QPA_PLATFORM", "offscreen");
        const QCoreApplication application(argc, argv);
        return measure(arguments);
    }
    ui::TimedApplication application(argc, argv);
    ui::applyTheme(application, ui::Theme::Light);
    if (arguments[1] == u"--child-window"_s)
        return childWindow(application);
    if (arguments[1] == u"--child-findings"_s)
        return childFindings(application, arguments.value(2).toInt());
    if (arguments[1] == u"--child-filter"_s)
        return childFilter(application, arguments.value(2).toInt());
    return childConsole(application, arguments.value(2), arguments.value(3).toInt());
}
