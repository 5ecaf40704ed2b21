// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/tour.h"

#include "app/cli/tour_steps.h"

#include <QDir>
#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

// As the console finds it with this folder as XDG_DATA_HOME, so that its pictures show what the tour has changed.
QString journalFile(const QString &dataFolder, const kube::Connection &connection)
{
    return dataFolder + u"/sallyport/journal/"_s + QFileInfo(Journal::fileFor(connection)).fileName();
}

struct Done
{
    QString title;
    Told told;
    qint64 ms = 0;
};

bool writeReport(const QString &folder, const QList<Done> &done)
{
    QFile report(folder + u"/tour.md"_s);
    if (!report.open(QIODevice::WriteOnly | QIODevice::Truncate))
        return false;
    QString text = u"# Tour of the guide on a demo cluster\n\n| | step | seen | ms |\n|---|---|---|---|\n"_s;
    for (const Done &step : done)
        text += u"| %1 | %2 | %3 | %4 |\n"_s.arg(step.told.skipped  ? u"–"_s
                                                     : step.told.ok ? u"✓"_s
                                                                    : u"✗"_s,
                                                 step.title, QString(step.told.seen).replace(u'|', u"\\|"_s),
                                                 QString::number(step.ms));
    for (const QString &picture : QDir(folder).entryList({u"*.png"_s}))
        text += u"\n![%1](%1)\n"_s.arg(picture);
    const QByteArray bytes = text.toUtf8();
    return report.write(bytes) == bytes.size() && report.flush();
}

} // namespace

int runTour(Invocation &invocation)
{
    const QString folder = QDir(invocation.parser.value(u"out"_s)).absolutePath();
    if (!QDir().mkpath(folder))
        return invocation.output.fail(u"the folder %1 cannot be made; choose another by --out"_s.arg(folder));
    const auto client = invocation.session.client();
    if (!client)
        return invocation.output.fail(client.error().message);
    const DemoAddresses &demo = *invocation.session.options().demo;
    TourWorld world(invocation.session, **client,
                    Journal(journalFile(tourDataFolder(demo), (*client)->transport().connection())));
    QList<Done> done;
    bool ok = true;
    const std::vector<TourStep> all = tourSteps(folder);
    for (const TourStep &step : all) {
        const bool takesBack =
            &step == &all.back() && !done.isEmpty() && done.constFirst().told.ok; // else nothing was written
        if (invocation.session.stop().stop_requested())
            break;
        if (!ok && !takesBack)
            continue;
        QElapsedTimer timer;
        timer.start();
        const Told told = step.run(world);
        done.append({step.title, told, timer.elapsed()});
        ok = ok && told.ok;
        const QString mark = told.skipped ? u"–"_s : told.ok ? u"✓"_s : u"✗"_s;
        invocation.output.line(u"%1 %2 %3 ms  %4"_s.arg(
            invocation.output.painted(mark, told.ok ? models::Severity::Good : models::Severity::Error),
            step.title.leftJustified(52), QString::number(timer.elapsed()).rightJustified(6), told.seen));
    }
    ok = ok && !invocation.session.stop().stop_requested();
    if (!writeReport(folder, done))
        return invocation.output.fail(u"the report %1/tour.md cannot be written"_s.arg(folder));
    const auto skipped =
        std::count_if(done.begin(), done.end(), [](const Done &step) { return step.told.skipped; });
    const auto passed =
        std::count_if(done.begin(), done.end(), [](const Done &step) { return step.told.ok; }) - skipped;
    invocation.output.line(u"%1 of %2 steps%3, report in %4/tour.md"_s.arg(
        QString::number(passed), QString::number(all.size()),
        skipped ? u", %1 skipped"_s.arg(skipped) : QString(), folder));
    return ok ? AllWell : BadAnswer;
}

} // namespace app::cli
