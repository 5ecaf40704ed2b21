// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/row_order.h"
#include "models/items/rows.h"
#include "models/items/table_export.h"
#include "tests/support/test_class.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QTest>

using namespace Qt::StringLiterals;
using models::ExportFormat;

namespace {

struct Row
{
    QString key, name, note;
};

std::vector<models::Column<Row>> columns()
{
    std::vector<models::Column<Row>> list;
    list.push_back({.id = u"name"_s, .title = u"Name"_s, .text = [](const Row &row) { return row.name; }});
    list.push_back({.id = u"note"_s, .title = u"A note"_s, .text = [](const Row &row) { return row.note; }});
    return list;
}

} // namespace

class TableExportTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void eachFormatQuotesWhatItMust_data()
    {
        QTest::addColumn<ExportFormat>("format");
        QTest::addColumn<QByteArray>("text");
        QTest::newRow("CSV") << ExportFormat::Csv
                             << QByteArray("Name,A note\r\nb,\"says \"\"a|b\"\", twice\"\r\na,plain\r\n");
        QTest::newRow("Markdown") << ExportFormat::Markdown
                                  << QByteArray("| Name | A note |\n| --- | --- |\n"
                                                "| b | says \"a\\|b\", twice |\n| a | plain |\n");
    }

    void eachFormatQuotesWhatItMust()
    {
        QFETCH(ExportFormat, format);
        QFETCH(QByteArray, text);
        models::TableModel<Row> model(columns());
        model.apply({{{u"1"_s, u"a"_s, u"plain"_s}, {u"2"_s, u"b"_s, u"says \"a|b\", twice"_s}}, {}, true});
        models::RowOrder order(model);
        order.sort(0, Qt::DescendingOrder);
        QTRY_VERIFY(order.isSettled());
        QCOMPARE(models::exportRows(order, {0, 1}, model.layout(), {0, 1}, format), text);
    }

    void jsonHasTheColumnsThatAreShownByTheirIds()
    {
        models::TableModel<Row> model(columns());
        model.apply({{{u"1"_s, u"a"_s, u"plain"_s}}, {}, true});
        const QByteArray bytes = models::exportRows(model, {0}, model.layout(), {1}, ExportFormat::Json);
        const QJsonArray list = QJsonDocument::fromJson(bytes).array();
        QCOMPARE(list.size(), 1);
        QCOMPARE(list.first().toObject(), QJsonObject({{u"note"_s, u"plain"_s}}));
    }

    void theCommandOfKubectlIsQuoted_data()
    {
        QTest::addColumn<QString>("kind");
        QTest::addColumn<QString>("nameSpace");
        QTest::addColumn<QString>("context");
        QTest::addColumn<QString>("kubeconfig");
        QTest::addColumn<QString>("command");
        QTest::newRow("of a file of its own")
            << u"Namespace"_s << QString() << u"demo"_s << u"/tmp/my demo/kubeconfig"_s
            << u"kubectl --kubeconfig '/tmp/my demo/kubeconfig' --context demo get namespace x -o yaml"_s;
        QTest::newRow("a kind with a group") << u"Mapping"_s << u"default"_s << u"demo"_s << QString()
                                             << u"kubectl --context demo -n default get "
                                                "mappings.getambassador.io x -o yaml"_s;
        QTest::newRow("of the cluster")
            << u"Namespace"_s << QString() << QString() << QString() << u"kubectl get namespace x -o yaml"_s;
        QTest::newRow("a context with a blank")
            << u"Secret"_s << u"a"_s << u"it's mine"_s << QString()
            << u"kubectl --context 'it'\\''s mine' -n a get secret x -o yaml"_s;
    }

    void theCommandOfKubectlIsQuoted()
    {
        QFETCH(QString, kind);
        QFETCH(QString, nameSpace);
        QFETCH(QString, context);
        QFETCH(QString, kubeconfig);
        QFETCH(QString, command);
        QCOMPARE(models::kubectlCommand({kind, nameSpace, u"x"_s}, context, kubeconfig), command);
    }
};

SALLYPORT_TEST(table_export_test, TableExportTest)
#include "table_export_test.moc"
