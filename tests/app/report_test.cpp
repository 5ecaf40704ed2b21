// SPDX-License-Identifier: GPL-3.0-or-later
// Reports for other programs: each format is read back by a reader of its own and checked against what the format
// demands, with texts that would break it if they were not escaped.
#include "app/cli/finding_reports.h"
#include "app/cli/plan_reports.h"
#include "app/cli/rule_help.h"
#include "tests/support/test_class.h"

#include <QRegularExpression>
#include <QTemporaryDir>
#include <QTest>
#include <QXmlStreamReader>

using namespace Qt::StringLiterals;
using namespace app::cli;

namespace {

const QDateTime now(QDate(2026, 11, 26), QTime(3, 0), Qt::UTC);
const QString nasty = u"a <b> & \"c\" | d\ne \\ ]]> f\x07g"_s;

models::Finding finding(const QString &code, models::Severity severity, const QString &name,
                        const QString &message)
{
    return {code,
            severity,
            {u"Mapping"_s, u"shop"_s, name},
            u"spec.prefix"_s,
            message,
            {u"evidence of "_s + name},
            u"do something"_s};
}

Report checkReport(const QHash<QString, QString> &unjudged = {}, bool isWhole = true)
{
    CheckAnswer answer;
    answer.at = now;
    answer.subject = u"manifests in shop/"_s;
    answer.threshold = models::Severity::Error;
    answer.findings.open = {finding(u"RT-003"_s, models::Severity::Error, u"cart"_s, nasty),
                            finding(u"RT-012"_s, models::Severity::Info, u"old"_s, u"old version"_s),
                            finding(u"RT-003"_s, models::Severity::Warning, u"web"_s, u"shadowed"_s)};
    models::Mute mute;
    mute.code = u"RT-004"_s;
    mute.reason = u"on purpose"_s;
    mute.source = u"shop/cart.yaml:3"_s;
    answer.findings.muted = {
        {finding(u"RT-004"_s, models::Severity::Error, u"hidden"_s, u"unreachable"_s), mute}};
    answer.notChecked = {u"secrets: forbidden"_s};
    answer.unjudged = unjudged;
    app::ManifestSet manifests;
    manifests.origins.insert(u"Mapping shop/cart"_s, {u"./shop//cart.yaml"_s, 7});
    manifests.mutes = {mute};
    if (!isWhole)
        manifests.problems = {u"shop/bad.yaml cannot be read"_s};
    return reportOf(answer, manifests);
}

Report preflightReport()
{
    models::PreflightReport preflight;
    preflight.scope = {u"shop"_s, {}};
    preflight.verdict = models::PreflightReport::Verdict::NoGo;
    preflight.reason = u"1 things break"_s;
    preflight.coverage = 0.5;
    models::PreflightRow row;
    row.check = u"E2"_s;
    row.level = models::PreflightLevel::Blocker;
    row.subject = {u"Mapping"_s, u"shop"_s, u"cart"_s};
    row.message = nasty;
    preflight.rows = {row};
    preflight.checks = {
        {u"E2"_s, u"Mappings without tls"_s, models::PreflightCheck::State::Found, {}, true},
        {u"E9"_s, u"loaded"_s, models::PreflightCheck::State::NotChecked, u"not asked"_s, false},
        {u"P1"_s, u"modes"_s, models::PreflightCheck::State::Passed, {}, true}};
    return reportOf(preflight, u"context demo"_s, now);
}

// The row stands in the way, two stages are left out or not.
Report planReport()
{
    app::StrictPrepared prepared;
    prepared.report.scope = prepared.plan.scope = {u"shop"_s, {}};
    prepared.report.verdict = models::PreflightReport::Verdict::NoGo;
    models::PreflightRow row;
    row.check = u"E2"_s;
    row.level = models::PreflightLevel::Blocker;
    row.subject = {u"Mapping"_s, u"shop"_s, u"cart"_s};
    row.message = nasty;
    prepared.report.rows = {row};
    prepared.report.checks = {
        {u"E2"_s, u"Mappings without tls"_s, models::PreflightCheck::State::Found, {}, true}};
    prepared.plan.refused = u"NO-GO: "_s + nasty;
    models::StrictStep step;
    step.title = u"cart of shop"_s;
    step.objects.push_back(*edge::parseJson(
        R"({"kind":"PeerAuthentication","metadata":{"name":"strict-cart","namespace":"shop"}})"));
    step.removes = {{u"AuthorizationPolicy"_s, u"shop"_s, u"shadow"_s}};
    prepared.plan.stages = {{4, u"Workload by workload"_s, {}, u"verified"_s, {}, {u"V1"_s}, {step}},
                            {6, u"The mesh"_s, {}, u"-"_s, u"the scope is namespace shop"_s, {}, {}}};
    return reportOf(prepared, u"context demo"_s, now);
}

Report guideReport()
{
    using Result = models::GuideStep::Result;
    GuideAnswer answer{{}, u"context demo"_s, now};
    answer.steps.resize(3);
    answer.steps[0].id = u"start"_s;
    answer.steps[0].conclude(Result::Passed, u"an edge stands"_s);
    answer.steps[1].id = u"strict"_s;
    answer.steps[1].conclude(Result::Failed, nasty, u"do something"_s);
    answer.steps[2].id = u"tracing"_s;
    answer.steps[2].conclude(Result::NotChecked, u"not read"_s);
    return reportOf(answer);
}

// One that ends within the time asked for, one that has ended in no object, one that is not known, one that is well.
Report certificatesReport()
{
    QList<models::CertificateRow> rows(4);
    for (qsizetype i = 0; i < rows.size(); ++i) {
        rows[i].key = QString::number(i);
        rows[i].subject = u"CN=x%1"_s.arg(i);
        rows[i].storedIn = u"place %1"_s.arg(i);
        rows[i].usedBy = nasty;
        rows[i].notBefore = now.addDays(-300);
        rows[i].notAfter = now.addDays(200);
        rows[i].renewal = u"by hand"_s;
    }
    rows[0].storedAt = {u"Secret"_s, u"shop"_s, u"tls"_s};
    rows[0].dataKey = u"tls.crt"_s;
    rows[0].blastRadius = {nasty};
    rows[1].subject = nasty;
    rows[1].notAfter = now.addDays(-2);
    rows[2].notAfter = {};
    rows[2].checks = u"not looked at"_s;
    return reportOf({rows, {u"0"_s}, u"context demo"_s, now}, {{u"ENDS IN"_s}, {{{u"200 d"_s}}}});
}

Report postureReport()
{
    QList<models::WorkloadPosture> rows(3);
    for (qsizetype i = 0; i < rows.size(); ++i) {
        rows[i].key = u"shop/cart:%1"_s.arg(i);
        rows[i].nameSpace = u"shop"_s;
        rows[i].workload = u"cart"_s;
        rows[i].severity = models::Severity::Good;
    }
    rows[0].severity = models::Severity::Error;
    rows[0].mode.reason = nasty;
    rows[1].mode.known = false;
    rows[1].mode.reason = u"not read"_s;
    return reportOf(
        {rows, u"context demo"_s, now, {finding(u"MT-010"_s, models::Severity::Warning, u"second"_s, nasty)}},
        {{u"WORKLOAD"_s}, {{{u"cart"_s}}}});
}

// A walk over the parts of the SARIF 2.1.0 schema that this log uses: required members, types, enumerations.
struct SarifShape
{
    QStringList faults;

    void check(bool holds, const QString &what)
    {
        if (!holds)
            faults.append(what);
    }
    void onlyKnown(const edge::Value &object, const QStringList &known, const QString &where)
    {
        check(object.isObject(), where + u" is no object"_s);
        for (const auto &[key, member] : object.members())
            check(known.contains(QString::fromStdString(key)),
                  u"%1.%2 is not in the schema"_s.arg(where, QString::fromStdString(key)));
    }
    void message(const edge::Value &value, const QString &where)
    {
        onlyKnown(value, {u"text"_s, u"markdown"_s, u"id"_s, u"arguments"_s}, where);
        check(value["text"].isString() && !value["text"].text().empty(), where + u".text"_s);
    }
    void rule(const edge::Value &rule)
    {
        onlyKnown(rule,
                  {u"id"_s, u"name"_s, u"shortDescription"_s, u"fullDescription"_s, u"help"_s, u"helpUri"_s,
                   u"defaultConfiguration"_s},
                  u"rule"_s);
        check(rule["id"].isString(), u"rule.id"_s);
        message(rule["shortDescription"], u"rule.shortDescription"_s);
        if (!rule["help"].isNull())
            message(rule["help"], u"rule.help"_s);
    }
    void location(const edge::Value &location)
    {
        onlyKnown(location, {u"id"_s, u"physicalLocation"_s, u"logicalLocations"_s, u"message"_s},
                  u"location"_s);
        onlyKnown(location["physicalLocation"], {u"artifactLocation"_s, u"region"_s, u"contextRegion"_s},
                  u"physicalLocation"_s);
        check(location.at({"physicalLocation", "artifactLocation", "uri"}).isString(),
              u"artifactLocation.uri"_s);
        const edge::Value &line = location.at({"physicalLocation", "region", "startLine"});
        check(line.isNull() || line.toInteger() >= 1, u"region.startLine"_s);
        for (const edge::Value &logical : location["logicalLocations"].items())
            onlyKnown(logical,
                      {u"name"_s, u"fullyQualifiedName"_s, u"decoratedName"_s, u"kind"_s, u"index"_s,
                       u"parentIndex"_s},
                      u"logicalLocation"_s);
    }
    void result(const edge::Value &result, std::size_t rules)
    {
        onlyKnown(result,
                  {u"ruleId"_s, u"ruleIndex"_s, u"level"_s, u"message"_s, u"locations"_s,
                   u"partialFingerprints"_s, u"suppressions"_s},
                  u"result"_s);
        const QString level = QString::fromStdString(result["level"].text());
        check(QStringList{u"none"_s, u"note"_s, u"warning"_s, u"error"_s}.contains(level),
              u"level "_s + level);
        check(result["ruleIndex"].toInteger(-1) >= 0 && std::size_t(result["ruleIndex"].toInteger()) < rules,
              u"ruleIndex"_s);
        message(result["message"], u"result.message"_s);
        check(!result["locations"].items().empty(), u"result.locations"_s);
        for (const edge::Value &one : result["locations"].items())
            location(one);
        for (const edge::Value &one : result["suppressions"].items())
            check(one["kind"].text() == "external" || one["kind"].text() == "inSource",
                  u"suppression.kind"_s);
    }
    void log(const edge::Value &log)
    {
        onlyKnown(log,
                  {u"$schema"_s, u"version"_s, u"runs"_s, u"inlineExternalProperties"_s, u"properties"_s},
                  u"log"_s);
        check(log["version"].text() == "2.1.0", u"version"_s);
        check(log["runs"].isArray() && log["runs"].items().size() == 1, u"runs"_s);
        for (const edge::Value &run : log["runs"].items()) {
            onlyKnown(run, {u"tool"_s, u"invocations"_s, u"results"_s, u"columnKind"_s, u"artifacts"_s},
                      u"run"_s);
            const edge::Value &driver = run.at({"tool", "driver"});
            check(driver["name"].isString(), u"driver.name"_s);
            for (const edge::Value &one : driver["rules"].items())
                rule(one);
            for (const edge::Value &one : run["results"].items())
                result(one, driver["rules"].items().size());
            for (const edge::Value &one : run["invocations"].items())
                check(one["executionSuccessful"].isBool(), u"executionSuccessful"_s);
        }
    }
};

} // namespace

class ReportTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void sarifHasTheShapeOfItsSchema_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("results");
        QTest::newRow("check") << toSarif(checkReport()) << 4;
        QTest::newRow("preflight") << toSarif(preflightReport()) << 1;
        QTest::newRow("certificates") << toSarif(certificatesReport()) << 2;
        QTest::newRow("postures") << toSarif(postureReport()) << 2;
        QTest::newRow("plan") << toSarif(planReport()) << 1;
        QTest::newRow("guide") << toSarif(guideReport()) << 1;
        QTest::newRow("nothing found")
            << toSarif(reportOf(CheckAnswer{{}, {}, models::Severity::Error, u"x"_s, now}, {})) << 0;
    }
    void sarifHasTheShapeOfItsSchema()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, results);
        const auto log = edge::parseJson(bytes.toStdString());
        QVERIFY2(log.has_value(), bytes.constData());
        SarifShape shape;
        shape.log(*log);
        QVERIFY2(shape.faults.isEmpty(), qPrintable(shape.faults.join(u'\n')));
        QCOMPARE(int((*log)["runs"].items()[0]["results"].items().size()), results);
    }

    void sarifNamesFilesRulesAndSuppressions()
    {
        const auto log = edge::parseJson(toSarif(checkReport()).toStdString());
        const auto &run = (*log)["runs"].items()[0];
        QCOMPARE(run.at({"tool", "driver", "rules"}).items().size(), 3u); // one for both RT-003
        const edge::Value &first = run["results"].items()[0];
        QCOMPARE(first["locations"].items()[0].at({"physicalLocation", "artifactLocation", "uri"}).text(),
                 std::string("shop/cart.yaml"));
        QCOMPARE(first["locations"].items()[0].at({"physicalLocation", "region", "startLine"}).toInteger(),
                 7);
        QVERIFY(QString::fromStdString(first["message"]["text"].text()).contains(nasty));
        const edge::Value &muted = run["results"].items()[3];
        QCOMPARE(muted["suppressions"].items()[0]["justification"].text(), std::string("on purpose"));
        QCOMPARE(muted["suppressions"].items()[0]["kind"].text(), std::string("inSource"));
        const edge::Value &result = run["results"].items()[2];
        QVERIFY2(result["message"]["text"].text().ends_with("shadowed. To do: do something"),
                 result["message"]["text"].text().c_str());
        for (const bool isWhole : {true, false}) {
            const auto one = edge::parseJson(toSarif(checkReport({}, isWhole)).toStdString());
            QCOMPARE((*one)["runs"].items()[0]["invocations"].items()[0]["executionSuccessful"].toBool(),
                     isWhole);
        }
    }

    // Whatever a report names as a rule has its help.
    void eachRuleIsExplained()
    {
        for (const auto &[id, words] : {std::pair(u"E2"_s, u"Mappings without tls"_s),
                                        {u"T1"_s, u"preflight"_s},
                                        {u"V8"_s, u"It passes if"_s},
                                        {u"RT-001"_s, u"What to do"_s}}) {
            QVERIFY2(app::cli::helpOfRule(id).contains(words), qPrintable(app::cli::helpOfRule(id)));
            QVERIFY(!app::cli::titleOfRule(id).isEmpty());
        }
        for (const QString &id : models::preflightChecks())
            QVERIFY2(app::cli::helpOfRule(id).startsWith(u"# "_s + id), qPrintable(id));
        QVERIFY(app::cli::helpOfRule(u"E99"_s).isEmpty());
        const auto log = edge::parseJson(toSarif(preflightReport()).toStdString());
        const edge::Value &rule = (*log)["runs"].items()[0].at({"tool", "driver", "rules"}).items()[0];
        QVERIFY(!rule.at({"help", "markdown"}).text().empty());
    }

    // A port below STRICT is a result of its own, at the object that decides it; one that is not known is a notification.
    void sarifHasACodeForEachPortBelowStrict()
    {
        const models::ObjectRef mesh{u"PeerAuthentication"_s, u"istio-system"_s, u"default"_s};
        const auto row = [&](int port, models::MtlsMode mode, models::Severity severity, bool isEnforced) {
            models::WorkloadPosture posture;
            posture.key = u"shop/cart:%1"_s.arg(port);
            posture.nameSpace = u"shop"_s;
            posture.workload = u"cart"_s;
            posture.workloadKind = u"Deployment"_s;
            posture.port = port;
            posture.pods = 1;
            posture.severity = severity;
            posture.mode.mode = mode;
            posture.mode.enforced = isEnforced;
            posture.mode.decidedBy = mesh;
            return posture;
        };
        using Mode = models::MtlsMode;
        using models::Severity;
        QList<models::WorkloadPosture> rows{row(1, Mode::Permissive, Severity::Warning, true),
                                            row(2, Mode::Permissive, Severity::Warning, true),
                                            row(3, Mode::Disable, Severity::Error, true),
                                            row(4, Mode::Strict, Severity::Good, true),
                                            row(5, Mode::Strict, Severity::Warning, false),
                                            row(6, Mode::Permissive, Severity::Info, false)};
        rows[1].mode.decidedBy = {};
        const auto log = edge::parseJson(toSarif(reportOf({rows, u"context demo"_s, now}, {})).toStdString());
        const edge::Value &run = (*log)["runs"].items()[0];
        QStringList said;
        QSet<QString> prints;
        for (const edge::Value &result : run["results"].items()) {
            said.append(QString::fromStdString(result["ruleId"].text() + ' ' + result["level"].text() + ' '
                                               + result["locations"]
                                                     .items()[0]["logicalLocations"]
                                                     .items()[0]["fullyQualifiedName"]
                                                     .text()));
            prints.insert(QString::fromStdString(result.at({"partialFingerprints", "object/v1"}).text()));
        }
        QCOMPARE(
            said,
            QStringList({u"MT-021 warning PeerAuthentication istio-system/default"_s,
                         u"MT-021 warning Deployment shop/cart"_s,
                         u"MT-022 error PeerAuthentication istio-system/default"_s,
                         u"MT-018 warning Deployment shop/cart"_s, u"MT-023 note Deployment shop/cart"_s}));
        QCOMPARE(prints.size(), said.size());
        for (const edge::Value &rule : run.at({"tool", "driver", "rules"}).items())
            QVERIFY2(rule["help"].isObject(), rule["id"].text().c_str());
    }

    void sarifSaysWhatEndsAndWhatIsNotKnown()
    {
        const auto log = edge::parseJson(toSarif(certificatesReport()).toStdString());
        const edge::Value &run = (*log)["runs"].items()[0];
        const edge::Value &soon = run["results"].items()[0], &ended = run["results"].items()[1];
        QCOMPARE(soon["ruleId"].text(), std::string("CERT-002"));
        QCOMPARE(soon["level"].text(), std::string("error")); // it is what was asked for
        QCOMPARE(soon["locations"].items()[0]["logicalLocations"].items()[0]["fullyQualifiedName"].text(),
                 std::string("Secret shop/tls"));
        QCOMPARE(ended["ruleId"].text(), std::string("CERT-001"));
        QCOMPARE(ended["locations"].items()[0]["logicalLocations"].items()[0]["fullyQualifiedName"].text(),
                 std::string("Certificate place 1"));
        const auto &unknown = run["invocations"].items()[0]["toolExecutionNotifications"].items();
        QCOMPARE(unknown.size(), size_t(1));
        QVERIFY(unknown[0]["message"]["text"].text().find("CN=x2: not looked at") != std::string::npos);
    }

    void junitIsXmlAndCountsItsCases_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("tests");
        QTest::addColumn<int>("failures");
        QTest::addColumn<int>("skipped");
        QTest::newRow("check: below the threshold is no failure")
            << toJunit(checkReport()) << int(checkReport().cases.size()) + 1 << 1 << 1;
        QTest::newRow("check: what nobody could judge has not passed, what was found is found")
            << toJunit(checkReport({{u"CERT-001"_s, u"no secrets"_s}, {u"RT-003"_s, u"no services"_s}}))
            << int(checkReport().cases.size()) + 1 << 1 << 2;
        QTest::newRow("preflight") << toJunit(preflightReport()) << 3 << 1 << 1;
        QTest::newRow("certificates") << toJunit(certificatesReport()) << 4 << 2 << 1;
        QTest::newRow("postures") << toJunit(postureReport()) << 3 << 1 << 1;
        // The check, whether it may be written, two stages; what is left out is no check that nobody made.
        QTest::newRow("plan") << toJunit(planReport()) << 4 << 2 << 0;
        QTest::newRow("guide") << toJunit(guideReport()) << 3 << 1 << 1;
    }
    void junitIsXmlAndCountsItsCases()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, tests);
        QFETCH(int, failures);
        QFETCH(int, skipped);
        QXmlStreamReader reader(bytes);
        QMap<QString, int> seen;
        QString message;
        int declared = -1, declaredTests = -1, declaredSkipped = -1;
        while (!reader.atEnd()) {
            if (reader.readNext() != QXmlStreamReader::StartElement)
                continue;
            ++seen[reader.name().toString()];
            if (reader.name() == "testsuite"_L1) {
                declared = reader.attributes().value(u"failures"_s).toInt();
                declaredTests = reader.attributes().value(u"tests"_s).toInt();
                declaredSkipped = reader.attributes().value(u"skipped"_s).toInt();
            }
            if (reader.name() == "failure"_L1)
                message = reader.attributes().value(u"message"_s).toString();
        }
        QVERIFY2(!reader.hasError(), qPrintable(reader.errorString()));
        QCOMPARE(seen[u"testcase"_s], tests);
        QCOMPARE(seen[u"failure"_s], failures);
        QCOMPARE(declared, failures);
        QCOMPARE(seen[u"skipped"_s], skipped);
        QCOMPARE(declaredTests, tests);
        QCOMPARE(declaredSkipped, skipped);
        QVERIFY2(message.contains(u"a <b> & \"c\" | d"_s), qPrintable(message));
    }

    void markdownKeepsItsTables()
    {
        const QString text = QString::fromUtf8(toMarkdown(checkReport()));
        static const QRegularExpression unescapedPipe(u"(?<!\\\\)\\|"_s);
        for (const QString &line : text.split(u'\n')) {
            if (line.startsWith(u"| RT-"_s))
                QCOMPARE(line.count(unescapedPipe), 7);
        }
        QVERIFY(text.contains(u"muted: on purpose"_s));
        QVERIFY2(text.contains(u"a &lt;b>"_s) && !text.contains(u"<b>"_s),
                 "markup of others must not be markup here");
        QVERIFY(QString::fromUtf8(toMarkdown(preflightReport())).contains(u"**NO-GO: 1 things break**"_s));
        QVERIFY(QString::fromUtf8(toMarkdown(preflightReport())).contains(u"| E9 | loaded | not asked |"_s));
    }

    void aPlanSaysWhatItWritesInWhichStage()
    {
        for (const QByteArray &text :
             {toMarkdown(planReport()), toHtml(planReport()), toJunit(planReport())}) {
            for (const char *part : {"PeerAuthentication shop/strict-cart", "AuthorizationPolicy shop/shadow",
                                     "left out: the scope is namespace shop"})
                QVERIFY2(text.contains(part), text.constData());
        }
        QVERIFY(toPrometheus(planReport())
                    .contains("sallyport_strict_plan_steps{scope=\"namespace shop\",stage=\"4\"} 1"));
        QVERIFY(toPrometheus(guideReport()).contains("sallyport_guide_step_passed{step=\"tracing\"} -1"));
        QVERIFY(toMarkdown(guideReport()).contains("1 of 3 steps hold"));
    }

    void aPageStandsAloneAndEscapesWhatItShows()
    {
        QTemporaryDir folder;
        const QString path = folder.filePath(u"report.html"_s);
        QCOMPARE(writeReportFile(preflightReport(), path), QString());
        QFile file(path);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const QString page = QString::fromUtf8(file.readAll());
        QVERIFY(page.contains(u"NO-GO"_s) && page.contains(u"a &lt;b&gt; &amp; &quot;c&quot;"_s));
        for (const QString &outside : {u"http://"_s, u"https://"_s, u"<script"_s, u"<b>"_s})
            QVERIFY2(!page.contains(outside), qPrintable(outside));
        QVERIFY(writeReportFile(preflightReport(), folder.filePath(u"no/such/folder.html"_s))
                    .contains(u"cannot be written"_s));
    }

    void prometheusTextFollowsItsGrammar()
    {
        Report report = checkReport();
        report.metrics.append(
            {u"sallyport_nasty"_s, u"A label that needs escaping."_s, {{u"text"_s, nasty}}, 0.25});
        const QString text = QString::fromUtf8(toPrometheus(report));
        static const QRegularExpression sample(
            u"^[a-z_]+(\\{[a-z_]+=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\"(,[a-z_]+=\"(?:[^\"\\\\\\n]|\\\\[\\\\\"n])*\")*\\})? -?[0-9.e+-]+$"_s);
        for (const QString &line : text.split(u'\n', Qt::SkipEmptyParts))
            QVERIFY2(line.startsWith(u"# HELP "_s) || line.startsWith(u"# TYPE "_s)
                         || sample.match(line).hasMatch(),
                     qPrintable(line));
        QVERIFY(text.contains(u"sallyport_findings{code=\"RT-003\",severity=\"error\"} 1"_s));
        QVERIFY(text.contains(u"sallyport_findings_muted 1"_s));
        QCOMPARE(text.count(u"# TYPE sallyport_findings gauge"_s), 1);
        QVERIFY(
            QString::fromUtf8(toPrometheus(preflightReport()))
                .contains(u"sallyport_preflight_verdict{scope=\"namespace shop\",verdict=\"NO-GO\"} 1"_s));
        QVERIFY(QString::fromUtf8(toPrometheus(preflightReport()))
                    .contains(u"sallyport_preflight_coverage_ratio{scope=\"namespace shop\"} 0.5"_s));
    }

    // A12: whatever a finding says is in every format that lists findings.
    void a12EveryTextOfAFindingIsExported()
    {
        const Report report = checkReport();
        const QString sarif = QString::fromUtf8(toSarif(report));
        const QString markdown = QString::fromUtf8(toMarkdown(report));
        const QString page = QString::fromUtf8(toHtml(report));
        for (const QString &text : {u"RT-012"_s, u"shop/old"_s, u"old version"_s, u"do something"_s}) {
            for (const QString &format : {sarif, markdown, page})
                QVERIFY2(format.contains(text), qPrintable(text));
        }
        QVERIFY(markdown.contains(u"evidence of old"_s) && page.contains(u"evidence of old"_s)
                && page.contains(u"spec.prefix"_s));
    }

    void certificatesAndPosturesAreReportsToo()
    {
        models::CertificateRow row;
        row.key = u"k"_s;
        row.subject = u"CN=x"_s;
        row.storedIn = u"shop/tls, tls.crt"_s;
        row.notBefore = now.addDays(-300);
        row.notAfter = now.addDays(20);
        const Table table{{u"ENDS IN"_s}, {{{u"20 d"_s}}}};
        const Report certs = reportOf({{row}, {u"k"_s}, u"context demo"_s, now}, table);
        QCOMPARE(certs.cases[0].failures.size(), 1);
        QVERIFY(QString::fromUtf8(toPrometheus(certs))
                    .contains(u"sallyport_certificate_not_after_timestamp_seconds{subject=\"CN=x\""_s));
        models::WorkloadPosture posture;
        posture.nameSpace = u"shop"_s;
        posture.workload = u"cart"_s;
        posture.port = 8080;
        posture.mutualShare = 0.75;
        const Report report = reportOf({{posture}, u"context demo"_s, now}, table);
        QVERIFY(
            QString::fromUtf8(toPrometheus(report))
                .contains(
                    u"sallyport_workload_mtls_share{namespace=\"shop\",workload=\"cart\",port=\"8080\"} 0.75"_s));
        QVERIFY(QString::fromUtf8(toMarkdown(report)).contains(u"| 20 d |"_s));
        QVERIFY(QString::fromUtf8(toMarkdown(certificatesReport())).contains(u"| CERT-001 | error |"_s));
        QVERIFY(QString::fromUtf8(toMarkdown(postureReport())).contains(u"| MT-010 | warning |"_s));
    }
};

SALLYPORT_TEST(report_test, ReportTest)
#include "report_test.moc"
