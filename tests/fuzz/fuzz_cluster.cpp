// SPDX-License-Identifier: GPL-3.0-or-later
// Any JSON list of objects as all that a cluster holds, every kind that the analyses read: each of them answers, and
// each finding has its code and words.
#include "models/analysis/findings.h"
#include "models/analysis/guide_checks.h"
#include "models/analysis/hops.h"
#include "models/analysis/prediction.h"
#include "models/analysis/strict_plan.h"
#include "models/resources/edge_runtime.h"
#include "models/resources/proxy_certificates.h"
#include "tests/fuzz/json_mutator.h"
#include "tests/support/snapshot_of.h"

#include <QUrl>

#include <cstdlib>

using namespace Qt::StringLiterals;

namespace {

QString pluralOf(const QString &kind)
{
    const QString lower = kind.toLower();
    if (lower.endsWith(u'y'))
        return QString(lower.chopped(1) + u"ies");
    return QString(lower + (lower.endsWith(u's') ? u"es" : u"s"));
}

QString member(const edge::Value &object, std::string_view key)
{
    return QString::fromStdString(object.at({"metadata", key}).text());
}

models::SnapshotInput clusterOf(const std::vector<edge::Value> &objects)
{
    static const models::SnapshotInput empty = inputOf({});
    models::SnapshotInput input = empty;
    for (const edge::Value &object : objects) {
        const auto list = input.objects.find(pluralOf(QString::fromStdString(object["kind"].text())));
        if (list == input.objects.end())
            continue;
        kube::Object read;
        read.nameSpace = member(object, "namespace");
        read.name = member(object, "name");
        read.json = QByteArray::fromStdString(edge::toJson(object));
        list->append(read);
    }
    return input;
}

} // namespace

extern "C" std::size_t LLVMFuzzerCustomMutator(unsigned char *data, std::size_t size, std::size_t maxSize,
                                               unsigned seed)
{
    return mutateJson(data, size, maxSize, seed);
}

extern "C" int LLVMFuzzerTestOneInput(const unsigned char *data, std::size_t size)
{
    const QByteArray text(reinterpret_cast<const char *>(data), qsizetype(size));
    (void)models::readProxyCertificates(text);
    (void)models::readDiag(text);
    (void)models::readEnvoyRoutes(text);
    (void)models::parseLoadedPrometheus(u"a"_s, text);
    const auto objects = edge::parseJson(text.toStdString());
    if (!objects || !objects->isArray())
        return 0;
    const models::SnapshotInput input = clusterOf(objects->items());
    const auto snapshot = models::makeSnapshot(input);
    const models::EdgeInstallation *edge = snapshot->edge({});
    const models::EdgeView view = models::viewEdge(*snapshot, edge ? *edge : models::EdgeInstallation());
    const auto certificates = models::certificateRows(*snapshot, view, {});
    const auto found = models::clusterFindings(*snapshot, view, certificates, input.takenAt);
    for (const models::Finding &finding : found.findings) {
        if (finding.code.isEmpty() || finding.message.isEmpty())
            std::abort();
    }
    (void)models::guideSteps(*snapshot, view);
    models::RequestSpec request;
    request.url = QUrl(u"http://edge.example/backend/x?y"_s);
    (void)models::predict(view, *snapshot, request);
    (void)models::strictPlan(*snapshot, models::strictPreflight(*snapshot, view, {}), {});
    return 0;
}
