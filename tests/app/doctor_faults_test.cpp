// SPDX-License-Identifier: GPL-3.0-or-later
// What the doctor says while the API server misbehaves: it passes, exit 0, and names what it has gone through; where it cannot, exit 1
// and the step that failed.  The README's table says the same.
#include "tests/app/demo_child.h"
#include "tests/support/test_class.h"

#include <QRegularExpression>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

struct Line
{
    bool isWell = false;
    QString found;
};

QMap<QString, Line> linesOf(const CliEnded &doctor)
{
    QMap<QString, Line> lines;
    const auto document = edge::parseJson(doctor.out.toStdString());
    if (!document)
        return lines;
    for (const edge::Value &item : (*document)["items"].items())
        lines.insert(QString::fromStdString(item["step"].text()),
                     {item["ok"].toBool(), QString::fromStdString(item["found"].text())});
    return lines;
}

} // namespace

class DoctorFaultsTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<DemoChild> m_demo;

private Q_SLOTS:
    void initTestCase()
    {
        m_demo = std::make_unique<DemoChild>();
        QVERIFY2(m_demo->start({u"--history"_s, u"0"_s}), qPrintable(m_demo->error()));
    }

    void namesWhatItHasSurvived_data()
    {
        QTest::addColumn<QString>("fault");
        QTest::addColumn<QString>("step");
        QTest::addColumn<QString>("words");
        QTest::newRow("none") << QString() << u"connections"_s << u"requests over one connection"_s;
        QTest::newRow("api-goaway") << u"api-goaway"_s << u"connections"_s
                                    << u"closes them now and then (GOAWAY)"_s;
        QTest::newRow("api-410") << u"api-410"_s << u"watch"_s << u"before: it had expired (410"_s;
        QTest::newRow("api-429") << u"api-429?count=2"_s << u"version"_s
                                 << u"; answered when asked again (2 ×), before: "_s;
        QTest::newRow("api-slow") << u"api-slow?millis=1200"_s << u"version"_s
                                  << u"; slow: the answer took 1."_s;
        QTest::newRow("api-half-open")
            << u"api-half-open"_s << u"watch"_s << u"before: it fell silent without an end"_s;
        QTest::newRow("api-half-open, its connection")
            << u"api-half-open"_s << u"connections"_s << u"over 2 connections: 1 fallen silent; each time"_s;
        QTest::newRow("api-reset") << u"api-reset?count=2&bytes=20"_s << u"version"_s
                                   << u"; answered when asked again (2 ×), before: "_s;
        QTest::newRow("api-reset, its connections")
            << u"api-reset?count=2&bytes=20"_s << u"connections"_s
            << u"over 3 connections: 2 cut before the answer was whole; each time"_s;
        QTest::newRow("api-rotate") << u"api-rotate"_s << u"rights"_s
                                    << u"everything in the namespace default"_s;
    }
    void namesWhatItHasSurvived()
    {
        QFETCH(QString, fault);
        QFETCH(QString, step);
        QFETCH(QString, words);
        if (!fault.isEmpty())
            QVERIFY(m_demo->fault(fault, true));
        const CliEnded doctor = m_demo->run({u"doctor"_s, u"-o"_s, u"json"_s}, 60'000);
        if (!fault.isEmpty())
            QVERIFY(m_demo->fault(fault.section(u'?', 0, 0), false));
        const QMap<QString, Line> lines = linesOf(doctor);
        QVERIFY2(lines.contains(step), qPrintable(doctor.all()));
        QVERIFY2(lines[step].isWell && lines[step].found.contains(words), qPrintable(doctor.all()));
        QVERIFY2(doctor.code == 0 || (!m_demo->hasPrometheus() && doctor.code == 3),
                 qPrintable(doctor.all()));
    }

    // Lists that get no answer are no empty cluster: who gates by these commands must not see a pass.
    void whatGotNoAnswerIsNoEmptyCluster_data()
    {
        QTest::addColumn<QString>("command");
        for (const char *command : {"edges", "check", "posture", "mappings"})
            QTest::newRow(command) << QString::fromLatin1(command);
    }
    void whatGotNoAnswerIsNoEmptyCluster()
    {
        QFETCH(QString, command);
        QVERIFY(m_demo->fault(u"api-split"_s, true));
        const CliEnded ended = m_demo->run({command, u"--timeout"_s, u"2s"_s}, 60'000);
        QVERIFY(m_demo->fault(u"api-split"_s, false));
        QCOMPARE(ended.code, 1);
        QVERIFY2(ended.err.contains(u"2 s"_s) && !ended.err.contains(u"404"_s), qPrintable(ended.all()));
    }

    // -n and --edge are judged as by every other command.
    void aChoiceThatNamesNothingIsSaidInTheSameWords_data()
    {
        QTest::addColumn<QStringList>("options");
        QTest::newRow("namespace") << QStringList{u"-n"_s, u"nowhere"_s};
        QTest::newRow("edge") << QStringList{u"--edge"_s, u"shop/none"_s};
    }
    void aChoiceThatNamesNothingIsSaidInTheSameWords()
    {
        QFETCH(QStringList, options);
        const CliEnded mappings = m_demo->run(options + QStringList{u"mappings"_s}, 60'000);
        const CliEnded doctor = m_demo->run(options + QStringList{u"doctor"_s, u"-o"_s, u"json"_s}, 60'000);
        const Line edges = linesOf(doctor)[u"edges"_s];
        QVERIFY(!edges.isWell && !edges.found.isEmpty());
        QVERIFY2(mappings.err.contains(edges.found), qPrintable(mappings.err + edges.found));
        QCOMPARE(doctor.code, 3);
    }

    // Rights in one namespace alone: what could not be seen, and which right shows it.
    void namesTheRightThatIsMissing()
    {
        const CliEnded doctor =
            m_demo->run({u"--context"_s, u"demo-team"_s, u"doctor"_s, u"-o"_s, u"json"_s}, 60'000);
        const QMap<QString, Line> lines = linesOf(doctor);
        for (const auto &[step, why] :
             {std::pair(u"Istio"_s, u"deployments.apps is forbidden: User "_s),
              std::pair(u"edges"_s,
                        u"deployments were read in namespace shop only: this account may not "_s)}) {
            const QString found = lines[step].found;
            QVERIFY2(!lines[step].isWell && found.contains(why)
                         && found.contains(u"; ask for get, list and watch on deployments"_s),
                     qPrintable(step + found));
        }
    }

    // As `istioctl install --revision` names it.
    void findsIstioOfARevision()
    {
        const auto change = [this](const kube::Object &was, const QByteArray &name) {
            auto made = edge::parseJson(was.json.toStdString());
            edge::Value &metadata = made->child("metadata");
            for (const char *field : {"uid", "resourceVersion", "managedFields", "creationTimestamp"})
                metadata.erase(field);
            metadata.set("name", name.toStdString());
            kube::WriteOptions options;
            options.isConfirmed = true;
            const QString space = u"istio-system"_s;
            return m_demo->client()
                       .create(kube::types::deployments(), space,
                               QByteArray::fromStdString(edge::toJson(*made)), options)
                       .result()
                && m_demo->client().remove(kube::types::deployments(), space, was.name, options).result();
        };
        const auto istiod =
            m_demo->client().get(kube::types::deployments(), u"istio-system"_s, u"istiod"_s).result();
        QVERIFY(istiod);
        QVERIFY(change(*istiod, "istiod-1-24-1"));
        const CliEnded doctor = m_demo->run({u"doctor"_s, u"-o"_s, u"json"_s}, 60'000);
        kube::Object revision = *istiod;
        revision.name = u"istiod-1-24-1"_s;
        QVERIFY(change(revision, "istiod"));
        const Line istio = linesOf(doctor)[u"Istio"_s];
        QVERIFY2(istio.isWell && istio.found.startsWith(u"istiod-1-24-1 in istio-system, image "_s),
                 qPrintable(doctor.all()));
    }

    void failsWhereNothingHelps_data()
    {
        QTest::addColumn<QString>("fault");
        QTest::addColumn<QString>("step");
        QTest::addColumn<QString>("words"); // a pattern
        QTest::newRow("rbac-denied")
            << u"rbac-denied"_s << u"rights"_s
            << u"^user “demo” may do nothing in the namespace default; ask whoever"_s;
        QTest::newRow("token-expired")
            << u"token-expired"_s << u"version"_s
            << u"^GET /version: Unauthorized; https://127\\.0\\.0\\.1:\\d+ does not accept the credentials of user “demo” \\(context “demo”\\): sign in again or renew them in /\\S+/kubeconfig$"_s;
        QTest::newRow("api-foreign-ca")
            << u"api-foreign-ca"_s << u"TLS"_s
            << u"^the server's certificate is not trusted by the certificate-authority of cluster “demo” in "_s;
    }
    void failsWhereNothingHelps()
    {
        QFETCH(QString, fault);
        QFETCH(QString, step);
        QFETCH(QString, words);
        QVERIFY(m_demo->fault(fault, true));
        const CliEnded doctor = m_demo->run({u"doctor"_s, u"-o"_s, u"json"_s}, 60'000),
                       table = m_demo->run({u"doctor"_s}, 60'000);
        (void)m_demo->fault(
            fault, false); // a foreign authority's server is not trusted with that either: the last row
        const QMap<QString, Line> lines = linesOf(doctor);
        QVERIFY2(lines.contains(step) && !lines[step].isWell, qPrintable(doctor.all()));
        QVERIFY2(lines[step].found.contains(QRegularExpression(words)), qPrintable(lines[step].found));
        QCOMPARE(doctor.code, 1);
        for (const QString &untried : {u"watch"_s, u"CRDs"_s, u"Istio"_s, u"edges"_s, u"Prometheus"_s}) {
            QVERIFY2(lines.contains(untried) && !lines[untried].isWell
                         && lines[untried].found.startsWith(u"not tried: "_s),
                     qPrintable(doctor.all()));
            QVERIFY2(table.out.contains(QRegularExpression(u"\n- +%1 +\\d+ +not tried: "_s.arg(untried))),
                     qPrintable(table.all()));
        }
    }

    void cleanupTestCase() { m_demo.reset(); }
};

SALLYPORT_TEST(doctor_faults_test, DoctorFaultsTest)
#include "doctor_faults_test.moc"
