// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/items/edge_object_rows.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

const QByteArray mapping = "---\napiVersion: getambassador.io/v2\nkind: Mapping\nmetadata: {name: "
                           "quote-backend, namespace: default}\nspec: {prefix: /backend/, service: quote}\n";

QByteArray hostYaml(const QByteArray &name, const QByteArray &spec)
{
    return "---\napiVersion: getambassador.io/v2\nkind: Host\nmetadata: {name: " + name
        + ", namespace: ambassador}\nspec: " + spec + "\n";
}

models::EdgeObjects objectsOf(const QByteArray &yaml)
{
    const auto snapshot = snapshotOf(yaml);
    return models::edgeObjects(*snapshot, models::viewEdge(*snapshot, *snapshot->edge({})));
}

} // namespace

class EdgeObjectRowsTest : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aHostSaysWhatItServes()
    {
        const auto objects = objectsOf(
            edgeYaml() + quoteYaml(true) + mapping
            + hostYaml("api", "{hostname: api.example.com, requestPolicy: {insecure: {action: Route}}}"));
        QCOMPARE(objects.hosts.size(), 1);
        const models::EdgeObjectRow &row = objects.hosts.first();
        QCOMPARE(row.key, u"ambassador/api"_s);
        QCOMPARE(row.cells[0], u"api.example.com"_s);
        QCOMPARE(row.cells[2], u"Route"_s);
        QVERIFY2(row.usedBy.contains(u"Mapping default/quote-backend"_s) || row.state == u"Not used"_s,
                 qPrintable(row.state));
    }

    // Whether its certificate is there is not known: neither good nor bad.
    void aHostWhoseSecretCannotBeReadIsNotKnown_data()
    {
        QTest::addColumn<QString>("onlyIn"); // "" Secrets are forbidden
        QTest::addColumn<QString>("state");
        QTest::newRow("forbidden") << QString() << u"Unknown"_s;
        QTest::newRow("of another namespace alone") << u"shop"_s << u"Unknown"_s;
        QTest::newRow("of its own namespace alone") << u"ambassador"_s << u"Rejected"_s;
    }
    void aHostWhoseSecretCannotBeReadIsNotKnown()
    {
        QFETCH(QString, onlyIn);
        QFETCH(QString, state);
        models::SnapshotInput input =
            inputOf(edgeYaml() + quoteYaml(true) + mapping
                    + hostYaml("api", "{hostname: api.example.com, tlsSecret: {name: api-tls}}"));
        input.objects.insert(u"secrets"_s, {});
        if (onlyIn.isEmpty())
            input = withoutKind(input, u"secrets"_s);
        else
            input.onlyIn.insert(u"secrets"_s, onlyIn);
        const auto snapshot = models::makeSnapshot(input);
        const auto objects = models::edgeObjects(*snapshot, models::viewEdge(*snapshot, *snapshot->edge({})));
        QCOMPARE(objects.hosts.size(), 1);
        const models::EdgeObjectRow &row = objects.hosts.first();
        QCOMPARE(row.state, state);
        QVERIFY2(row.reason.contains(u"api-tls"_s), qPrintable(row.reason));
    }

    void aHostOfAnotherEdgeIsNotOurs()
    {
        const auto objects = objectsOf(edgeYaml() + quoteYaml(true)
                                       + hostYaml("blue", "{hostname: '*', ambassador_id: [blue]}"));
        QCOMPARE(objects.hosts.first().state, u"Other edge"_s);
        QVERIFY(objects.hosts.first().reason.contains(u"blue"_s));
    }

    // It can be looked at, not copied or read by its name.
    void whatStandsInAnAnnotationSaysWhere()
    {
        const QByteArray annotated =
            "---\napiVersion: v1\nkind: Service\nmetadata:\n  name: holder\n  namespace: ambassador\n"
            "  annotations:\n    getambassador.io/config: |\n      apiVersion: getambassador.io/v2\n"
            "      kind: Host\n      name: site\n      hostname: b.example.com\n"
            "      requestPolicy: {insecure: {action: Route}}\nspec: {ports: [{port: 80}]}\n";
        const auto objects = objectsOf(edgeYaml() + quoteYaml(true) + mapping + annotated);
        QCOMPARE(objects.hosts.size(), 1);
        const models::EdgeObjectRow &row = objects.hosts.first();
        QCOMPARE(row.key, u"ambassador/site of Service ambassador/holder"_s);
        QCOMPARE(row.object, (models::ObjectRef{QString(), u"ambassador"_s, u"site"_s}));
        QCOMPARE(row.cells[0], u"b.example.com"_s);
        QCOMPARE(row.facts.first(),
                 (QPair<QString, QString>{u"Source"_s, u"annotation of Service ambassador/holder"_s}));
        const auto both = objectsOf(edgeYaml() + quoteYaml(true) + mapping + annotated
                                    + hostYaml("site", "{hostname: a.example.com}"));
        QCOMPARE(both.hosts.size(), 2);
        QCOMPARE(both.hosts[0].object.kind, u"Host"_s);
        QCOMPARE(both.hosts[1].key, u"ambassador/site of Service ambassador/holder"_s);
        QCOMPARE(both.hosts[0].state, u"Loaded"_s); // of the two names "site" comes after "holder"
        QCOMPARE(both.hosts[1].state, u"Replaced"_s);
        QVERIFY2(both.hosts[1].reason.contains(u"the object Host ambassador/site"_s),
                 qPrintable(both.hosts[1].reason));
        QCOMPARE(both.hosts[1].cells[3], QString()); // no port is its
    }

    void theHostsOfAnIngressAreThere()
    {
        const auto objects = objectsOf(edgeYaml() + quoteYaml(true)
                                       + "---\napiVersion: networking.k8s.io/v1\nkind: Ingress\nmetadata: "
                                         "{name: web, namespace: ambassador, "
                                         "annotations: {kubernetes.io/ingress.class: ambassador}}\nspec: "
                                         "{tls: [{hosts: [c.example.com], "
                                         "secretName: edge-tls}]}\n");
        QCOMPARE(objects.hosts.size(), 1);
        QCOMPARE(objects.hosts[0].key, u"ambassador/web-0-0 from Ingress ambassador/web"_s);
        QCOMPARE(objects.hosts[0].source, u"Ingress ambassador/web"_s);
        QCOMPARE(objects.hosts[0].cells[0], u"c.example.com"_s);
        QCOMPARE(objects.hosts[0].object, (models::ObjectRef{QString(), u"ambassador"_s, u"web-0-0"_s}));
    }

    void before20TheEdgeOpensItsPortsItself()
    {
        const auto objects = objectsOf(edgeYaml() + quoteYaml(true) + mapping);
        QVERIFY(!objects.listeners.isEmpty());
        const models::EdgeObjectRow &row = objects.listeners.first();
        QCOMPARE(row.state, u"Built in"_s);
        QVERIFY(row.object.kind.isEmpty());
        QVERIFY(row.usedBy.contains(u"Mapping default/quote-backend"_s));
        QCOMPARE(row.cells[5], u"1"_s);
    }

    // One rule with the command line, which says the same of these ports.
    void aPortThatEndsTlsSaysSo()
    {
        const auto objects = objectsOf(
            edgeYaml() + quoteYaml(true) + mapping
            + "---\napiVersion: getambassador.io/v2\nkind: TLSContext\nmetadata: {name: edge, namespace: "
              "ambassador}\nspec: {hosts: ['*'], secret: edge-tls}\n"
              "---\napiVersion: v1\nkind: Secret\nmetadata: {name: edge-tls, namespace: ambassador}\n"
              "type: kubernetes.io/tls\ndata: {tls.crt: Y2VydA==, tls.key: '{9 bytes}'}\n");
        QMap<QString, QString> protocols;
        for (const models::EdgeObjectRow &row : objects.listeners)
            protocols.insert(row.cells[0], row.cells[1]);
        QVERIFY2(protocols.contains(u"8443"_s), qPrintable(protocols.keys().join(u' ')));
        QCOMPARE(protocols.value(u"8443"_s), u"HTTP, TLS"_s);
        QVERIFY(!protocols.value(u"8080"_s, u"HTTP"_s).contains(u"TLS"_s));
    }

    void everyColumnHasAWordForEveryRow()
    {
        const auto objects = objectsOf(
            edgeYaml() + quoteYaml(true) + mapping + hostYaml("api", "{hostname: api.example.com}")
            + "---\napiVersion: getambassador.io/v2\nkind: TCPMapping\nmetadata: {name: db, namespace: "
              "default}\nspec: {port: 6789, service: 'quote:80', host: db.example.com}\n");
        QCOMPARE(objects.tcpMappings.size(), 1);
        QCOMPARE(objects.tcpMappings.first().cells[0], u"6789"_s);
        const std::pair<std::vector<models::Column<models::EdgeObjectRow>>, QList<models::EdgeObjectRow>>
            tables[]{{models::hostColumns(), objects.hosts},
                     {models::listenerColumns(), objects.listeners},
                     {models::tcpMappingColumns(), objects.tcpMappings}};
        for (const auto &[columns, rows] : tables) {
            for (const auto &row : rows)
                QVERIFY(!columns.front().text(row).toString().isEmpty());
            QStringList ids;
            for (const auto &column : columns)
                ids.append(column.id);
            QCOMPARE(ids.removeDuplicates(), 0);
        }
    }
};

SALLYPORT_TEST(edge_object_rows_test, EdgeObjectRowsTest)
#include "edge_object_rows_test.moc"
