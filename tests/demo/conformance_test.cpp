// SPDX-License-Identifier: GPL-3.0-or-later
// The shared probe of kube-apiserver 1.37.2 (202 requests) against the demo's API server: every answer must be equal, record by record.
#include "tests/demo/api_fixture.h"
#include "tests/support/shared_data.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QProcess>
#include <QStandardPaths>
#include <QTest>

using namespace Qt::StringLiterals;

namespace {

std::map<std::string, edge::Value> records(const std::string &lines)
{
    std::map<std::string, edge::Value> byStep;
    for (const QByteArray &line : QByteArray::fromStdString(lines).split('\n')) {
        edge::Value record = edge::parseJson(line.toStdString()).value_or(edge::Value());
        if (record.isObject())
            byStep[record["step"].text()] = std::move(record);
    }
    return byStep;
}

// Reviewed differences, each with its reason.
const std::map<std::string, const char *> &allowed()
{
    static const std::map<std::string, const char *> steps{
        {"put",
         "the order of managedFields is by second; a fast server writes both in one and then sorts by name"},
    };
    return steps;
}

} // namespace

class ConformanceTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyRecordIsEqual()
    {
        const auto golden = sharedFile("conformance/golden-1.37.2.jsonl");
        const QString python = QStandardPaths::findExecutable(u"python3"_s);
        if (!golden || python.isEmpty())
            QSKIP("skipped: no python3, or neither shared/conformance nor tests/data");
        ApiFixture api;
        const QString out = api.folder() + u"/probe.jsonl"_s;
        QProcess probe;
        probe.start(python,
                    {QString::fromStdString(sharedPath("conformance/probe.py")), u"--server"_s, api.url(),
                     u"--ca"_s, api.caFile(), u"--admin"_s, QString::fromLatin1(ApiFixture::AdminToken),
                     u"--viewer"_s, QString::fromLatin1(ApiFixture::ViewerToken), u"--compact"_s, u"true"_s,
                     u"--out"_s, out});
        QVERIFY2(probe.waitForFinished(240'000) && probe.exitCode() == 0,
                 probe.readAllStandardError().constData());
        QFile file(out);
        QVERIFY(file.open(QIODevice::ReadOnly));
        const auto answered = records(file.readAll().toStdString());
        int equal = 0, different = 0;
        for (const auto &[step, record] : records(*golden)) {
            const auto found = answered.find(step);
            if (found != answered.end() && found->second == record) {
                ++equal;
                continue;
            }
            if (const auto reason = allowed().find(step); reason != allowed().end()) {
                qInfo("%s differs: %s", step.c_str(), reason->second);
                ++equal;
                continue;
            }
            ++different;
            qWarning("%s\n  want %s\n  got  %s", step.c_str(), edge::toJson(record).c_str(),
                     found == answered.end() ? "nothing" : edge::toJson(found->second).c_str());
        }
        qInfo("%d of %d records as they should be", equal, equal + different);
        QCOMPARE(different, 0);
    }
};

SALLYPORT_TEST(conformance_test, ConformanceTest)
#include "conformance_test.moc"
