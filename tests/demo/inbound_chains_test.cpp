// SPDX-License-Identifier: GPL-3.0-or-later
// The listener that the demo's sidecars say they have, beside what istiod 1.31 sent to a real one in 31 situations
// (shared conformance/sidecar/chains.json): chain by chain, in order.
#include "app/demo/inbound_chains.h"
#include "tests/support/shared_data.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using edge::Value;

namespace {

const char *const recorded = "conformance/sidecar/chains.json";

// As its PeerAuthentications would be read from the API server.
std::vector<std::shared_ptr<const Value>> policiesOf(const Value &scenario)
{
    std::vector<std::shared_ptr<const Value>> all;
    for (const Value &object : scenario["objects"].items()) {
        Value ports = Value::object();
        for (const auto &[port, mode] : object["portLevelMtls"].members())
            ports.set(port, Value::object({{"mode", mode}}));
        Value spec = Value::object({{"mtls", Value::object({{"mode", object["mtls"]}})}});
        if (!object["selector"].isNull())
            spec.set("selector", Value::object({{"matchLabels", object["selector"]}}));
        if (!object["portLevelMtls"].isNull())
            spec.set("portLevelMtls", std::move(ports));
        const bool inRoot = object["scope"].text() == "root namespace";
        const Value metadata =
            Value::object({{"name", object["name"]},
                           {"namespace", inRoot ? "istio-system" : "app"},
                           {"creationTimestamp",
                            "2026-01-01T00:00:0" + std::to_string(object["created"].toInteger()) + "Z"}});
        all.push_back(std::make_shared<const Value>(
            Value::object({{"metadata", metadata}, {"spec", std::move(spec)}})));
    }
    return all;
}

demo::PushedConfiguration configurationOf(const Value &scenario)
{
    using demo::PortKind;
    demo::PushedConfiguration configuration;
    configuration.modes = demo::workloadModes(policiesOf(scenario), "app", {{"app", "web"}});
    configuration.kinds = {{8080, PortKind::Http}, {8082, PortKind::Http}, {6060, PortKind::Http},
                           {8443, PortKind::Tcp},  {9000, PortKind::Tcp},  {9001, PortKind::Tcp},
                           {5050, PortKind::Auto}, {5051, PortKind::Auto}};
    return configuration;
}

// What both have of a chain, as one line.
QString lineOf(const Value &name, const Value &match, bool tls, const Value &alpn, const Value &filter,
               const Value &cluster, const Value &prefix)
{
    QStringList words{QString::fromStdString(name.text()),
                      QString::number(match["destination_port"].toInteger()),
                      QString::fromStdString(match["transport_protocol"].text()),
                      QString::fromStdString(edge::toJson(match["application_protocols"])),
                      tls ? u"TLS "_s + QString::fromStdString(edge::toJson(alpn)) : u"clear"_s,
                      QString::fromStdString(filter.text()).section(u'.', -1),
                      QString::fromStdString(cluster.text()),
                      QString::fromStdString(prefix.text())};
    return words.join(u' ');
}

QStringList recordedLines(const Value &all, const Value &scenario)
{
    QStringList lines;
    for (const Value &chain : scenario["filter_chains"].items()) {
        const Value &socket = all.at({"transport_sockets", chain["transport_socket"].text()});
        lines.append(lineOf(chain["name"], chain["match"], !chain["transport_socket"].isNull(),
                            socket["server_alpn"], chain["filters"].items().back(), chain["cluster"],
                            chain["stat_prefix"]));
    }
    return lines;
}

QStringList ourLines(const Value &listener)
{
    QStringList lines;
    for (const Value &chain : listener["filter_chains"].items()) {
        const Value &filter = chain["filters"].items().back();
        const Value &config = filter["typed_config"];
        const Value &hosts = config.at({"route_config", "virtual_hosts"});
        const Value &cluster = hosts.items().empty()
            ? config["cluster"]
            : hosts.items()[0]["routes"].items()[0].at({"route", "cluster"});
        const Value &common = chain.at({"transport_socket", "typed_config", "common_tls_context"});
        lines.append(lineOf(chain["name"], chain["filter_chain_match"], !chain["transport_socket"].isNull(),
                            common["alpn_protocols"], filter["name"], cluster, config["stat_prefix"]));
    }
    return lines;
}

} // namespace

class InboundChainsTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void everySituationIsIstios_data()
    {
        QTest::addColumn<QString>("scenario");
        const auto text = sharedFile(recorded);
        const auto all = text ? edge::parseJson(*text) : edge::Result<Value>(Value());
        QVERIFY(all && !(*all)["scenarios"].members().empty());
        for (const auto &[name, scenario] : (*all)["scenarios"].members())
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
    }
    void everySituationIsIstios()
    {
        QFETCH(QString, scenario);
        const auto all = edge::parseJson(*sharedFile(recorded));
        const Value &situation = all->at({"scenarios", scenario.toStdString()});
        const Value listener = demo::virtualInbound(configurationOf(situation));
        QCOMPARE(listener["name"].text(), std::string("virtualInbound"));
        QCOMPARE(ourLines(listener), recordedLines(*all, situation));
    }
};

SALLYPORT_TEST(inbound_chains_test, InboundChainsTest)
#include "inbound_chains_test.moc"
