// SPDX-License-Identifier: GPL-3.0-or-later
// What kubectl get prints of built-in kinds: as a real kube-apiserver 1.37.2 does (tests/data/tables-1.37.2.jsonl, recorded from one;
// ages and times are replaced by AGE and TIME).
#include "tests/demo/api_fixture.h"
#include "tests/support/test_class.h"

#include <QFile>
#include <QTest>

using edge::Value;

namespace {

const edge::Headers AsTable{{"accept", "application/json;as=Table;v=v1;g=meta.k8s.io"}};

QByteArray bytesOf(const Value &value) { return QByteArray::fromStdString(edge::toJson(value)); }

// As the record has them: what depends on the time is replaced.
Value cellsOf(const Value &table)
{
    Value::Array cells = table["rows"].items().front()["cells"].items();
    const auto &columns = table["columnDefinitions"].items();
    for (std::size_t i = 0; i < cells.size() && i < columns.size(); ++i) {
        const std::string &name = columns[i]["name"].text();
        if (name == "Age" || name == "Created At")
            cells[i] = name == "Age" ? "AGE" : "TIME";
    }
    return Value::array(std::move(cells));
}

Value columnsOf(const Value &table)
{
    Value columns = Value::array();
    for (const Value &column : table["columnDefinitions"].items())
        columns.push(Value::array({column["name"], column["type"], column["priority"], column["format"]}));
    return columns;
}

} // namespace

class TablesTest : public QObject
{
    Q_OBJECT
    std::unique_ptr<ApiFixture> m_api;

private Q_SLOTS:
    void initTestCase() { m_api = std::make_unique<ApiFixture>(); }

    void printsAsARealServerDoes_data()
    {
        QTest::addColumn<QByteArray>("line");
        QFile file(QStringLiteral(SALLYPORT_SOURCE_DIR "/tests/data/tables-1.37.2.jsonl"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        for (QByteArray line = file.readLine(); !line.isEmpty(); line = file.readLine()) {
            const auto record = edge::parseJson(line.toStdString());
            QVERIFY(record);
            const std::string &path = (*record)["path"].text();
            QTest::addRow("%s %s", path.c_str() + path.rfind('/') + 1,
                          record->at({"object", "metadata", "name"}).text().c_str())
                << line;
        }
    }

    void printsAsARealServerDoes()
    {
        QFETCH(QByteArray, line);
        const Value record = *edge::parseJson(line.toStdString());
        const std::string &path = record["path"].text();
        const std::string object = path + "/" + record.at({"object", "metadata", "name"}).text();
        const ApiAnswer created = m_api->call("POST", path, edge::toJson(record["object"]));
        QVERIFY2(created.status == 201, created.body.constData());
        if (record["status"].isObject()) {
            const std::string status = edge::toJson(Value::object({{"status", record["status"]}}));
            const ApiAnswer patched = m_api->call("PATCH", object + "/status", status,
                                                  {{"content-type", "application/merge-patch+json"}});
            QVERIFY2(patched.status == 200, patched.body.constData());
        }
        const ApiAnswer table = m_api->call("GET", object, {}, AsTable);
        QCOMPARE(table.status, 200);
        QCOMPARE(table.json["rows"].items().size(), 1u);
        QCOMPARE(bytesOf(columnsOf(table.json)), bytesOf(record["columns"]));
        QCOMPARE(bytesOf(cellsOf(table.json)), bytesOf(record["cells"]));
    }
};

SALLYPORT_TEST(tables_test, TablesTest)
#include "tables_test.moc"
