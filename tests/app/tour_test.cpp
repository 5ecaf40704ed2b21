// SPDX-License-Identifier: GPL-3.0-or-later
// The guide's whole story by the built program: a fresh demo cluster, every step, pictures of every page, and back to the start.
#include "tests/support/test_class.h"

#include <QDir>
#include <QFile>
#include <QProcess>
#include <QTemporaryDir>
#include <QSize>
#include <QTest>
#include <QtEndian>

using namespace Qt::StringLiterals;

namespace {

constexpr int TourLimitMs = 240'000;

const QStringList stepTitles {
    u"Connect to the demo cluster"_s,
    u"List its Mappings"_s,
    u"Label the namespace default for injection"_s,
    u"Deploy quote with its Service and Mapping"_s,
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
    u"The guide's checks"_s,
    u"A picture of every page"_s,
    u"Take everything back"_s,
};

// From the file's first chunk: these tests link no QtGui.
QSize sizeOfPng(const QString &path)
{
    QFile file(path);
    if (!file.open(QIODevice::ReadOnly))
        return {};
    const QByteArray head = file.read(24);
    if (head.size() < 24 || !head.startsWith("\x89PNG"))
        return {};
    return {int(qFromBigEndian<quint32>(head.constData() + 16)), int(qFromBigEndian<quint32>(head.constData() + 20))};
}

}

class TourTest : public QObject
{
    Q_OBJECT

    QTemporaryDir m_folder;

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
            QVERIFY2(found.constFirst().startsWith(u'✓') || found.constFirst().contains(u"skipped: "_s), qPrintable(found.constFirst()));
        }
        QVERIFY(said.contains(u"reset reason: connection termination"_s)); // the plain Mapping under STRICT, in Envoy's words
        QVERIFY(said.contains(u"objects are as they were at the start"_s));
    }

    void withoutPrometheusItsStepIsSkippedAndTheRestHolds()
    {
        QProcess tour;
        QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
        environment.insert(u"SALLYPORT_PROMETHEUS"_s, m_folder.filePath(u"no-such-program"_s));
        tour.setProcessEnvironment(environment);
        tour.setProcessChannelMode(QProcess::MergedChannels);
        tour.start(QStringLiteral(SALLYPORT_BINARY_DIR "/bin/sallyportctl"), {u"demo"_s, u"tour"_s, u"--no-color"_s});
        const bool ended = tour.waitForFinished(TourLimitMs);
        const QString said = QString::fromUtf8(tour.readAll());
        QVERIFY2(ended && tour.exitCode() == 0, qPrintable(said));
        QVERIFY2(said.contains(u"skipped: none: "_s), qPrintable(said));
        QVERIFY(said.contains(u"objects are as they were at the start"_s));
    }

    void theReportShowsStepsAndPictures()
    {
        QFile report(m_folder.filePath(u"tour.md"_s));
        QVERIFY(report.open(QIODevice::ReadOnly));
        const QString text = QString::fromUtf8(report.readAll());
        for (const QString &title : stepTitles)
            QVERIFY2(text.contains(title), qPrintable(title));
        const QStringList pictures = QDir(m_folder.path()).entryList({u"*.png"_s});
        QVERIFY2(pictures.size() >= 12, qPrintable(pictures.join(u' '))); // six pages, light and dark
        for (const QString &picture : pictures) {
            const QSize size = sizeOfPng(m_folder.filePath(picture));
            QVERIFY2(size.width() >= 1024 && size.height() >= 640, qPrintable(picture));
            QVERIFY2(text.contains(picture), qPrintable(picture));
        }
    }
};

SALLYPORT_TEST(tour_test, TourTest)
#include "tour_test.moc"
