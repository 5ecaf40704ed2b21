// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/resources/proxy_inbound.h"

#include "models/resources/text.h"

using namespace Qt::StringLiterals;

namespace models {

namespace {

constexpr int OwnPort = 15006; // of the listener: what is sent there directly is thrown away

// As Envoy writes it since 1.14, and before.
bool isVirtualInbound(const edge::Value &listener)
{
    return listener["name"].text() == "virtualInbound" && listener["filter_chains"].isArray();
}

const edge::Value *findListener(const edge::Value &value)
{
    if (isVirtualInbound(value))
        return &value;
    for (const char *inner : {"active_state", "listener"}) {
        if (const edge::Value *found = value.find(inner) ? findListener(value[inner]) : nullptr)
            return found;
    }
    for (const char *list :
         {"configs", "dynamic_listeners", "dynamic_active_listeners", "static_listeners"}) {
        for (const edge::Value &entry : value[list].items()) {
            if (const edge::Value *found = findListener(entry))
                return found;
        }
    }
    return nullptr;
}

struct Taken
{
    bool clearText = false, mutualTls = false;
    MtlsMode mode() const
    {
        if (clearText)
            return mutualTls ? MtlsMode::Permissive : MtlsMode::Disable;
        return mutualTls ? MtlsMode::Strict : MtlsMode::Unset;
    }
};

// A chain without TLS of its own takes clear text, unless it is for TLS that goes through to the application.
void add(Taken &taken, const edge::Value &chain)
{
    const bool endsTls = chain.find("transport_socket") || chain.find("tls_context");
    taken.mutualTls = taken.mutualTls || endsTls;
    taken.clearText = taken.clearText
        || (!endsTls && chain.at({"filter_chain_match", "transport_protocol"}).text() != "tls");
}

} // namespace

kube::Result<InboundModes> readInboundModes(const QByteArray &json)
{
    const auto dump = edge::parseJson(std::string_view(json.constData(), std::size_t(json.size())));
    if (!dump)
        return kube::failure(kube::Error::Kind::Protocol,
                             u"the proxy's answer to /config_dump is no JSON: "_s
                                 + QString::fromStdString(dump.error().message));
    const edge::Value *listener = findListener(*dump);
    if (!listener)
        return kube::failure(kube::Error::Kind::Protocol,
                             u"the proxy's configuration has no listener virtualInbound"_s);
    Taken others;
    QHash<int, Taken> ports;
    for (const edge::Value &chain : (*listener)["filter_chains"].items()) {
        const edge::Value &port = chain.at({"filter_chain_match", "destination_port"});
        const bool isBlackhole =
            port.toInteger() == OwnPort || chain["name"].text() == "virtualInbound-blackhole";
        if (!isBlackhole)
            add(port.isNull() ? others : ports[int(port.toInteger())], chain);
    }
    InboundModes modes;
    modes.others = others.mode();
    for (auto port = ports.cbegin(); port != ports.cend(); ++port)
        modes.ports.insert(port.key(), port->mode());
    return modes;
}

} // namespace models
