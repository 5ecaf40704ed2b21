// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/manifest_kinds.h"

#include "app/snapshot_plan.h"

#include <algorithm>
#include <numeric>

using namespace Qt::StringLiterals;

namespace app {

QList<kube::ResourceType> knownTypes()
{
    QList<kube::ResourceType> types = meshTypes(nullptr) + ambassadorTypes(nullptr, false)
        + platformTypes(nullptr) + QList{definitionsType(nullptr)};
    types.append({{}, u"v1"_s, u"endpoints"_s, u"Endpoints"_s, true});
    return types;
}

const QSet<QString> &kindsWithoutNamespace()
{
    static const QSet<QString> kinds = [] {
        QSet<QString> found;
        for (const kube::ResourceType &type : knownTypes() + oldMeshTypes()) {
            if (!type.namespaced)
                found.insert(type.kind);
        }
        return found;
    }();
    return kinds;
}

namespace {

// Of getambassador.io, whatever an edge of some generation or edition makes of them.
const QStringList &kindsOfTheEdge()
{
    static const QStringList kinds = [] {
        QStringList found{u"AuthService"_s,
                          u"ConsulResolver"_s,
                          u"DevPortal"_s,
                          u"Filter"_s,
                          u"FilterPolicy"_s,
                          u"Host"_s,
                          u"KubernetesEndpointResolver"_s,
                          u"KubernetesServiceResolver"_s,
                          u"Listener"_s,
                          u"LogService"_s,
                          u"Mapping"_s,
                          u"Module"_s,
                          u"Project"_s,
                          u"ProjectController"_s,
                          u"ProjectRevision"_s,
                          u"RateLimit"_s,
                          u"RateLimitService"_s,
                          u"TCPMapping"_s,
                          u"TLSContext"_s,
                          u"TracingService"_s};
        for (const kube::ResourceType &type : knownTypes()) {
            if (type.group == "getambassador.io"_L1 && !found.contains(type.kind))
                found.append(type.kind);
        }
        return found;
    }();
    return kinds;
}

// How many letters must be put in, taken out or changed to make b of a.
int letters(const QString &a, const QString &b)
{
    QList<int> row(b.size() + 1);
    std::iota(row.begin(), row.end(), 0);
    for (qsizetype i = 0; i < a.size(); ++i) {
        int diagonal = std::exchange(row[0], int(i) + 1);
        for (qsizetype j = 0; j < b.size(); ++j) {
            const int changed = diagonal + (a[i].toLower() == b[j].toLower() ? 0 : 1);
            diagonal = row[j + 1];
            row[j + 1] = std::min({changed, row[j] + 1, diagonal + 1});
        }
    }
    return row.last();
}

} // namespace

bool isAmbassadors(const edge::Value &object)
{
    return object["apiVersion"].text().starts_with("getambassador.io/");
}

bool isOfTheEdge(const edge::Value &object)
{
    return isAmbassadors(object) && kindsOfTheEdge().contains(QString::fromStdString(object["kind"].text()));
}

QString strangeKind(const edge::Value &object)
{
    constexpr int Slip = 2; // letters that a slip of the pen gets wrong
    const QString kind = QString::fromStdString(object["kind"].text());
    const QString version = QString::fromStdString(object["apiVersion"].text());
    if (!version.startsWith("getambassador.io/"_L1) || kindsOfTheEdge().contains(kind))
        return {};
    const auto meant = std::min_element(
        kindsOfTheEdge().begin(), kindsOfTheEdge().end(),
        [&](const QString &a, const QString &b) { return letters(kind, a) < letters(kind, b); });
    return u"%1 is no kind of getambassador.io%2; nothing looks at it"_s.arg(
        kind, letters(kind, *meant) <= Slip ? u" (%1 is)"_s.arg(*meant) : QString());
}

} // namespace app
