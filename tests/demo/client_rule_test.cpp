// SPDX-License-Identifier: GPL-3.0-or-later
// Which DestinationRule a sidecar goes by for a host and port, and what it sends then: Istio's own choice (facts mesh-security.md
// §1.8), written for the demo alone.
#include "app/demo/client_rule.h"
#include "edge/value.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;

namespace {

QByteArray rule(const QByteArray &place, const QByteArray &spec, const QByteArray &more = {})
{
    return "---\nmetadata: {name: one, namespace: " + place + ", creationTimestamp: '2026-01-02T00:00:00Z'"
        + more + "}\nspec: {" + spec + "}\n";
}

QByteArray whole(const QByteArray &mode) { return "trafficPolicy: {tls: {mode: " + mode + "}}"; }

} // namespace

class ClientRuleTest : public QObject
{
    Q_OBJECT

    // Of a call of shop/cart to orders.store, port 80.
    static QString sent(const QByteArray &yaml)
    {
        std::vector<std::shared_ptr<const edge::Value>> rules;
        const auto objects = edge::parseYaml(yaml.toStdString());
        for (const edge::Value &object : *objects)
            rules.push_back(std::make_shared<const edge::Value>(object));
        const auto tls =
            demo::ruledTls(rules, {"orders.store.svc.cluster.local", "store", "shop", {{"app", "cart"}}, 80});
        if (!tls)
            return u"automatic"_s;
        return *tls == demo::ClientTls::Mesh ? u"mesh"_s
            : *tls == demo::ClientTls::None  ? u"clear"_s
                                             : u"foreign"_s;
    }

private Q_SLOTS:
    void theRuleThatCountsDecides_data()
    {
        QTest::addColumn<QByteArray>("rules");
        QTest::addColumn<QString>("expected");
        const QByteArray orders = "host: orders.store.svc.cluster.local, ";
        const auto row = [](const char *name, const QByteArray &rules, const QString &expected) {
            QTest::newRow(name) << rules << expected;
        };
        row("none", "{}", u"automatic"_s);
        row("of the server's namespace", rule("store", "host: orders, " + whole("DISABLE")), u"clear"_s);
        row("of the caller's namespace, by the whole name", rule("shop", orders + whole("DISABLE")),
            u"clear"_s);
        row("a short name is of the rule's own namespace", rule("shop", "host: orders, " + whole("DISABLE")),
            u"automatic"_s);
        row("of a third namespace", rule("other", orders + whole("DISABLE")), u"automatic"_s);
        row("of the root namespace", rule("istio-system", "host: '*.local', " + whole("ISTIO_MUTUAL")),
            u"mesh"_s);
        row("the caller's before the server's",
            rule("shop", "host: '*.local', " + whole("ISTIO_MUTUAL"))
                + rule("store", "host: orders, " + whole("DISABLE")),
            u"mesh"_s);
        row("the server's before the root's",
            rule("istio-system", orders + whole("DISABLE"))
                + rule("store", "host: '*.local', " + whole("ISTIO_MUTUAL")),
            u"mesh"_s);
        row("the most exact of one namespace",
            rule("store", "host: '*.local', " + whole("DISABLE"))
                + rule("store", "host: '*.store.svc.cluster.local', " + whole("SIMPLE"))
                + rule("store", "host: orders, " + whole("ISTIO_MUTUAL")),
            u"mesh"_s);
        row("which says nothing of TLS",
            rule("store", "host: '*.local', " + whole("DISABLE"))
                + rule("store", "host: orders, trafficPolicy: {}"),
            u"automatic"_s);
        row("not exported", rule("store", "host: orders, exportTo: ['.'], " + whole("DISABLE")),
            u"automatic"_s);
        row("exported to the caller", rule("store", "host: orders, exportTo: [shop], " + whole("DISABLE")),
            u"clear"_s);
        row("the caller's own, exported to nobody else",
            rule("shop", orders + "exportTo: ['.'], " + whole("DISABLE")), u"clear"_s);
        row("for this workload",
            rule("shop", orders + "workloadSelector: {matchLabels: {app: cart}}, " + whole("SIMPLE"))
                + rule("shop", orders + whole("ISTIO_MUTUAL")),
            u"foreign"_s);
        row("for another workload",
            rule("shop", orders + "workloadSelector: {matchLabels: {app: other}}, " + whole("SIMPLE"))
                + rule("shop", orders + whole("ISTIO_MUTUAL")),
            u"mesh"_s);
        row("a selector of another namespace",
            rule("store", "host: orders, workloadSelector: {matchLabels: {app: cart}}, " + whole("SIMPLE")),
            u"automatic"_s);
        row("two of one host: the older one's policy",
            rule("store", "host: orders, " + whole("DISABLE"))
                + rule("store", "host: orders, " + whole("ISTIO_MUTUAL")).replace("2026-01-02", "2026-01-01"),
            u"mesh"_s);
        row("the older has no policy",
            rule("store", "host: orders, " + whole("DISABLE"))
                + rule("store", "host: orders").replace("2026-01-02", "2026-01-01"),
            u"clear"_s);
        row("tls without a mode is DISABLE", rule("store", "host: orders, trafficPolicy: {tls: {}}"),
            u"clear"_s);
        row("a subset's word is for calls of that subset",
            rule("store", "host: orders, subsets: [{name: v1, " + whole("DISABLE") + "}]"), u"automatic"_s);
    }
    void theRuleThatCountsDecides()
    {
        QFETCH(QByteArray, rules);
        QTEST(sent(rules), "expected");
    }

    void thePortsOwnWordCountsBeforeTheRules_data()
    {
        QTest::addColumn<QByteArray>("tls"); // of the rule as a whole
        QTest::addColumn<QByteArray>("settings");
        QTest::addColumn<QString>("expected");
        const auto row = [](const char *name, const QByteArray &tls, const QByteArray &settings,
                            const QString &expected) { QTest::newRow(name) << tls << settings << expected; };
        row("of this port", {}, "[{port: {number: 80}, tls: {mode: DISABLE}}]", u"clear"_s);
        row("of another port", {}, "[{port: {number: 8080}, tls: {mode: DISABLE}}]", u"automatic"_s);
        row("against the rule", "tls: {mode: DISABLE}, ", "[{port: {number: 80}, tls: {mode: ISTIO_MUTUAL}}]",
            u"mesh"_s);
        row("of another port, with the rule's", "tls: {mode: DISABLE}, ",
            "[{port: {number: 8080}, tls: {mode: ISTIO_MUTUAL}}]", u"clear"_s);
        row("of two", "tls: {mode: DISABLE}, ",
            "[{port: {number: 8080}, tls: {mode: ISTIO_MUTUAL}}, {port: {number: 80}, tls: {mode: SIMPLE}}]",
            u"foreign"_s);
        row("without tls", {}, "[{port: {number: 80}, connectionPool: {}}]", u"automatic"_s);
        row("without tls in a rule of mutual TLS", "tls: {mode: ISTIO_MUTUAL}, ",
            "[{port: {number: 80}, connectionPool: {}}]", u"automatic"_s);
        row("without tls in a rule that turns TLS off", "tls: {mode: DISABLE}, ",
            "[{port: {number: 80}, connectionPool: {}}]", u"clear"_s);
        row("without tls in a rule of foreign TLS", "tls: {mode: SIMPLE}, ",
            "[{port: {number: 80}, connectionPool: {}}]", u"clear"_s);
    }
    void thePortsOwnWordCountsBeforeTheRules()
    {
        QFETCH(QByteArray, tls);
        QFETCH(QByteArray, settings);
        QTEST(sent(rule("store",
                        "host: orders, trafficPolicy: {" + tls + "portLevelSettings: " + settings + "}")),
              "expected");
    }
};

SALLYPORT_TEST(client_rule_test, ClientRuleTest)
#include "client_rule_test.moc"
