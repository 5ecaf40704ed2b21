// SPDX-License-Identifier: GPL-3.0-or-later
// The chains of real sidecars in 31 situations (shared conformance/sidecar/chains.json, istiod 1.31), read as a proxy's
// configuration; what they do is what we predict of the PeerAuthentications that were there.
#include "models/analysis/mesh_mode.h"
#include "models/resources/proxy_inbound.h"
#include "tests/support/shared_data.h"
#include "tests/support/snapshot_of.h"
#include "tests/support/test_class.h"

#include <QTest>

using namespace Qt::StringLiterals;
using edge::Value;

namespace {

QByteArray jsonOf(const Value &value) { return QByteArray::fromStdString(edge::toJson(value)); }

// A recorded situation as Envoy's dump has it; those of a port with TLS of their own end it.
Value listenerOf(const Value &scenario)
{
    Value chains = Value::array();
    for (const Value &recorded : scenario["filter_chains"].items()) {
        Value chain = Value::object({{"name", recorded["name"]}, {"filter_chain_match", recorded["match"]}});
        if (!recorded["transport_socket"].isNull())
            chain.set("transport_socket", Value::object({{"name", "envoy.transport_sockets.tls"}}));
        chains.push(std::move(chain));
    }
    return Value::object({{"name", "virtualInbound"}, {"filter_chains", std::move(chains)}});
}

Value entryOf(const Value &listener)
{
    return Value::object(
        {{"name", listener["name"]}, {"active_state", Value::object({{"listener", listener}})}});
}

Value wholeDump(const Value &listener)
{
    const Value other = Value::object({{"name", "virtualOutbound"}, {"filter_chains", Value::array()}});
    const Value list =
        Value::object({{"@type", "type.googleapis.com/envoy.admin.v3.ListenersConfigDump"},
                       {"dynamic_listeners", Value::array({entryOf(other), entryOf(listener)})}});
    return Value::object({{"configs", Value::array({Value::object({{"@type", "x"}}), list})}});
}

QByteArray policiesOf(const Value &scenario)
{
    QByteArray yaml;
    for (const Value &object : scenario["objects"].items()) {
        const bool inRoot = object["scope"].text() == "root namespace";
        Value spec = Value::object();
        if (!object["selector"].isNull())
            spec.set("selector", Value::object({{"matchLabels", object["selector"]}}));
        if (!object["mtls"].isNull())
            spec.set("mtls", Value::object({{"mode", object["mtls"]}}));
        if (!object["portLevelMtls"].isNull()) {
            Value ports = Value::object();
            for (const auto &[port, mode] : object["portLevelMtls"].members())
                ports.set(port, Value::object({{"mode", mode}}));
            spec.set("portLevelMtls", std::move(ports));
        }
        const Value metadata =
            Value::object({{"name", object["name"]},
                           {"namespace", inRoot ? "istio-system" : "app"},
                           {"creationTimestamp",
                            "2026-01-01T00:00:0" + std::to_string(object["created"].toInteger()) + "Z"}});
        yaml += "---\n"
            + jsonOf(Value::object({{"apiVersion", "security.istio.io/v1beta1"},
                                    {"kind", "PeerAuthentication"},
                                    {"metadata", metadata},
                                    {"spec", std::move(spec)}}))
            + "\n";
    }
    return yaml;
}

models::Pod labPod()
{
    models::Pod pod;
    pod.nameSpace = u"app"_s;
    pod.name = u"web-1"_s;
    pod.labels = {{u"app"_s, u"web"_s}};
    pod.containers = {u"web"_s, u"istio-proxy"_s};
    pod.hasSidecar = true;
    return pod;
}

const char *const recorded = "conformance/sidecar/chains.json";

} // namespace

class ProxyInboundTest : public QObject
{
    Q_OBJECT
private Q_SLOTS:
    void whatAProxyDoesIsWhatWePredict_data()
    {
        QTest::addColumn<QString>("scenario");
        const auto text = sharedFile(recorded);
        const auto all = text ? edge::parseJson(*text) : edge::Result<Value>(Value());
        QVERIFY(all);
        for (const auto &[name, scenario] : (*all)["scenarios"].members())
            QTest::newRow(name.c_str()) << QString::fromStdString(name);
        QVERIFY2(!(*all)["scenarios"].members().empty(), recorded);
    }
    void whatAProxyDoesIsWhatWePredict()
    {
        QFETCH(QString, scenario);
        const auto all = edge::parseJson(*sharedFile(recorded));
        const Value &situation = all->at({"scenarios", scenario.toStdString()});
        const Value listener = listenerOf(situation);
        const auto modes = models::readInboundModes(jsonOf(wholeDump(listener)));
        QVERIFY2(modes, qPrintable(modes ? QString() : modes.error().message));
        const auto snapshot = snapshotOf(policiesOf(situation));
        for (const int port : {8080, 8082, 8443, 9000, 9001, 5050, 5051, 4040, 7070, 7071, 80}) {
            const models::EffectiveMode expected = models::effectiveMode(*snapshot, labPod(), port);
            const auto mode =
                expected.mode == models::MtlsMode::Unset ? models::MtlsMode::Permissive : expected.mode;
            QVERIFY2(modes->of(port) == mode,
                     qPrintable(u"port %1: the proxy has %2, we predict %3"_s.arg(port).arg(
                         models::mtlsModeName(modes->of(port)), models::mtlsModeName(mode))));
            QCOMPARE(modes->takesClearText(port), mode != models::MtlsMode::Strict);
        }
        // The same of ?resource=dynamic_listeners, whose entries stand alone.
        const Value alone = Value::object({{"configs", Value::array({entryOf(listener)})}});
        QCOMPARE(models::readInboundModes(jsonOf(alone)).value_or(models::InboundModes()), *modes);
    }

    // Istio up to 1.6: TLS as tls_context, the mode told by ALPN alone, no transport protocol.
    void olderProxiesAreReadToo()
    {
        const auto modes = models::readInboundModes(
            R"({"configs":[{"dynamic_active_listeners":[{"listener":{"name":"virtualInbound","filter_chains":[
                {"filter_chain_match":{"prefix_ranges":[{"address_prefix":"0.0.0.0","prefix_len":0}]}},
                {"filter_chain_match":{"destination_port":8080,"application_protocols":["istio"]},"tls_context":{"require_client_certificate":true}},
                {"filter_chain_match":{"destination_port":8080}},
                {"filter_chain_match":{"destination_port":9000},"tls_context":{"require_client_certificate":true}}]}}]}]})");
        QVERIFY(modes);
        QCOMPARE(modes->others, models::MtlsMode::Disable);
        QCOMPARE(modes->of(8080), models::MtlsMode::Permissive);
        QCOMPARE(modes->of(9000), models::MtlsMode::Strict);
    }

    void whatIsNoProxysConfigurationIsSaid_data()
    {
        QTest::addColumn<QByteArray>("json");
        QTest::addColumn<QString>("said");
        QTest::newRow("no JSON") << QByteArray("<html>") << u"is no JSON"_s;
        QTest::newRow("nothing") << QByteArray("{}") << u"no listener virtualInbound"_s;
        QTest::newRow("a gateway") << jsonOf(
            wholeDump(Value::object({{"name", "0.0.0.0_8443"}, {"filter_chains", Value::array()}})))
                                   << u"no listener virtualInbound"_s;
        QTest::newRow("another shape") << QByteArray(R"({"configs":{"a":[1]},"dynamic_listeners":3})")
                                       << u"no listener virtualInbound"_s;
    }
    void whatIsNoProxysConfigurationIsSaid()
    {
        QFETCH(QByteArray, json);
        QFETCH(QString, said);
        const auto modes = models::readInboundModes(json);
        QVERIFY(!modes);
        QVERIFY2(modes.error().message.contains(said), qPrintable(modes.error().message));
    }
};

SALLYPORT_TEST(proxy_inbound_test, ProxyInboundTest)
#include "proxy_inbound_test.moc"
