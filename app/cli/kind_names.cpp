// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/kind_names.h"

#include "app/snapshot_plan.h"
#include "kube/discovery.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

kube::Result<QList<NamedTarget>> wrong(const QString &why)
{
    return kube::failure(kube::Error::Kind::Config, why);
}

kube::Error notServed(const QString &name, const kube::ApiCatalog &catalog)
{
    const QString unread = catalog.failures.isEmpty()
        ? QString()
        : QString(u"; not all could be asked: "_s + catalog.failures.join(u"; "_s));
    return kube::failure(
               kube::Error::Kind::NotFound,
               u"the API server serves no kind “%1”; write its plural, its kind or a short name, with .GROUP or .VERSION.GROUP where several have it%2"_s
                   .arg(name, unread))
        .value();
}

// A version that is named stays; else it is ours and not the server's first, whose objects a webhook may have to convert.
const kube::ApiResource *found(const kube::ApiCatalog &catalog, const QString &name)
{
    const kube::ApiResource *resource = catalog.find(name);
    if (!resource)
        return nullptr;
    const kube::ResourceType &type = resource->type;
    const QString rest = name.section(u'.', 1);
    const bool isVersionNamed = rest == type.version || rest == QString(type.version + u'.' + type.group);
    return isVersionNamed ? resource : &asWeRead(catalog, *resource);
}

} // namespace

kube::Result<QList<NamedTarget>> readTargets(const QStringList &words)
{
    QList<NamedTarget> targets;
    const bool hasSlash = words.join(u' ').contains(u'/');
    if (words.isEmpty())
        return wrong(u"a KIND is needed"_s);
    if (hasSlash) {
        for (const QString &word : words) {
            const QStringList parts = word.split(u'/');
            if (parts.size() != 2 || parts[0].isEmpty() || parts[1].isEmpty() || parts[0].contains(u','))
                return wrong(
                    u"'%1' is no KIND/NAME; write pod/NAME svc/NAME …, or a KIND and its NAMEs"_s.arg(word));
            if (!targets.isEmpty() && targets.last().kind == parts[0])
                targets.last().names.append(parts[1]);
            else
                targets.append({parts[0], {parts[1]}});
        }
        return targets;
    }
    for (const QString &kind : words[0].split(u',')) {
        if (kind.isEmpty())
            return wrong(u"'%1' is no list of KINDs, such as pods,services"_s.arg(words[0]));
        targets.append({kind, words.mid(1)});
    }
    return targets;
}

kube::Result<QList<kube::ApiResource>> resourcesNamed(const Session &session, kube::Client &client,
                                                      const QString &name)
{
    const auto catalog = client.discovery().fetch(session.stop()).result();
    if (!catalog)
        return tl::unexpected(catalog.error());
    if (const kube::ApiResource *resource = found(*catalog, name))
        return QList<kube::ApiResource>{*resource};
    QList<kube::ApiResource> all;
    for (const kube::ApiResource &each : catalog->inCategory(name)) {
        const bool isKnown = std::any_of(all.cbegin(), all.cend(), [&each](const kube::ApiResource &known) {
            return known.type.group == each.type.group && known.type.plural == each.type.plural;
        });
        if (each.verbs.contains(u"list"_s) && !isKnown)
            all.append(asWeRead(*catalog, each));
    }
    if (all.isEmpty())
        return tl::unexpected(notServed(name, *catalog));
    return all;
}

kube::Result<kube::ApiResource> resourceNamed(const Session &session, kube::Client &client,
                                              const QString &name)
{
    const auto catalog = client.discovery().fetch(session.stop()).result();
    if (!catalog)
        return tl::unexpected(catalog.error());
    if (const kube::ApiResource *resource = found(*catalog, name))
        return *resource;
    return tl::unexpected(notServed(name, *catalog));
}

kube::Result<kube::ResourceType> servedNow(const kube::ApiCatalog &catalog, const QString &name,
                                           const kube::ResourceType &before)
{
    if (const kube::ApiResource *resource = found(catalog, name);
        resource && resource->type.group == before.group && resource->type.plural == before.plural)
        return resource->type;
    const QString kind =
        before.group.isEmpty() ? before.plural : QString(before.plural + u'.' + before.group);
    const QStringList versions = catalog.versions(before.group, before.plural);
    if (!versions.isEmpty())
        return kube::failure(
            kube::Error::Kind::NotFound,
            u"the API server no longer serves %1 in %2, but in %3: ask for %4, or for %1 to read what is served"_s
                .arg(kind, before.version, versions.join(u", "_s),
                     QString(before.plural + u'.' + versions.first()
                             + (before.group.isEmpty() ? QString() : u'.' + before.group))));
    if (!catalog.failures.isEmpty())
        return tl::unexpected(notServed(kind, catalog));
    return kube::failure(
        kube::Error::Kind::NotFound,
        u"the API server serves no %1 any longer: its CustomResourceDefinition is gone, or serves no version"_s
            .arg(kind));
}

QString shortName(const kube::ResourceType &type, const QString &name)
{
    const QString kind = type.kind.toLower();
    return (type.group.isEmpty() ? kind : QString(kind + u'.' + type.group)) + u'/' + name;
}

} // namespace app::cli
