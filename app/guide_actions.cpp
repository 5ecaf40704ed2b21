// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/guide_actions.h"

#include "app/manifest_files.h"
#include "models/analysis/workload_fixes.h"

using namespace Qt::StringLiterals;

namespace app {

namespace {

const QLatin1String SidecarStep("istio-certs");
const QLatin1String PrometheusStep("prometheus");
const QLatin1String GrafanaStep("grafana"); // one file more in a ConfigMap

kube::Result<std::vector<edge::Value>> documents(const models::GuideStep &step)
{
    auto objects = readManifestText(step.yaml.toUtf8(), step.id);
    if (!objects)
        return kube::failure(kube::Error::Kind::Config, QString::fromStdString(objects.error().message));
    return *objects;
}

// The job's lines, indented as the list's other items are, at the end of the key's own line.
QString withJob(const QString &configuration, const QString &job)
{
    QStringList lines = configuration.split(u'\n');
    const qsizetype at = lines.indexOf(u"scrape_configs:"_s);
    if (at < 0)
        return {};
    const QString next = lines.value(at + 1);
    const qsizetype indent = next.trimmed().startsWith(u'-') ? next.indexOf(u'-') : 0;
    QStringList added;
    for (const QString &line : job.trimmed().split(u'\n'))
        added.append(line.trimmed().isEmpty() ? QString() : QString(indent, u' ') + line);
    for (qsizetype i = 0; i < added.size(); ++i)
        lines.insert(at + 1 + i, added[i]);
    return lines.join(u'\n');
}

kube::Result<Wish> scrapeJobWish(const ClusterAnalysis &analysis, const models::GuideStep &step, Wish wish)
{
    const QString key = u"istio-system/prometheus/prometheus.yml"_s;
    const QString now = analysis.snapshot->configMaps.value(key);
    if (now.isEmpty())
        return kube::failure(
            kube::Error::Kind::NotFound,
            u"ConfigMap istio-system/prometheus with prometheus.yml was not found or may not be read; the scrape job has nowhere to go"_s);
    const QString then = step.result == models::GuideStep::Result::Passed ? now : withJob(now, step.yaml);
    if (then.isEmpty())
        return kube::failure(
            kube::Error::Kind::Invalid,
            u"prometheus.yml in ConfigMap istio-system/prometheus has no scrape_configs; add the job by hand"_s);
    edge::Value configMap = edge::Value::object(
        {{"apiVersion", "v1"},
         {"kind", "ConfigMap"},
         {"metadata", edge::Value::object({{"name", "prometheus"}, {"namespace", "istio-system"}})},
         {"data", edge::Value::object({{"prometheus.yml", edge::Value(then.toStdString())}})}});
    wish.objects = {std::move(configMap)};
    wish.partial = true;
    return wish;
}

Wish restartOf(const models::Snapshot &snapshot, const models::ObjectRef &workload, Wish wish)
{
    wish.objects = {models::restartOf(workload, snapshot.takenAt)};
    wish.partial = true;
    return wish;
}

kube::Result<Wish> restartWish(const ClusterAnalysis &analysis, Wish wish)
{
    const models::Snapshot &snapshot = *analysis.snapshot;
    const models::Service *service = snapshot.service(u"istio-system"_s, u"prometheus"_s);
    for (const models::Deployment &deployment : snapshot.deployments) {
        if (!service || !service->selects(deployment))
            continue;
        return restartOf(snapshot, {u"Deployment"_s, deployment.nameSpace, deployment.name}, std::move(wish));
    }
    return kube::failure(kube::Error::Kind::NotFound,
                         u"no Deployment behind Service istio-system/prometheus was found that could be "
                         u"restarted; restart its pods by hand, or let "
                         "it read its file again by POST /-/reload"_s);
}

// The job into the ConfigMap, then the restart that makes it be read; only that where the job is there already.
kube::Result<Wish> prometheusWish(const ClusterAnalysis &analysis, const models::GuideStep &step, Wish wish)
{
    if (step.needsRestart)
        return restartWish(analysis, std::move(wish));
    auto job = scrapeJobWish(analysis, step, wish);
    if (!job || step.result == models::GuideStep::Result::Passed)
        return job;
    if (auto restart = restartWish(analysis, std::move(wish))) // else the next check says what to do by hand
        job->objects.push_back(std::move(restart->objects.front()));
    return job;
}

} // namespace

namespace {

const QLatin1String TitlePrefix("Guide, ");

} // namespace

QString titleOfStep(const models::GuideStep &step)
{
    return TitlePrefix + u"%1: %2"_s.arg(step.id, step.title);
}

QString stepOfTitle(const QString &title)
{
    return title.startsWith(TitlePrefix) ? title.mid(TitlePrefix.size()).section(u':', 0, 0) : QString();
}

bool isOfGuide(const models::JournalEntry &entry) { return entry.title.startsWith(TitlePrefix); }

QStringList mappingsOfGuide(const QList<models::JournalEntry> &entries)
{
    QStringList mappings;
    for (const models::JournalEntry &entry : entries) {
        const models::ObjectRef object = entry.change.subject();
        const QString key = object.nameSpace + u'/' + object.name;
        if (entry.succeeded && object.kind == "Mapping"_L1 && isOfGuide(entry) && !mappings.contains(key))
            mappings.append(key);
    }
    return mappings;
}

kube::Result<Wish> wishOfStep(const ClusterAnalysis &analysis, const models::GuideStep &step)
{
    Wish wish;
    wish.title = titleOfStep(step);
    wish.nameSpace = u"default"_s;
    if (step.id == PrometheusStep)
        return prometheusWish(analysis, step, std::move(wish));
    const models::EdgeInstallation &edge = analysis.view.installation;
    if (step.needsRestart) // what the edge reads at its start
        return restartOf(*analysis.snapshot, {edge.kind, edge.nameSpace, edge.name}, std::move(wish));
    if (step.yaml.isEmpty())
        return kube::failure(kube::Error::Kind::NotFound,
                             u"step %1 has nothing to apply: %2"_s.arg(step.id, step.remedy));
    auto objects = documents(step);
    if (!objects)
        return tl::unexpected(objects.error());
    wish.objects = std::move(*objects);
    if (step.id == GrafanaStep)
        wish.partial = true;
    if (step.id == SidecarStep) {
        wish.partial = true;
        if (!analysis.hasEdge)
            return kube::failure(
                kube::Error::Kind::NotFound,
                u"no Ambassador Deployment or DaemonSet was found that the sidecar could join"_s);
        for (edge::Value &object : wish.objects) {
            object.set("kind", analysis.view.installation.kind.toStdString());
            edge::Value &metadata = object.child("metadata");
            metadata.set("namespace", analysis.view.installation.nameSpace.toStdString());
            metadata.set("name", analysis.view.installation.name.toStdString());
        }
    }
    return wish;
}

QList<models::JournalEntry> entriesOfStep(const QList<models::JournalEntry> &entries,
                                          const models::GuideStep &step)
{
    QList<models::JournalEntry> found;
    for (auto entry = entries.rbegin(); entry != entries.rend(); ++entry) {
        if (entry->title == titleOfStep(step) && entry->canBeTakenBack() && entry->revertOf == 0)
            found.append(*entry);
    }
    return found;
}

} // namespace app
