// SPDX-License-Identifier: GPL-3.0-or-later
// Each structural incident of the demo world, switched on at run time: `check` finds it by its code within five
// seconds, and nothing else; after it is switched off the world is as quiet as before.  A finished guide has no
// finding above INFO.  An incident that this demo does not have is skipped by name.
#include "tests/app/demo_child.h"
#include "tests/kube/scripted_server.h"
#include "tests/kube/test_authority.h"
#include "tests/support/test_class.h"

#include <QElapsedTimer>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

constexpr int FoundLimitMs = 5000;
constexpr int OneCheckMs = 5000; // a whole program, beside builds
constexpr int StartLimitMs = 20'000;
constexpr int CallEveryMs = 60'000; // legacy-report
constexpr int RefusalsAreReadMs = 120'000;
constexpr int CheckLimitMs = 20'000;

// "RT-003" for each finding above INFO, or of any severity, sorted, each once.
QStringList codesOf(const CliEnded &check, bool withInfo = false)
{
    QStringList codes;
    const auto document = edge::parseJson(check.out.toStdString());
    if (!document)
        return {u"no answer: "_s + check.err};
    for (const edge::Value &finding : (*document)["findings"].items()) {
        const std::string &severity = finding["severity"].text();
        if (withInfo || severity == "error" || severity == "warning")
            codes.append(QString::fromStdString(finding["code"].text()));
    }
    codes.sort();
    codes.removeDuplicates();
    return codes;
}

} // namespace

class IncidentsTest : public QObject
{
    Q_OBJECT

    std::unique_ptr<DemoChild> m_demo;
    QStringList m_quiet; // what stands without any incident

    QStringList codes() { return codesOf(m_demo->run({u"check"_s, u"-o"_s, u"json"_s}, CheckLimitMs)); }
    QStringList newCodes()
    {
        QStringList now = codes();
        for (const QString &code : m_quiet)
            now.removeAll(code);
        return now;
    }
    // Each turn waits for the end of a whole `check`; nothing tells sooner that a finding has come or gone.
    bool waitFor(const QStringList &expected, QStringList &seen, int limitMs = FoundLimitMs)
    {
        QElapsedTimer timer;
        timer.start();
        do {
            seen = newCodes();
            if (seen == expected)
                return timer.elapsed() < limitMs + OneCheckMs;
        } while (timer.elapsed() < limitMs);
        return false;
    }
    // Whom STRICT has refused meanwhile is found for two minutes, or until it was let in for as long as it was silent (MT-024).
    bool waitForTheEnd(QStringList &seen)
    {
        return waitFor({}, seen)
            || (seen == QStringList{u"MT-024"_s} && waitFor({}, seen, RefusalsAreReadMs));
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_demo = std::make_unique<DemoChild>();
        QVERIFY2(m_demo->start({u"--state"_s, u"guide-done"_s}), qPrintable(m_demo->error()));
        QElapsedTimer timer; // Prometheus starts for some seconds after the rest
        timer.start();
        do {
            m_quiet = codes();
        } while (!m_quiet.isEmpty() && timer.elapsed() < StartLimitMs);
    }

    void aFinishedGuideHasNothingAboveInfo() { QCOMPARE(m_quiet.join(u' '), QString()); }

    void norHasThatOfAnotherGeneration_data()
    {
        QTest::addColumn<QString>("generation");
        QTest::newRow("1.4") << u"1.4"_s;
        QTest::newRow("3.x") << u"3.x"_s;
    }
    void norHasThatOfAnotherGeneration()
    {
        QFETCH(QString, generation);
        DemoChild demo;
        QVERIFY2(demo.start({u"--state"_s, u"guide-done"_s, u"--generation"_s, generation}),
                 qPrintable(demo.error()));
        QTRY_COMPARE_WITH_TIMEOUT(
            codesOf(demo.run({u"check"_s, u"-o"_s, u"json"_s}, CheckLimitMs)).join(u' '), QString(),
            StartLimitMs);
        QVERIFY2(
            !codesOf(demo.run({u"check"_s, u"-o"_s, u"json"_s}, CheckLimitMs), true).contains(u"RT-002"_s),
            "the guide asks for what the edge does not act on");
    }

    void eachIncidentIsFoundByItsCode_data()
    {
        QTest::addColumn<QString>("incident");
        QTest::addColumn<QStringList>("expected");
        const auto row = [](const char *incident, const QStringList &expected) {
            QTest::newRow(incident) << QString::fromLatin1(incident) << expected;
        };
        row("mapping-port-443", {u"RT-007"_s});
        row("mapping-shadowed", {u"RT-003"_s});
        row("mapping-rejected", {u"RT-001"_s});
        row("canary-over-100",
            {u"MT-001"_s, u"RT-005"_s}); // its Mappings are plain, and the finished guide's mesh is STRICT
        row("host-without-secret", {u"TLS-005"_s});
        row("chain-intermediate-ends-first", {u"CERT-008"_s});
        row("headless-mixed",
            {u"MT-016"_s, u"MT-018"_s}); // and its pod without a sidecar takes clear text under STRICT
        row("older-peerauthentication", {u"MT-010"_s});
        row("root-ns-selector", {u"MT-011"_s});
        row("dr-disable", {u"MT-014"_s});
        row("webhook-in-scope", {u"MT-017"_s});
        row("cert-expired", {u"CERT-001"_s});
        row("cert-6d", {u"CERT-002"_s});
        row("edge-loaded-stale", {u"CERT-010"_s}); // F9, too: Consul's certificate is renewed the same way
        row("rotation-stalled", {u"CERT-007"_s});
        row("prometheus-down", {u"OBS-002"_s});
        row("scrape-missing", {u"OBS-004"_s});
        row("istiod-down", {u"GD-008"_s});
        row("conversion-webhook-down", {u"GD-008"_s});
    }
    void eachIncidentIsFoundByItsCode()
    {
        QFETCH(QString, incident);
        QFETCH(QStringList, expected);
        QVERIFY2(m_demo->fault(incident, true), qPrintable(u"this demo has no incident "_s + incident));
        QStringList seen;
        const bool found = waitFor(expected, seen);
        m_demo->fault(incident, false);
        QVERIFY2(found, qPrintable(u"found: "_s + seen.join(u' ')));
        QVERIFY2(waitForTheEnd(seen), qPrintable(u"still found after its end: "_s + seen.join(u' ')));
    }

    // It calls every minute, and no object tells of it: the server's log and its failing Job do.
    void aCallerThatStrictRefusesIsFound()
    {
        QVERIFY(m_demo->fault(u"plaintext-caller"_s, true));
        QElapsedTimer timer;
        timer.start();
        QStringList seen;
        do {
            seen = newCodes();
        } while (seen.isEmpty() && timer.elapsed() < CallEveryMs + StartLimitMs);
        QString message;
        const auto document =
            edge::parseJson(m_demo->run({u"check"_s, u"-o"_s, u"json"_s}, CheckLimitMs).out.toStdString());
        for (const edge::Value &finding : document ? (*document)["findings"].items() : edge::Value::Array()) {
            if (finding["code"].text() == "MT-024")
                message = QString::fromStdString(finding["message"].text());
        }
        m_demo->fault(u"plaintext-caller"_s, false);
        QCOMPARE(seen, QStringList{u"MT-024"_s});
#ifdef __linux__ // elsewhere all pods dial from one address, and the failed Job is the likely one
        QCOMPARE(message, u"it is STRICT and has just refused clear text of reports/legacy-report"_s);
#endif
    }

    // F2: its sidecar wrote the files after its first configuration, and nothing has told it since.
    void anEdgeThatMissedItsCertificateIsFound()
    {
        QVERIFY(m_demo->fault(u"edge-loaded-stale"_s, true)); // it takes no certificate that is written later
        kube::WriteOptions confirmed;
        confirmed.isConfirmed = true;
        const kube::ResourceType pods = kube::types::pods();
        const auto before = m_demo->client().list(pods, u"ambassador"_s).result();
        QVERIFY(before);
        for (const kube::Object &pod : before->items)
            QVERIFY(m_demo->client().remove(pods, u"ambassador"_s, pod.name, confirmed).result());
        QStringList seen;
        QElapsedTimer timer;
        timer.start();
        do
            seen = newCodes();
        while (!seen.contains(u"GD-009"_s) && timer.elapsed() < StartLimitMs);
        m_demo->fault(u"edge-loaded-stale"_s, false);
        QVERIFY2(seen.contains(u"GD-009"_s), qPrintable(seen.join(u' ')));
        QTRY_COMPARE_WITH_TIMEOUT(newCodes().join(u' '), QString(), StartLimitMs);
    }

    // What clients are shown is not the edge's: something else ends their TLS, by a certificate of its own.
    void aForeignTerminatorIsFound()
    {
        CertificateWish wish;
        wish.names = {u"DNS:edge.example.com"_s};
        wish.notAfter = QDateTime::currentDateTimeUtc().addDays(90);
        const TestIdentity identity = TestAuthority().issue(wish);
        ScriptedServer terminator(
            [](const ServerRequest &, const ServerReply &reply) { reply.answer(200, "{}"); },
            serverTls(identity.certificate, identity.key));
        const kube::ResourceType services = kube::types::services();
        const auto edge = m_demo->client().get(services, u"ambassador"_s, u"ambassador"_s).result();
        QVERIFY(edge);
        const char *annotation = "sallyport.dev/external-address";
        const std::string known = edge::parseJson(edge->json.toStdString())
                                      .value()
                                      .at({"metadata", "annotations", annotation})
                                      .text();
        const auto annotate = [&](const QString &address) {
            kube::WriteOptions confirmed;
            confirmed.isConfirmed = true;
            const auto patch = edge::Value::object(
                {{"metadata",
                  edge::Value::object(
                      {{"annotations", edge::Value::object({{annotation, address.toStdString()}})}})}});
            return m_demo->client()
                .mergePatch(services, u"ambassador"_s, u"ambassador"_s,
                            QByteArray::fromStdString(edge::toJson(patch)), confirmed)
                .result()
                .has_value();
        };
        QVERIFY(annotate(terminator.url().toString()));
        const auto check = m_demo->launch({u"check"_s, u"-o"_s, u"json"_s});
        const bool hasEnded =
            QTest::qWaitFor([&] { return check->state() == QProcess::NotRunning; }, CheckLimitMs);
        QVERIFY(annotate(QString::fromStdString(known)));
        QVERIFY(hasEnded);
        const CliEnded ended{check->exitCode(), QString::fromUtf8(check->readAllStandardOutput()), {}};
        QStringList found = codesOf(ended);
        for (const QString &code : std::as_const(m_quiet))
            found.removeAll(code);
        QCOMPARE(found, QStringList{u"CERT-013"_s});
        QTRY_COMPARE_WITH_TIMEOUT(newCodes().join(u' '), QString(), StartLimitMs);
    }

    void cleanupTestCase() { m_demo.reset(); }
};

SALLYPORT_TEST(incidents_test, IncidentsTest)
#include "incidents_test.moc"
