// SPDX-License-Identifier: GPL-3.0-or-later
// The built-in responder's PromQL against the real prometheus, where there is one: the same samples, the same questions.  And its
// relabelling, and what it says of what it cannot.
#include "app/demo/history.h"
#include "app/demo/prometheus_child.h"
#include "app/demo/promql.h"
#include "app/demo/relabel.h"
#include "tests/support/test_class.h"

#include <QDir>
#include <QFileInfo>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>
#include <QProcess>
#include <QTcpServer>
#include <QTcpSocket>
#include <QTemporaryDir>
#include <QTest>
#include <QUrl>

#include <cmath>

using namespace Qt::StringLiterals;
using namespace demo;

namespace {

constexpr std::int64_t Start = 1'790'000'000; // seconds
constexpr std::int64_t End = Start + 3600;

// Counters that restart, a gauge, a histogram, a series that begins late and one that ends early.
QByteArray samples()
{
    QByteArray counter = "# TYPE c counter\n", gauge = "# TYPE g gauge\n", bucket = "# TYPE h histogram\n",
               late = "# TYPE late counter\n";
    for (std::int64_t time = Start; time <= End; time += 15) {
        const std::int64_t turn = (time - Start) / 15;
        const QByteArray at = ' ' + QByteArray::number(qint64(time)) + '\n';
        counter += "c_total{pod=\"a\",code=\"200\"} " + QByteArray::number(qint64(turn % 100 * 3)) + at;
        counter += "c_total{pod=\"b\",code=\"500\"} " + QByteArray::number(qint64(turn * turn)) + at;
        gauge += "g{pod=\"a\"} " + QByteArray::number(std::sin(double(turn) / 7) * 10, 'g', 17) + at;
        if (time < End - 900)
            gauge += "g{pod=\"gone\"} 5" + at;
        for (const auto &[limit, share] : {std::pair("0.1", 3), std::pair("0.5", 7), std::pair("+Inf", 10)})
            bucket += QByteArray("h_bucket{pod=\"a\",le=\"") + limit + "\"} "
                + QByteArray::number(qint64(turn * share)) + at;
        if (time > End - 60)
            late += "late_total{pod=\"c\"} " + QByteArray::number(qint64(turn)) + at;
    }
    return counter + gauge + bucket + late + "# EOF\n";
}

// In one form for both: "{labels} => [time value …]", sorted.
QStringList shownOf(const QJsonObject &data)
{
    QStringList lines;
    const auto point = [](const QJsonArray &pair) {
        const double number = pair[1].toString() == u"+Inf" ? INFINITY : pair[1].toString().toDouble();
        return pair[1].toString() == u"NaN" ? u"NaN"_s : QString::number(number, 'g', 10);
    };
    const QString type = data[u"resultType"].toString();
    if (type == u"scalar")
        return {u"scalar "_s + point(data[u"result"].toArray())};
    for (const QJsonValue &each : data[u"result"].toArray()) {
        QString line =
            QString::fromUtf8(QJsonDocument(each[u"metric"].toObject()).toJson(QJsonDocument::Compact));
        if (each[u"value"].isArray())
            line += u" "_s + point(each[u"value"].toArray());
        for (const QJsonValue &value : each[u"values"].toArray())
            line += u" %1:%2"_s.arg(qint64(value[0].toDouble())).arg(point(value.toArray()));
        lines.append(line);
    }
    lines.sort();
    return lines;
}

QStringList ours(const SeriesStore &store, const QString &query, std::int64_t time, std::int64_t step)
{
    const auto expression = promql::parse(query.toStdString());
    if (!expression)
        return {QString::fromStdString(expression.error().message)};
    const auto result = step > 0
        ? promql::evaluateRange(*expression, store, Start * 1000, End * 1000, step * 1000)
        : promql::evaluate(*expression, store, time * 1000);
    if (!result)
        return {QString::fromStdString(result.error().message)};
    QStringList lines;
    const auto number = [](double value) {
        return std::isnan(value) ? u"NaN"_s : QString::number(value, 'g', 10);
    };
    if (result->type == promql::Result::Type::Scalar)
        return {u"scalar "_s + number(result->scalar)};
    for (const promql::Element &element : result->elements) {
        QJsonObject labels;
        for (const auto &[name, value] : element.labels)
            labels.insert(QString::fromStdString(name), QString::fromStdString(value));
        QString line = QString::fromUtf8(QJsonDocument(labels).toJson(QJsonDocument::Compact));
        for (const Sample &sample : element.samples)
            line += result->type == promql::Result::Type::Vector
                ? u" "_s + number(sample.value)
                : u" %1:%2"_s.arg(sample.time / 1000).arg(number(sample.value));
        lines.append(line);
    }
    lines.sort();
    return lines;
}

int freePort()
{
    QTcpServer server;
    server.listen(QHostAddress::LocalHost);
    return server.serverPort();
}

} // namespace

class PromqlTest : public QObject
{
    Q_OBJECT
    QTemporaryDir m_folder;
    QProcess m_prometheus;
    int m_port = 0;
    SeriesStore m_store;

    QJsonDocument get(const QString &path) const
    {
        QTcpSocket socket;
        socket.connectToHost(QHostAddress::LocalHost, quint16(m_port));
        if (!socket.waitForConnected(1000))
            return {};
        socket.write("GET " + path.toUtf8() + " HTTP/1.0\r\n\r\n");
        while (socket.waitForReadyRead(5000)) { }
        const QByteArray answer = socket.readAll();
        return QJsonDocument::fromJson(answer.mid(answer.indexOf("\r\n\r\n") + 4));
    }

private Q_SLOTS:
    void initTestCase()
    {
        m_store.load(samples().toStdString());
        const QString program = findPrometheus({});
        const QString promtool = QFileInfo(program).dir().filePath(u"promtool"_s);
        if (program.isEmpty() || !QFileInfo(promtool).isExecutable())
            return;
        QFile text(m_folder.filePath(u"samples"_s)), config(m_folder.filePath(u"prometheus.yml"_s));
        QVERIFY(text.open(QIODevice::WriteOnly) && config.open(QIODevice::WriteOnly));
        text.write(samples());
        config.write("global: {scrape_interval: 15s}\n");
        text.close();
        config.close();
        const QString data = m_folder.filePath(u"data"_s);
        QCOMPARE(QProcess::execute(
                     promtool,
                     {u"tsdb"_s, u"create-blocks-from"_s, u"openmetrics"_s, u"-q"_s, text.fileName(), data}),
                 0);
        m_port = freePort();
        m_prometheus.setStandardOutputFile(QProcess::nullDevice());
        m_prometheus.setStandardErrorFile(QProcess::nullDevice());
        m_prometheus.start(program,
                           {u"--config.file="_s + config.fileName(), u"--storage.tsdb.path="_s + data,
                            u"--storage.tsdb.retention.time=100y"_s,
                            u"--web.listen-address=127.0.0.1:%1"_s.arg(m_port)});
        QVERIFY(m_prometheus.waitForStarted());
        QTRY_VERIFY_WITH_TIMEOUT(get(u"/api/v1/query?query=1"_s)[u"status"].toString() == u"success", 30'000);
    }
    void cleanupTestCase()
    {
        m_prometheus.kill();
        m_prometheus.waitForFinished();
    }

    void answersAsPrometheusDoes_data()
    {
        QTest::addColumn<int>("step"); // 0: at the end alone
        for (const char *query : {"c_total",
                                  "c_total{pod=\"a\"}",
                                  "c_total{code=~\"5..\"}",
                                  "c_total{code!~\"5..|2..\"}",
                                  "{pod=\"a\"}",
                                  "rate(c_total[1m])",
                                  "rate(c_total[5m])",
                                  "increase(c_total[10m])",
                                  "increase(c_total[1h])",
                                  "irate(c_total[5m])",
                                  "delta(g[5m])",
                                  "idelta(g[2m])",
                                  "sum(rate(c_total[5m]))",
                                  "sum by (pod) (c_total)",
                                  "sum(c_total) by (code)",
                                  "sum without (pod) (c_total)",
                                  "count(g)",
                                  "min(g) + max(g)",
                                  "avg(c_total)",
                                  "topk(1, c_total)",
                                  "bottomk(1, c_total)",
                                  "group by (pod) (c_total)",
                                  "histogram_quantile(0.95, sum by (le) (rate(h_bucket[5m])))",
                                  "histogram_quantile(0.5, rate(h_bucket[1m]))",
                                  "histogram_quantile(0.2, h_bucket)",
                                  "c_total / 2",
                                  "2 * c_total",
                                  "c_total % 7",
                                  "c_total ^ 2",
                                  "-g",
                                  "-2 ^ 2",
                                  "2 - 3 - 4",
                                  "2 ^ 3 ^ 2",
                                  "c_total > 100",
                                  "100 > c_total",
                                  "c_total > bool 100",
                                  "1 > bool 2",
                                  "c_total == c_total",
                                  "c_total / c_total",
                                  "c_total - on(pod) c_total",
                                  "c_total / ignoring(code) c_total",
                                  "c_total and g",
                                  "c_total and on(pod) g",
                                  "c_total or g",
                                  "c_total unless on(pod) g",
                                  "g{pod=\"gone\"}",
                                  "last_over_time(g[30m])",
                                  "max_over_time(g[10m])",
                                  "min_over_time(g[10m])",
                                  "avg_over_time(g[10m])",
                                  "sum_over_time(g[5m])",
                                  "count_over_time(g[5m])",
                                  "present_over_time(g[5m])",
                                  "changes(c_total[10m])",
                                  "resets(c_total[1h])",
                                  "late_total",
                                  "increase(late_total[1h])",
                                  "rate(late_total[1m])",
                                  "sum by (pod) (last_over_time(c_total[1h]) unless c_total offset 1h) > 0",
                                  "c_total offset 10m",
                                  "rate(c_total[5m] offset 10m)",
                                  "max_over_time(rate(c_total[1m])[10m:1m])",
                                  "max_over_time(rate(c_total[1m])[10m:])",
                                  "min_over_time(timestamp(g)[1h:5m])",
                                  "timestamp(g)",
                                  "vector(1)",
                                  "scalar(vector(3))",
                                  "time()",
                                  "(time() - min(timestamp(g))) / 60",
                                  "absent(nothing)",
                                  "absent(nothing{a=\"b\"})",
                                  "absent(g)",
                                  "abs(g)",
                                  "ceil(g)",
                                  "floor(g)",
                                  "round(g)",
                                  "clamp_min(g, 0)",
                                  "clamp_max(g, 0)",
                                  "sort(c_total)",
                                  "(sum(nothing) or vector(0)) / 2",
                                  "sum(rate(c_total{code=\"500\"}[5m])) / (sum(rate(c_total[5m])) > 0)",
                                  "1e3",
                                  "0.5 + .5",
                                  "Inf"}) {
            QTest::addRow("%s", query) << 0;
            QTest::addRow("%s, every 7 minutes", query) << 420;
        }
    }
    void answersAsPrometheusDoes()
    {
        if (m_port == 0)
            QSKIP("skipped: no prometheus with promtool; ./dev setup brings one");
        QFETCH(int, step);
        const QString query = QString::fromLatin1(QTest::currentDataTag()).remove(u", every 7 minutes"_s);
        const QString encoded = QString::fromLatin1(QUrl::toPercentEncoding(query));
        QString path = u"/api/v1/query?query="_s + encoded + u"&time="_s + QString::number(End);
        if (step > 0)
            path = u"/api/v1/query_range?query="_s + encoded + u"&start="_s + QString::number(Start)
                + u"&end="_s + QString::number(End) + u"&step="_s + QString::number(step);
        const QJsonDocument answer = get(path);
        QVERIFY2(answer[u"status"].toString() == u"success", answer.toJson().constData());
        QCOMPARE(ours(m_store, query, End, step).join(u'\n'),
                 shownOf(answer[u"data"].toObject()).join(u'\n'));
    }

    void whatIsWrongIsSaid_data()
    {
        QTest::addColumn<QString>("words");
        QTest::newRow("rate(c_total)") << u"expected type range vector"_s;
        QTest::newRow("c_total[5m] + 1") << u"must contain only scalar and instant vector"_s;
        QTest::newRow("sum(") << u"unexpected end of input"_s;
        QTest::newRow("c_total{") << u"label matching"_s;
        QTest::newRow("{a=\"\"}") << u"at least one non-empty matcher"_s;
        QTest::newRow("c_total{a=~\"(\"}") << u"error parsing regexp"_s;
        QTest::newRow("1 > 2") << u"must use BOOL modifier"_s;
        QTest::newRow("c_total * on(code) group_left g") << u"built-in responder"_s;
        QTest::newRow("holt_winters(g[5m], 1, 1)") << u"knows no function holt_winters"_s;
        QTest::newRow("g[5]") << u"a duration without a unit"_s;
        QTest::newRow("g g") << u"unexpected \"g\""_s;
    }
    void whatIsWrongIsSaid()
    {
        QFETCH(QString, words);
        const QString said = ours(m_store, QString::fromLatin1(QTest::currentDataTag()), End, 0).join(u'\n');
        QVERIFY2(said.contains(words), qPrintable(said));
    }

    void labelsAreRewritten_data()
    {
        QTest::addColumn<QByteArray>("rules");
        QTest::addColumn<QByteArray>("outcome"); // of {a: one, b: two, __meta_x_y: z}; "" dropped
        const auto row = [](const char *name, const char *rules, const char *outcome) {
            QTest::newRow(name) << QByteArray(rules) << QByteArray(outcome);
        };
        const char Before[] = "__meta_x_y=z a=one b=two";
        row("nothing", "[]", Before);
        row("keep", "[{source_labels: [a, b], regex: 'one;two', action: keep}]", Before);
        row("keep another", "[{source_labels: [a], regex: on, action: keep}]", ""); // anchored
        row("keep true", "[{source_labels: [a], regex: true, action: keep}]", "");
        row("drop", "[{source_labels: [a], regex: o.*, action: drop}]", "");
        row("replace", "[{source_labels: [a], target_label: c}]", "__meta_x_y=z a=one b=two c=one");
        row("groups",
            "[{source_labels: [a, b], separator: '-', regex: '(.)(.*)-(.*)', target_label: a, replacement: "
            "'$3.${1}x'}]",
            "__meta_x_y=z a=two.ox b=two");
        row("no match changes nothing", "[{source_labels: [a], regex: x, target_label: a, replacement: y}]",
            Before);
        row("an empty value is none", "[{target_label: a, replacement: ''}]", "__meta_x_y=z b=two");
        row("labelmap", "[{regex: '__meta_x_(.+)', action: labelmap}]", "__meta_x_y=z a=one b=two y=z");
        row("labeldrop", "[{regex: 'a|b', action: labeldrop}]", "__meta_x_y=z");
        row("labelkeep", "[{regex: 'a', action: labelkeep}]", "a=one");
        row("uppercase", "[{source_labels: [a], target_label: a, action: uppercase}]",
            "__meta_x_y=z a=ONE b=two");
    }
    void labelsAreRewritten()
    {
        QFETCH(QByteArray, rules);
        QFETCH(QByteArray, outcome);
        const auto parsed = edge::parseYaml(rules.toStdString(), "rules");
        QVERIFY(parsed && !parsed->empty());
        const auto labels = relabel({{"a", "one"}, {"b", "two"}, {"__meta_x_y", "z"}}, parsed->front());
        QByteArrayList shown;
        for (const auto &[name, value] : labels.value_or(SeriesLabels()))
            shown.append(QByteArray::fromStdString(name + "=" + value));
        QCOMPARE(shown.join(' '), outcome);
    }

    void textOfMetricsIsRead()
    {
        const auto lines =
            readMetrics("# HELP a what\n# TYPE a counter\na 1\nb{x=\"y\",z=\"q\\\"\\n\\\\\"} 2.5 1700000000\n"
                        "c{le=\"+Inf\"} +Inf\nbroken\nd{x=} 1\ne NaN\n");
        QCOMPARE(int(lines.size()), 4);
        QCOMPARE(lines[1].labels.at("z"), std::string("q\"\n\\"));
        QCOMPARE(lines[1].seconds.value_or(0), 1700000000.0);
        QVERIFY(std::isinf(lines[2].value) && std::isnan(lines[3].value));
    }

    // Hours at two seconds a sample would fill the memory.
    void oldSamplesAreThinned()
    {
        SeriesStore store;
        const std::int64_t hours = std::int64_t(3) * 3600 * 1000;
        for (std::int64_t time = 0; time <= hours; time += 2000)
            store.append({{"__name__", "n"}}, {time, double(time)});
        const auto found = store.select({*makeMatcher("__name__", Matcher::Kind::Equal, "n")});
        QCOMPARE(int(found.size()), 1);
        QVERIFY2(found[0]->samples.size() < 1200, qPrintable(QString::number(found[0]->samples.size())));
        QCOMPARE(found[0]->samples.back().time, hours);
        const auto grown = promql::evaluate(*promql::parse("increase(n[2h])"), store, hours);
        QVERIFY(std::abs(grown->elements[0].samples[0].value - 7'200'000) < 10'000);
        store.end({{"__name__", "n"}}, hours + 1);
        QVERIFY(promql::evaluate(*promql::parse("n"), store, hours + 2)->elements.empty());
    }
};

SALLYPORT_TEST(promql_test, PromqlTest)
#include "promql_test.moc"
