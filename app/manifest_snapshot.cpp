// SPDX-License-Identifier: GPL-3.0-or-later
// What a cluster would have held that manifests are of.
#include "app/manifest_files.h"
#include "app/manifest_kinds.h"
#include "app/public_secret.h"
#include "app/snapshot_plan.h"
#include "app/template_pods.h"
#include "models/resources/edge_installation.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app {

namespace {

bool isOfOldMesh(const edge::Value &object) // others have Policies, too
{
    return object["apiVersion"].text().starts_with("authentication.istio.io/");
}

// Of Istio up to 1.4: its Policies, and no PeerAuthentication, which such a mesh does not know.
void takeOldMesh(models::SnapshotInput &input, const edge::SharedList<edge::Value> &manifests)
{
    const bool isOld = std::any_of(manifests.begin(), manifests.end(), isOfOldMesh);
    const QString newer = u"peerauthentications"_s;
    if (!isOld || input.objects.contains(newer))
        return;
    for (const QString &plural : {u"meshpolicies"_s, u"policies"_s})
        input.objects[plural]; // those that are not in them are not there, as with PeerAuthentications
    kube::Error none;
    none.kind = kube::Error::Kind::NotFound;
    none.message = u"these manifests are of Istio up to 1.4"_s;
    input.unavailable.insert(newer, none);
}

bool isEdge(const edge::Value &object)
{
    const edge::Value &containers = object.at({"spec", "template", "spec", "containers"});
    return std::any_of(containers.items().begin(), containers.items().end(),
                       [](const edge::Value &container) {
                           return models::isEdgeImage(QString::fromStdString(container["image"].text()));
                       });
}

// Where the edge itself is among them, they are its configuration as a whole.  Else what it serves by (who listens, for which
// hosts, with which certificates) may stand with the edge: of these kinds those that are not in them are not known.
bool isOfTheEdgesOwn(const QString &plural)
{
    return plural == "listeners"_L1 || plural == "hosts"_L1 || plural == "tlscontexts"_L1;
}

} // namespace

models::SnapshotInput snapshotInputOf(const edge::SharedList<edge::Value> &manifests, const QDateTime &at)
{
    models::SnapshotInput input;
    input.takenAt = at;
    const bool hasEdge = std::any_of(manifests.begin(), manifests.end(), isEdge);
    QHash<QString, QString> pluralOfKind, pluralOfOldKind;
    for (const kube::ResourceType &type : oldMeshTypes())
        pluralOfOldKind.insert(type.kind, type.plural);
    for (const kube::ResourceType &type : knownTypes()) {
        pluralOfKind.insert(type.kind, type.plural);
        // Of kinds that are not the edge's, such as Pods and Secrets, those that are not in them are not known rather than absent.
        if (type.group == "getambassador.io"_L1 && (hasEdge || !isOfTheEdgesOwn(type.plural)))
            input.objects.insert(type.plural, {});
    }
    for (const edge::Value &object : manifests) {
        const QString kind = QString::fromStdString(object["kind"].text());
        QString plural = (isOfOldMesh(object) ? pluralOfOldKind : pluralOfKind).value(kind);
        if (plural.isEmpty() && isOfTheEdge(object))
            plural = kind; // nobody asks for it by name
        if (plural.isEmpty())
            continue;
        kube::Object raw;
        raw.nameSpace = QString::fromStdString(object.at({"metadata", "namespace"}).text());
        raw.name = QString::fromStdString(object.at({"metadata", "name"}).text());
        raw.json =
            kind == "Secret"_L1 ? publicSecret(object) : QByteArray::fromStdString(edge::toJson(object));
        input.objects[plural].append(raw);
    }
    takeOldMesh(input, manifests);
    addTemplatePods(input, manifests);
    return input;
}

} // namespace app
