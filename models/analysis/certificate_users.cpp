// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/certificate_users.h"

#include "models/resources/text.h"

using namespace Qt::StringLiterals;

namespace models {

namespace {

constexpr qsizetype Listed = 20; // more are counted

QString slashed(const std::string &key) // NAME.NAMESPACE → NAMESPACE/NAME
{
    const QString whole = text(key);
    const qsizetype dot = whole.lastIndexOf(u'.');
    return whole.mid(dot + 1) + u'/' + whole.left(dot);
}

void addOnce(QStringList &list, const QString &item)
{
    if (!item.isEmpty() && !list.contains(item))
        list.append(item);
}

void addServed(QHash<QString, CertificateUsers> &users, const edge::Config &config)
{
    for (const edge::Listener &listener : config.listeners) {
        for (const edge::FilterChain &chain : listener.chains) {
            const auto context = config.tlsContexts.find(chain.tlsContext);
            if (!chain.tls || context == config.tlsContexts.end() || context->second.secret.empty())
                continue;
            CertificateUsers &own = users[slashed(context->second.secret)];
            for (const std::string &name : chain.serverNames)
                addOnce(own.hostNames, text(name));
            for (const edge::VirtualHost &host : chain.virtualHosts) {
                addOnce(own.hosts,
                        host.host.kind.empty() ? QString()
                                               : text(host.host.kind) + u' ' + text(host.host.name));
                const ObjectRef ref{text(host.host.kind), text(host.host.nameSpace), text(host.host.name)};
                if (ref.kind == "Host"_L1 && !own.hostObjects.contains(ref))
                    own.hostObjects.append(ref);
                for (const std::string &domain : host.domains) {
                    if (chain.serverNames.empty()) // else whoever asks for another name is not led here
                        addOnce(own.hostNames, text(domain));
                }
                for (const edge::Route &route : host.routes) {
                    if (route.mapping.kind == "Mapping")
                        own.served.insert(text(route.mapping.nameSpace) + u'/' + text(route.mapping.name));
                }
            }
        }
    }
}

QString countText(qsizetype count, const QString &one, const QString &many)
{
    return u"%1 %2"_s.arg(count).arg(count == 1 ? one : many);
}

} // namespace

QString CertificateUsers::text() const
{
    QStringList parts;
    if (!hosts.isEmpty())
        parts.append(hosts.size() <= 2 ? hosts.join(u", "_s)
                                       : countText(hosts.size(), u"host"_s, u"hosts"_s));
    else if (!hostNames.isEmpty())
        parts.append(u"the edge's TLS"_s);
    if (!mappings.isEmpty())
        parts.append(mappings.size() == 1 ? u"Mapping "_s + mappings.first()
                                          : countText(mappings.size(), {}, u"Mappings"_s));
    if (parts.isEmpty() && !contexts.isEmpty())
        parts.append(contexts.size() == 1 ? u"TLSContext "_s + contexts.first()
                                          : countText(contexts.size(), {}, u"contexts"_s));
    if (!trusting.isEmpty())
        parts.append(u"trusted by TLSContext "_s + trusting.join(u", "_s));
    return parts.join(u", "_s);
}

QStringList CertificateUsers::blastRadius() const
{
    QStringList lines;
    const QString names = hostNames.contains(u"*"_s) ? u"any host"_s : hostNames.mid(0, Listed).join(u", "_s);
    if (!hostNames.isEmpty()) {
        QStringList behind;
        if (!hosts.isEmpty())
            behind.append(countText(hosts.size(), u"Host"_s, u"Hosts"_s));
        if (!served.isEmpty())
            behind.append(countText(served.size(), u"Mapping"_s, u"Mappings"_s));
        lines.append(u"clients that ask for %1 refuse the edge's certificate"_s.arg(names)
                     + (behind.isEmpty() ? QString() : u": %1 behind it"_s.arg(behind.join(u" and "_s))));
    }
    for (const QString &mapping : mappings.mid(0, Listed))
        lines.append(u"Mapping %1 answers 503: its sidecars refuse the edge's certificate"_s.arg(mapping));
    if (mappings.size() > Listed)
        lines.append(u"and %1 more Mappings answer 503"_s.arg(mappings.size() - Listed));
    for (const QString &context : trusting)
        lines.append(u"TLSContext %1 verifies no peer by it any more"_s.arg(context));
    return lines;
}

QList<ObjectRef> CertificateUsers::hit() const
{
    QList<ObjectRef> objects = hostObjects;
    QStringList names = served.values() + mappings;
    names.sort();
    names.removeDuplicates();
    for (const QString &name : std::as_const(names))
        objects.append({u"Mapping"_s, name.section(u'/', 0, 0), name.section(u'/', 1)});
    return objects;
}

QHash<QString, CertificateUsers> certificateUsers(const EdgeView &view)
{
    QHash<QString, CertificateUsers> users;
    if (view.table) {
        const edge::Config &config = view.table->config();
        for (const auto &[name, context] : config.tlsContexts) {
            if (!context.secret.empty())
                addOnce(users[slashed(context.secret)].contexts, text(name));
            if (!context.caSecret.empty())
                addOnce(users[slashed(context.caSecret)].trusting, text(name));
        }
        addServed(users, config);
    }
    QStringList names = view.mappings.keys();
    names.sort();
    for (const QString &name : names) {
        const QString &secret = view.mappings.value(name)->certificate;
        if (!secret.isEmpty())
            users[secret].mappings.append(name);
    }
    return users;
}

} // namespace models
