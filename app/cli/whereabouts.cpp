// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/whereabouts.h"

#include "kube/api_catalog.h"
#include "kube/discovery.h"

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

constexpr qsizetype MostNamed = 5;

bool isMissing(const Session &session, kube::Client &client, const QString &nameSpace)
{
    const auto found = client.get(kube::types::namespaces(), {}, nameSpace, session.stop()).result();
    return !found && found.error().kind == kube::Error::Kind::NotFound;
}

} // namespace

QString searchedText(const Session &session, kube::Client &client, const QString &nameSpace)
{
    if (nameSpace.isEmpty())
        return {};
    return u" in namespace "_s + nameSpace
        + (isMissing(session, client, nameSpace) ? u", which does not exist"_s : QString());
}

kube::Error withWhereabouts(const Session &session, kube::Client &client, const SoughtObject &sought,
                            kube::Error error)
{
    if (error.kind != kube::Error::Kind::NotFound || sought.nameSpace.isEmpty())
        return error;
    error.message += searchedText(session, client, sought.nameSpace);
    kube::ListOptions options;
    options.fieldSelector = u"metadata.name="_s + sought.name;
    const auto elsewhere = client.list(sought.type, {}, options, session.stop()).result();
    if (!elsewhere) {
        error.message += u"; choose another by -n"_s;
        return error;
    }
    QStringList nameSpaces;
    for (const kube::Object &each : elsewhere->items)
        nameSpaces.append(each.nameSpace);
    nameSpaces.sort();
    if (nameSpaces.isEmpty())
        error.message += u", nor in any other"_s;
    else
        error.message += u"; there is one in %1%2: use -n %3"_s.arg(
            nameSpaces.mid(0, MostNamed).join(u", "_s),
            nameSpaces.size() > MostNamed ? u" and others"_s : QString(), nameSpaces.first());
    return error;
}

QString whyUnserved(Session &session, const QStringList &plurals)
{
    if (!session.options().manifests.isEmpty())
        return {};
    const auto client = session.client();
    if (!client)
        return {};
    const QString group = u"getambassador.io"_s;
    const auto catalog = (*client)->discovery().fetch(session.stop(), {group}).result();
    if (!catalog || !catalog->failures.isEmpty())
        return {};
    QStringList missing;
    for (const QString &plural : plurals) {
        if (!catalog->find(group, plural))
            missing.append(plural + u'.' + group);
    }
    if (missing.isEmpty())
        return {};
    return u"%1 does not serve %2: install Ambassador's CustomResourceDefinitions there, choose another context, or list manifests by -f"_s
        .arg((*client)->transport().connection().server.toString(), missing.join(u", "_s));
}

} // namespace app::cli
