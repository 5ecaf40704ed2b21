// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/api_catalog.h"

#include "kube/json_text.h"

#include <QHash>
#include <QJsonArray>
#include <QJsonDocument>
#include <QJsonObject>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace kube {
namespace {

bool isCalled(const ApiResource &resource, const QString &name)
{
    return resource.type.plural == name || resource.type.kind == name;
}

bool mayBeCalled(const ApiResource &resource, const QString &name)
{
    return isCalled(resource, name) || resource.singular == name || resource.shortNames.contains(name)
        || resource.type.kind.compare(name, Qt::CaseInsensitive) == 0;
}

ApiResource aggregatedResource(const QJsonObject &item, const QString &group, const QString &version)
{
    ApiResource resource;
    const QJsonObject kind = item[u"responseKind"].toObject();
    resource.type = {group, version, item[u"resource"].toString(), kind[u"kind"].toString(),
                     item[u"scope"].toString() == u"Namespaced"};
    resource.singular = item[u"singularResource"].toString();
    resource.verbs = texts(item[u"verbs"]);
    resource.shortNames = texts(item[u"shortNames"]);
    resource.categories = texts(item[u"categories"]);
    for (const QJsonValue &sub : item[u"subresources"].toArray())
        resource.subresources.append(sub[u"subresource"].toString());
    return resource;
}

struct MediaType
{
    QByteArray name; // lower case, as the parameters' names
    QHash<QByteArray, QByteArray> parameters;
};

// RFC 9110 §8.3.1: parameters in any order, their values quoted or not.
MediaType mediaTypeOf(const QByteArray &text)
{
    QByteArrayList parts{{}};
    bool isQuoted = false;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const char c = text[i];
        if (isQuoted && c == '\\' && i + 1 < text.size())
            parts.last().append(text[++i]);
        else if (c == '"')
            isQuoted = !isQuoted;
        else if (c == ';' && !isQuoted)
            parts.append(QByteArray());
        else
            parts.last().append(c);
    }
    MediaType type{parts.first().trimmed().toLower(), {}};
    for (const QByteArray &part : parts.mid(1)) {
        const qsizetype equals = part.indexOf('=');
        if (equals > 0)
            type.parameters.insert(part.left(equals).trimmed().toLower(), part.mid(equals + 1).trimmed());
    }
    return type;
}

Result<QJsonObject> document(const QByteArray &json, const QString &what)
{
    const QJsonDocument parsed = QJsonDocument::fromJson(json);
    if (!parsed.isObject())
        return failure(
            Error::Kind::Protocol,
            u"%1: the answer is no JSON object; is this the address of a Kubernetes API server?"_s.arg(what));
    return parsed.object();
}

} // namespace

const ApiResource *ApiCatalog::find(const QString &name) const
{
    const QString plain = name.section(u'.', 0, 0);
    const QString rest = name.section(u'.', 1);
    const ApiResource *prefix = nullptr;
    for (const ApiResource &resource : resources) {
        if (!mayBeCalled(resource, plain))
            continue;
        const ResourceType &type = resource.type;
        const bool isMeant = rest.isEmpty() || rest == type.group || rest == type.version
            || rest == QString(type.version + u'.' + type.group);
        if (isMeant)
            return &resource;
        if (!prefix && type.group.startsWith(QString(rest + u'.'))) // "mappings.getambassador"
            prefix = &resource;
    }
    return prefix;
}

const ApiResource *ApiCatalog::find(const QString &group, const QString &pluralOrKind,
                                    const QStringList &wantedVersions) const
{
    const auto served = [&](const QString &version) -> const ApiResource * {
        for (const ApiResource &resource : resources) {
            if (resource.type.group == group && isCalled(resource, pluralOrKind)
                && (version.isEmpty() || resource.type.version == version))
                return &resource;
        }
        return nullptr;
    };
    for (const QString &version : wantedVersions) {
        if (const ApiResource *resource = served(version))
            return resource;
    }
    return wantedVersions.isEmpty() ? served({}) : nullptr;
}

QStringList ApiCatalog::versions(const QString &group, const QString &pluralOrKind) const
{
    QStringList found;
    for (const ApiResource &resource : resources) {
        if (resource.type.group == group && isCalled(resource, pluralOrKind))
            found.append(resource.type.version);
    }
    return found;
}

QList<ApiResource> ApiCatalog::inCategory(const QString &category) const
{
    QList<ApiResource> found;
    std::copy_if(resources.cbegin(), resources.cend(), std::back_inserter(found),
                 [&](const ApiResource &resource) { return resource.categories.contains(category); });
    return found;
}

QString aggregatedVersion(const QByteArray &contentType)
{
    const MediaType type = mediaTypeOf(contentType);
    const QByteArray version = type.parameters.value("v");
    const bool isKnown = version == "v2" || version == "v2beta1";
    return isKnown && type.name == "application/json" && type.parameters.value("g") == "apidiscovery.k8s.io"
            && type.parameters.value("as") == "APIGroupDiscoveryList"
        ? QString::fromLatin1(version)
        : QString();
}

Result<ApiCatalog> readAggregated(const QByteArray &json)
{
    const Result<QJsonObject> root = document(json, u"discovery"_s);
    if (!root)
        return tl::unexpected(root.error());
    ApiCatalog catalog;
    for (const QJsonValue &group : (*root)[u"items"].toArray()) {
        const QString name = group[u"metadata"][u"name"].toString();
        for (const QJsonValue &version : group[u"versions"].toArray()) {
            const QString versionName = version[u"version"].toString();
            if (version[u"freshness"].toString() == u"Stale")
                catalog.staleGroups.append(name + u'/' + versionName);
            for (const QJsonValue &resource : version[u"resources"].toArray())
                catalog.resources.append(aggregatedResource(resource.toObject(), name, versionName));
        }
    }
    return catalog;
}

Result<QList<LegacyGroup>> readLegacyGroups(const QByteArray &json)
{
    const Result<QJsonObject> root = document(json, u"discovery"_s);
    if (!root)
        return tl::unexpected(root.error());
    QList<LegacyGroup> groups;
    for (const QString &version : texts((*root)[u"versions"])) // APIVersions of the core
        groups.append({u"/api/"_s + version, version});
    for (const QJsonValue &group : (*root)[u"groups"].toArray()) {
        for (const QJsonValue &version : group[u"versions"].toArray()) {
            const QString groupVersion = version[u"groupVersion"].toString();
            groups.append({u"/apis/"_s + groupVersion, groupVersion});
        }
    }
    return groups;
}

Result<QList<ApiResource>> readLegacyResources(const QByteArray &json)
{
    const Result<QJsonObject> root = document(json, u"discovery"_s);
    if (!root)
        return tl::unexpected(root.error());
    const QString groupVersion = (*root)[u"groupVersion"].toString();
    const bool isCore = !groupVersion.contains(u'/');
    const QString group = isCore ? QString() : groupVersion.section(u'/', 0, 0);
    const QString version = groupVersion.section(u'/', -1);
    QList<ApiResource> resources;
    for (const QJsonValue &value : (*root)[u"resources"].toArray()) {
        const QString name = value[u"name"].toString();
        if (name.contains(u'/')) { // after their resource
            const auto owner =
                std::find_if(resources.begin(), resources.end(), [&](const ApiResource &known) {
                    return known.type.plural == name.section(u'/', 0, 0);
                });
            if (owner != resources.end())
                owner->subresources.append(name.section(u'/', 1));
            continue;
        }
        ApiResource resource;
        resource.type = {group, version, name, value[u"kind"].toString(), value[u"namespaced"].toBool()};
        resource.singular = value[u"singularName"].toString();
        resource.verbs = texts(value[u"verbs"]);
        resource.shortNames = texts(value[u"shortNames"]);
        resource.categories = texts(value[u"categories"]);
        resources.append(resource);
    }
    return resources;
}

} // namespace kube
