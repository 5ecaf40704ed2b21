// SPDX-License-Identifier: GPL-3.0-or-later
// The guide's whole story by the built program: a fresh demo cluster, every step, pictures of every page, and back to the start.
#include "tests/support/colours_of.h"
#include "tests/support/foreign_kubectl.h"
#include "tests/support/test_class.h"

#include <QDeadlineTimer>
#include <QDir>
#include <QFile>
#include <QImage>
#include <QProcess>
#include <QTemporaryDir>
#include <QTest>

#include <functional>

using namespace Qt::StringLiterals;

namespace {

constexpr int TourLimitMs = 240'000;

const QStringList stepTitles{
    u"Connect to the demo cluster"_s,
    u"List its Mappings"_s,
    u"Label the namespace default for injection"_s,
    u"Deploy quote with its Service"_s,
    u"A plain Mapping to quote"_s,
    u"Request /backend/, plain"_s,
    u"Share istio-certs: the sidecar joins the edge"_s,
    u"TLSContext istio-upstream"_s,
    u"Mapping with tls: istio-upstream"_s,
    u"Request /backend/ again"_s,
    u"Mesh to STRICT"_s,
    u"Mapping without tls fails"_s,
    u"Mapping with tls works, and quote knows who calls"_s,
    u"The certificate rotates under traffic"_s,
    u"Prometheus reads the edge's counters"_s,
    u"Grafana shows the edge's counters"_s,
    u"The edge's traces reach Zipkin"_s,
    u"The guide's checks"_s,
    u"A picture of every page"_s,
    u"Take everything back"_s,
};

struct Toured
{
    int code = -1; // it did not end in time
    QString said;
    QStringList lines;
};

// Every page twice, large and small, and what is below, inside and before pages once; each light and dark; and every page with
// high contrast.
QStringList pictureNames()
{
    constexpr const char *pages[]{"overview", "routing", "certificates", "mesh",
                                  "metrics",  "request", "guide",        "activity"};
    QStringList names;
    for (const QString &theme : {u"light"_s, u"dark"_s}) {
        for (const char *page : pages)
            names << u"%1-%2.png"_s.arg(QLatin1String(page), theme)
                  << u"%1-%2-1024.png"_s.arg(QLatin1String(page), theme);
        for (const char *part : {"dock-problems", "dock-changes", "dock-notices", "routing-hosts",
                                 "routing-listeners", "routing-tcpmappings", "routing-tree", "welcome",
                                 "dialog-palette", "dialog-performance", "dialog-shortcuts"})
            names << u"%1-%2.png"_s.arg(QLatin1String(part), theme);
    }
    for (const char *page : pages)
        names << u"%1-high-contrast.png"_s.arg(QLatin1String(page));
    names.sort();
    return names;
}

} // namespace

class TourTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;
    QByteArray m_error; // kubectl's

    // Calls `each` with what it has said so far whenever it has said more.
    Toured tour(const QStringList &options, const std::function<void(const QString &)> &each = {})
    {
        QProcess process;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"TMPDIR"_s, m_folder.path()); // where kubectl() finds the demo's kubeconfig
        process.setProcessEnvironment(environment);
        process.setProcessChannelMode(QProcess::MergedChannels);
        const QString out = m_folder.filePath(u"another"_s);
        process.start(QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"),
                      QStringList{u"demo"_s, u"tour"_s, u"--no-color"_s, u"--out"_s, out} + options);
        Toured toured;
        const QDeadlineTimer deadline(TourLimitMs);
        while (process.state() != QProcess::NotRunning && !deadline.hasExpired()) {
            process.waitForReadyRead(200);
            toured.said += QString::fromUtf8(process.readAll());
            if (each)
                each(toured.said);
        }
        toured.said += QString::fromUtf8(process.readAll());
        if (process.state() == QProcess::NotRunning && process.exitStatus() == QProcess::NormalExit)
            toured.code = process.exitCode();
        toured.lines = toured.said.split(u'\n', Qt::SkipEmptyParts);
        return toured;
    }

    bool kubectl(const QStringList &arguments, const QByteArray &input = {})
    {
        const QString demo = QDir(m_folder.path()).entryList({u"sallyport-demo-*"_s}, QDir::Dirs).value(0);
        QProcess process;
        process.start(foreignKubectl(),
                      QStringList{u"--kubeconfig"_s, m_folder.filePath(demo + u"/kubeconfig"_s)} + arguments);
        process.write(input);
        process.closeWriteChannel();
        const bool ended = process.waitForFinished(30'000);
        m_error = process.readAllStandardError();
        return ended && process.exitCode() == 0;
    }

private Q_SLOTS:
    void everyStepHoldsAndIsTakenBack()
    {
        QProcess tour;
        tour.setProcessChannelMode(QProcess::MergedChannels);
        tour.start(QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"),
                   {u"demo"_s, u"tour"_s, u"--no-color"_s, u"--out"_s, m_folder.path()});
        const bool ended = tour.waitForFinished(TourLimitMs);
        const QString said = QString::fromUtf8(tour.readAll());
        QVERIFY2(ended, qPrintable(u"the tour did not end; it said:\n"_s + said));
        QVERIFY2(tour.exitStatus() == QProcess::NormalExit && tour.exitCode() == 0, qPrintable(said));
        const QStringList lines = said.split(u'\n', Qt::SkipEmptyParts);
        for (const QString &title : stepTitles) {
            const QStringList found = lines.filter(title);
            QVERIFY2(!found.isEmpty(), qPrintable(title + u" is missing in:\n"_s + said));
            const bool mayBeSkipped = title.contains(u"Prometheus"_s) || title.contains(u"picture"_s);
            QVERIFY2(found.constFirst().startsWith(u'✓')
                         || (mayBeSkipped && found.constFirst().contains(u"none: no prometheus"_s)),
                     qPrintable(found.constFirst()));
        }
        QVERIFY(said.contains(
            u"reset reason: connection termination"_s)); // the plain Mapping under STRICT, in Envoy's words
        QVERIFY(said.contains(u"objects are as they were at the start"_s));
    }

    void withoutPrometheusTheDemosOwnAnswersAndEverythingHolds()
    {
        QProcess tour;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"SALLYPORT_PROMETHEUS"_s, m_folder.filePath(u"no-such-program"_s));
        tour.setProcessEnvironment(environment);
        tour.setProcessChannelMode(QProcess::MergedChannels);
        tour.start(QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"),
                   {u"demo"_s, u"tour"_s, u"--no-color"_s});
        const bool ended = tour.waitForFinished(TourLimitMs);
        const QString said = QString::fromUtf8(tour.readAll());
        QVERIFY2(ended && tour.exitCode() == 0, qPrintable(said));
        QVERIFY2(said.contains(u"20 of 20 steps, report"_s), qPrintable(said));
        QVERIFY(said.contains(u"objects are as they were at the start"_s));
    }

    void aStepThatFailsEndsItAndEverythingIsTakenBack()
    {
        const Toured toured =
            tour({u"--incident"_s, u"istiod-down"_s}); // new pods of a namespace with injection are refused
        QVERIFY2(toured.code == 3, qPrintable(toured.said));
        const qsizetype failing = stepTitles.indexOf(u"Request /backend/, plain"_s);
        QVERIFY(failing > 0);
        for (qsizetype step = 0; step < stepTitles.size(); ++step) {
            const bool isLast = step == stepTitles.size() - 1;
            const QString line = toured.lines.filter(stepTitles[step]).value(0);
            const QString mark = step < failing || isLast ? u"✓"_s : step == failing ? u"✗"_s : QString();
            QVERIFY2(line.left(1) == mark, qPrintable(stepTitles[step] + u" in:\n"_s + toured.said));
        }
        QVERIFY2(toured.lines.filter(u"Request /backend/, plain"_s)
                     .constFirst()
                     .contains(u"expected 200, got 503"_s),
                 qPrintable(toured.said));
        QVERIFY(toured.said.contains(u"objects are as they were at the start"_s));
        QVERIFY2(toured.said.contains(u"6 of 20 steps"_s), qPrintable(toured.said));
    }

    // Somebody else changes the cluster while the tour is under way: the end says each object, and is no success.
    void whatIsLeftChangedIsReported()
    {
        const QByteArray left = "apiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: "
                                "left-behind, namespace: default}\n"
                                "spec: {prefix: /left-behind/, service: quote}\n";
        bool isChanged = false;
        const Toured toured = tour({u"--incident"_s, u"istiod-down"_s}, [&](const QString &said) {
            if (isChanged || !said.contains(u"List its Mappings"_s))
                return;
            isChanged = true;
            QVERIFY2(kubectl({u"apply"_s, u"-f"_s, u"-"_s}, left), m_error.constData());
            QVERIFY2(kubectl({u"annotate"_s, u"namespace"_s, u"shop"_s, u"changed=yes"_s}),
                     m_error.constData());
            QVERIFY2(kubectl({u"delete"_s, u"service"_s, u"web"_s, u"-n"_s, u"front"_s}),
                     m_error.constData());
        });
        QVERIFY(isChanged);
        QVERIFY2(toured.code == 3, qPrintable(toured.said));
        const QString last = toured.lines.filter(u"Take everything back"_s).value(0);
        QVERIFY2(last.startsWith(u"✗"_s), qPrintable(toured.said));
        for (const QString &part : {u"mappings default/left-behind was not there"_s,
                                    u"namespaces shop differs"_s, u"services front/web is gone"_s})
            QVERIFY2(last.contains(part), qPrintable(last));
    }

    void theReportShowsStepsAndPictures()
    {
        QFile report(m_folder.filePath(u"tour.md"_s));
        QVERIFY(report.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(report.readAll());
        for (const QString &title : stepTitles)
            QVERIFY2(text.contains(title), qPrintable(title));
        QStringList pictures = QDir(m_folder.path()).entryList({u"*.png"_s});
        pictures.sort();
        QCOMPARE(pictures, pictureNames());
        for (const QString &picture : std::as_const(pictures)) {
            const QImage image(m_folder.filePath(picture));
            const bool isSmall = picture.endsWith(u"-1024.png"_s);
            const QSize window = isSmall ? QSize(1024, 640) : QSize(1280, 800);
            if (picture.startsWith("dialog-"_L1)) // as large as it is
                QVERIFY2(image.width() >= 500 && image.height() >= 300, qPrintable(picture));
            else
                QVERIFY2(image.size() == window, qPrintable(picture));
            QVERIFY2(coloursOf(image, 64) == 64, qPrintable(picture));
            QVERIFY2(text.contains(picture), qPrintable(picture));
        }
    }
};

SALLYPORT_TEST(tour_test, TourTest)
#include "tour_test.moc"
