// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/frozen_policies.h"

using namespace Qt::StringLiterals;

namespace app {

namespace {

QString versionOf(const edge::Value &uid, const edge::Value &version)
{
    return QString::fromStdString(uid.text() + '/' + version.text());
}

} // namespace

FrozenPolicies::FrozenPolicies(kube::Client &client, models::StrictScope scope, QString rootNamespace,
                               std::stop_token stop)
    : m_client(client)
    , m_scope(std::move(scope))
    , m_root(std::move(rootNamespace))
    , m_stop(std::move(stop))
{
}

void FrozenPolicies::freeze(const Objects &frozen)
{
    for (const auto &[type, objects] : frozen) {
        m_types.append(type);
        add(m_versions, type, objects);
    }
}

void FrozenPolicies::note(const models::JournalEntry &entry)
{
    const QString key = entry.change.subject().text();
    if (entry.change.type.kind == "AuthorizationPolicy"_L1) // the rehearsal decides nothing
        return;
    if (entry.after)
        m_versions.insert(key,
                          versionOf(entry.after->at({"metadata", "uid"}),
                                    entry.after->at({"metadata", "resourceVersion"})));
    else
        m_versions.remove(key);
}

QStringList FrozenPolicies::foreign() const
{
    QStringList others;
    const QMap<QString, QString> now = versions();
    for (auto one = now.begin(); one != now.end(); ++one) {
        if (!m_versions.contains(one.key()))
            others.append(one.key() + u" is new"_s);
        else if (m_versions[one.key()] != one.value())
            others.append(one.key() + u" has changed"_s);
    }
    for (auto one = m_versions.begin(); one != m_versions.end(); ++one) {
        if (!now.contains(one.key()))
            others.append(one.key() + u" is gone"_s);
    }
    return others;
}

void FrozenPolicies::add(QMap<QString, QString> &versions, const kube::ResourceType &type,
                         const QList<kube::Object> &objects) const
{
    for (const kube::Object &object : objects) {
        const bool counts = m_scope.nameSpace.isEmpty() || object.nameSpace == m_scope.nameSpace
            || object.nameSpace == m_root || !type.namespaced || type.kind == "DestinationRule"_L1;
        if (counts)
            versions.insert(models::ObjectRef{type.kind, object.nameSpace, object.name}.text(),
                            object.uid + u'/' + object.resourceVersion);
    }
}

QMap<QString, QString> FrozenPolicies::versions() const
{
    QMap<QString, QString> found;
    for (const kube::ResourceType &type : m_types) {
        const auto list = m_client.list(type, {}, m_stop).result();
        add(found, type, list ? list->items : QList<kube::Object>());
    }
    return found;
}

} // namespace app
