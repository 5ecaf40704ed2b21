// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/row_filter.h"
#include "models/items/rows.h"
#include "models/items/table_model.h"
#include "tests/support/test_class.h"

#include <QElapsedTimer>
#include <QTest>

using namespace Qt::StringLiterals;
using models::TableModelBase;

namespace {

kube::Object mapping(const QByteArray &spec, const QByteArray &metadata = {})
{
    return {
        u"default"_s,
        u"quote"_s,
        u"u-1"_s,
        u"77"_s,
        u"2026-08-01T10:00:00Z"_s,
        R"({"apiVersion":"getambassador.io/v2","kind":"Mapping","metadata":{"name":"quote","namespace":"default")"
            + metadata + R"(},"spec":)" + spec + "}"};
}

using MappingModel = models::TableModel<models::MappingRow>;

int columnOf(const TableModelBase &model, const QString &id)
{
    for (int column = 0; column < model.columnCount(); ++column) {
        if (model.layout()[column].id == id)
            return column;
    }
    return -1;
}

QString cell(const MappingModel &model, const QString &id)
{
    return model.index(0, columnOf(model, id)).data().toString();
}

} // namespace

class RowsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    // A workload's is stored in no Secret.
    void aCertificateIsFoundByItsNamespace()
    {
        models::CertificateRow workload, stored;
        workload.key = u"w"_s;
        workload.storedIn = u"files in its pod"_s;
        workload.storedAt = {u"Pod"_s, u"shop"_s, u"cart-1"_s};
        stored.key = u"s"_s;
        stored.storedIn = u"edge/tls-cert, tls.crt"_s;
        stored.storedAt = {u"Secret"_s, u"edge"_s, u"tls-cert"_s};
        models::TableModel<models::CertificateRow> model(
            models::certificateColumns([] { return QDateTime::currentDateTimeUtc(); }));
        model.setRows({workload, stored});
        const auto filter = models::parseFilter(u"ns:shop", model.layout());
        QStringList found;
        for (int row = 0; row < model.rowCount(); ++row) {
            if (models::matches(
                    filter, {models::filterCells(model, row), models::filterValues(model, row, filter)}, 0))
                found.append(model.row(row).key);
        }
        QCOMPARE(found, QStringList{u"w"_s});
    }

    void theNextEndIsOfOneThatNobodyRenews()
    {
        const QDateTime now(QDate(2026, 11, 28), QTime(0, 0), Qt::UTC);
        models::CertificateRow rotating, lasting, ended;
        rotating.rotates = true;
        rotating.notBefore = now.addSecs(-60);
        rotating.notAfter = now.addSecs(540);
        lasting.notBefore = now.addDays(-1);
        lasting.notAfter = now.addDays(90);
        ended.notAfter = now.addDays(-1);
        QVERIFY(models::endsNext(rotating, nullptr, now));
        QVERIFY(models::endsNext(lasting, &rotating, now));
        QVERIFY(!models::endsNext(rotating, &lasting, now));
        QVERIFY(!models::endsNext(ended, &lasting, now));
        QVERIFY(models::endsNext(rotating, &lasting, now.addSecs(520))); // it is late
    }

    void aChangeHasACommandThatMakesTheSame_data()
    {
        QTest::addColumn<models::Change::Verb>("verb");
        QTest::addColumn<QByteArray>("body");
        QTest::addColumn<QString>("command");
        using Verb = models::Change::Verb;
        const QString where = u"kubectl --context demo -n shop "_s,
                      object = u" mappings.v2.getambassador.io cart"_s;
        QTest::newRow("merge") << Verb::MergePatch << QByteArray("{\"a\":\"it's\"}")
                               << where + u"patch"_s + object + u" --type=merge -p '{\"a\":\"it'\\''s\"}'"_s;
        QTest::newRow("json") << Verb::JsonPatch << QByteArray("[]")
                              << where + u"patch"_s + object + u" --type=json -p '[]'"_s;
        QTest::newRow("remove") << Verb::Remove << QByteArray() << where + u"delete"_s + object;
        QTest::newRow("create") << Verb::Create << QByteArray("{}")
                                << where + u"create -f - <<'EOF'\n{}\nEOF"_s;
        QTest::newRow("look") << Verb::MergePatch << QByteArray("{}")
                              << where + u"get"_s + object + u" -o yaml"_s;
    }
    void aChangeHasACommandThatMakesTheSame()
    {
        QFETCH(models::Change::Verb, verb);
        QFETCH(QByteArray, body);
        QFETCH(QString, command);
        models::Change change;
        change.verb = verb;
        change.type = {u"getambassador.io"_s, u"v2"_s, u"mappings"_s, u"Mapping"_s, true};
        change.nameSpace = u"shop"_s;
        change.name = u"cart"_s;
        change.body = body;
        QCOMPARE(models::kubectlText(change, u"demo"_s), command);
        QCOMPARE(models::isLook(change), QByteArray(QTest::currentDataTag()) == "look");
    }

    void whyThereIsNoRateIsSaid()
    {
        models::MappingRow row;
        QVERIFY(models::trafficNote(row).contains(u"shares its cluster"_s));
        row.history = {2, 3}; // it was counted, alone, and is no more
        QVERIFY(models::trafficNote(row).contains(u"not been seen lately"_s));
        row.requestsPerSecond = 0;
        QVERIFY(models::trafficNote(row).isEmpty());
    }

    void aMappingRowShowsWhatWasWritten_data();
    void aMappingRowShowsWhatWasWritten();
    void aBrokenObjectIsStillARow();
    void theVerdictGivesStateOrderAndSecurity();
    void columnIdsAndFilterNamesAreUnambiguous();
    void aMappingIsReadQuickly();
};

void RowsTest::aMappingRowShowsWhatWasWritten_data()
{
    QTest::addColumn<QByteArray>("spec");
    QTest::addColumn<QString>("column");
    QTest::addColumn<QString>("text");
    const auto add = [](const char *name, const char *spec, const char *column, const char *text) {
        QTest::newRow(name) << QByteArray(spec) << QString::fromUtf8(column) << QString::fromUtf8(text);
    };
    add("prefix", R"({"prefix":"/backend/","service":"quote"})", "prefix", "/backend/");
    add("regex prefix", R"({"prefix":"/v[12]/","prefix_regex":true})", "prefix", "~ /v[12]/");
    add("exact prefix", R"({"prefix":"/ok","prefix_exact":true})", "prefix", "= /ok");
    add("no host is every host", R"({"prefix":"/"})", "host", "*");
    add("host of v2", R"({"host":"api.example.com"})", "host", "api.example.com");
    add("hostname of v3alpha1", R"({"hostname":"*.example.com"})", "host", "*.example.com");
    add("regex host", R"({"host":"api[0-9].example.com","host_regex":true})", "host",
        "~ api[0-9].example.com");
    add("service", R"({"service":"quote:443"})", "service", "quote:443");
    add("method and header", R"({"method":"GET","headers":{"x-canary":"1"}})", "conditions",
        "GET, x-canary: 1");
    add("presence", R"({"headers":{"x-debug":true}})", "conditions", "x-debug");
    add("regex conditions",
        R"({"method":"GET|HEAD","method_regex":true,"regex_headers":{"cookie":"a.*"},"query_parameters":{"v":"2"}})",
        "conditions", "~ GET|HEAD, cookie ~ a.*, v=2");
    add("weight", R"({"weight":10})", "weight", "10 %");
    add("no weight", R"({})", "weight", "");
    add("tls before any analysis", R"({"tls":"istio-upstream"})", "tls", "istio-upstream");
    add("plain before any analysis", R"({})", "tls", "plain");
    add("name", R"({})", "name", "quote");
    add("created", R"({})", "created", "2026-08-01 10:00");
    add("labels", R"({})", "labels", "app=quote, tier=web");
}

void RowsTest::aMappingRowShowsWhatWasWritten()
{
    QFETCH(QByteArray, spec);
    QFETCH(QString, column);
    MappingModel model(models::mappingColumns());
    model.setRows({models::mappingRow(mapping(spec, R"(,"labels":{"app":"quote","tier":"web"})"))});
    QVERIFY(columnOf(model, column) >= 0);
    QTEST(cell(model, column), "text");
}

void RowsTest::aBrokenObjectIsStillARow()
{
    kube::Object object = mapping("{");
    QCOMPARE(models::mappingRow(object).key, u"default/quote"_s);
    object = mapping(R"(["no","object"])");
    QCOMPARE(models::mappingRow(object).prefix, QString());
}

void RowsTest::theVerdictGivesStateOrderAndSecurity()
{
    using models::Hop;
    using models::Severity;
    MappingModel model(models::mappingColumns());
    models::MappingRow row = models::mappingRow(mapping(R"({"prefix":"/","tls":"istio-upstream"})"));
    models::MappingVerdict verdict;
    verdict.state = models::MappingVerdict::State::Shadowed;
    verdict.stateReason = u"hidden by default/all"_s;
    verdict.order = 4;
    verdict.ofRoutes = 9;
    verdict.hops = {
        {u"client"_s, u"edge"_s, Hop::Security::Plain, {}, Severity::Warning},
        {u"edge"_s, u"sidecar of quote"_s, Hop::Security::MutualTls, u"TLSContext"_s, Severity::Good},
        {u"sidecar"_s, u"pod"_s, Hop::Security::Plain, u"loopback"_s, Severity::Good}};
    row.verdict = std::make_shared<const models::MappingVerdict>(verdict);
    model.setRows({row});
    QCOMPARE(cell(model, u"order"_s), u"4"_s);
    QCOMPARE(cell(model, u"state"_s), u"Shadowed"_s);
    QCOMPARE(cell(model, u"tls"_s), u"istio mTLS"_s); // the first of equally good hops, and not the client's
    const auto severity = [&](const QString &id) {
        return model.index(0, columnOf(model, id)).data(TableModelBase::SeverityRole).toInt();
    };
    QCOMPARE(severity(u"state"_s), int(Severity::Warning));
    QCOMPARE(severity(u"tls"_s), int(Severity::Good));
    QVERIFY(model.index(0, columnOf(model, u"state"_s))
                .data(Qt::ToolTipRole)
                .toString()
                .contains(u"default/all"_s));
}

void RowsTest::columnIdsAndFilterNamesAreUnambiguous()
{
    MappingModel model(models::mappingColumns());
    QSet<QString> names;
    for (const TableModelBase::ColumnLayout &column : model.layout()) {
        for (const QString &name : QStringList{column.id} + column.filterNames) {
            QVERIFY2(!names.contains(name), qPrintable(name));
            QCOMPARE(name, name.toCaseFolded());
            names.insert(name);
        }
        QVERIFY(column.minimumWidth <= column.width);
        QVERIFY(!column.title.isEmpty());
    }
}

void RowsTest::aMappingIsReadQuickly()
{
    QByteArray padding;
    for (int i = 0; i < 20; ++i)
        padding += R"("example.com/annotation-)" + QByteArray::number(i)
            + R"(":"a text of a usual length, seventy bytes or a little more, as tools write",)";
    const kube::Object object = mapping(R"({"prefix":"/backend/","service":"quote","tls":"istio-upstream"})",
                                        R"(,"annotations":{)" + padding + R"("x":"y"})");
    QElapsedTimer timer;
    timer.start();
    for (int i = 0; i < 2000; ++i)
        QVERIFY(!models::mappingRow(object).prefix.isEmpty());
    qInfo("a Mapping of %lld bytes: %.1f us", qlonglong(object.json.size()),
          double(timer.nsecsElapsed()) / 2000 / 1000);
}

SALLYPORT_TEST(rows_test, RowsTest)
#include "rows_test.moc"
