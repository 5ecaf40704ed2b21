// SPDX-License-Identifier: GPL-3.0-or-later
// check and explain-finding: what is wrong, by stable codes, on a cluster or on manifests.
#include "app/cli/command.h"
#include "app/cli/finding_reports.h"
#include "app/cli/report_answer.h"
#include "app/cli/rule_help.h"
#include "app/template_pods.h"
#include "app/traffic_findings.h"
#include "models/analysis/finding_catalog.h"
#include "models/analysis/finding_sources.h"
#include "models/analysis/findings.h"

#include <QFile>
#include <QStandardPaths>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

edge::Value document(const models::MutedFinding &muted, const ManifestSet &manifests)
{
    edge::Value value = findingDocument(muted.finding, manifests);
    value.set("muted",
              edge::Value::object({{"reason", app::cli::value(muted.by.reason)},
                                   {"source", app::cli::value(muted.by.source)}}));
    return value;
}

// With where its manifest stands.
QString objectText(const models::Finding &finding, const ManifestSet &manifests)
{
    const QString object = finding.subject.text();
    if (finding.subject.kind == "Manifest"_L1) // named by where it stands
        return object;
    const auto origin = manifests.origins.constFind(object);
    return origin == manifests.origins.constEnd() ? object : u"%1 (%2)"_s.arg(object, origin->text());
}

QString whatText(const models::Finding &finding)
{
    return finding.path.isEmpty() || finding.message.contains(finding.path)
        ? finding.message
        : finding.path + u": "_s + finding.message;
}

void print(const Output &output, const CheckAnswer &answer, const ManifestSet &manifests, bool withMuted)
{
    Table table{{u"SEVERITY"_s, u"CODE"_s, u"OBJECT"_s, u"WHAT"_s}, {}};
    for (const models::Finding &finding : answer.findings.open)
        table.rows.append({{QString::fromLatin1(severityName(finding.severity)), finding.severity},
                           {finding.code},
                           {objectText(finding, manifests)},
                           {whatText(finding)}});
    for (const models::MutedFinding &muted : answer.findings.muted) {
        if (withMuted)
            table.rows.append(
                {{u"muted"_s, models::Severity::Unknown},
                 {muted.finding.code},
                 {objectText(muted.finding, manifests)},
                 {u"%1 (%2, %3)"_s.arg(whatText(muted.finding), muted.by.reason, muted.by.source)}});
    }
    if (table.rows.isEmpty())
        output.line(u"no findings"_s);
    else
        output.table(table);
    if (!answer.findings.muted.isEmpty() && !withMuted)
        output.note(u"%1 muted; --show-muted lists them"_s.arg(answer.findings.muted.size()));
    for (const QString &what : answer.allNotChecked())
        output.note(u"not checked: "_s + what);
}

QString mutesFile(const Invocation &invocation)
{
    return invocation.parser.isSet(u"mutes"_s)
        ? invocation.parser.value(u"mutes"_s)
        : QStandardPaths::writableLocation(QStandardPaths::GenericConfigLocation)
            + u"/sallyport/mutes.yaml"_s;
}

kube::Result<QList<models::Mute>> readMutes(const Invocation &invocation)
{
    QFile file(mutesFile(invocation));
    if (!file.exists() && !invocation.parser.isSet(u"mutes"_s))
        return QList<models::Mute>();
    if (!file.open(QIODevice::ReadOnly))
        return kube::failure(kube::Error::Kind::Config,
                             u"%1 cannot be read: %2"_s.arg(file.fileName(), file.errorString()));
    return models::parseMutes(file.readAll(), file.fileName());
}

// A gate that was asked for no edge in particular is one for all: what the others find of the same objects stands beside,
// with the name of the edge.  Which ones were judged.
QStringList addOtherEdges(QList<models::Finding> &findings, const ClusterAnalysis &analysis,
                          const SessionOptions &options)
{
    const models::EdgeInstallation &judged = analysis.view.installation;
    QStringList names;
    if (!judged.name.isEmpty())
        names.append(judged.key());
    if (judged.name.isEmpty() || !options.edge.isEmpty() || !options.ambassadorId.isEmpty())
        return names;
    const QList<models::Finding> before = findings;
    for (models::EdgeInstallation edge : analysis.snapshot->edges) {
        if (edge.key() == judged.key())
            continue;
        names.append(edge.key());
        options.applyTo(edge);
        const models::EdgeView view = models::viewEdge(*analysis.snapshot, edge);
        QList<models::Finding> found = view.findings;
        for (const auto &verdict : view.mappings)
            found += verdict->findings;
        for (models::Finding &finding : found) {
            if (before.contains(finding)) // not about the edge but the object itself
                continue;
            finding.message = u"at edge %1: %2"_s.arg(edge.key(), finding.message);
            findings.append(finding);
        }
    }
    std::stable_sort(
        findings.begin(), findings.end(),
        [](const models::Finding &a, const models::Finding &b) { return a.severity > b.severity; });
    return names;
}

void addTraffic(Invocation &invocation, models::ClusterFindings &all, const models::Snapshot &snapshot,
                const QDateTime &now)
{
    if (!invocation.session.options().manifests.isEmpty())
        return;
    const auto client = invocation.session.client();
    if (!client)
        return all.notChecked.append(u"traffic: "_s + client.error().message);
    const TrafficFindings found = trafficFindings(**client, snapshot, now, invocation.session.stop());
    all.findings += found.findings;
    all.notChecked += found.notChecked;
    std::stable_sort(
        all.findings.begin(), all.findings.end(),
        [](const models::Finding &a, const models::Finding &b) { return a.severity > b.severity; });
}

// What stands in the manifests themselves, and of each finding where its object does.
void addManifests(QList<models::Finding> &findings, const ManifestSet &manifests,
                  const models::Snapshot &snapshot)
{
    QHash<QString, QString> standIns; // by the pod
    for (const models::Pod &pod : snapshot.pods) {
        if (const QString workload = standsInFor(pod); !workload.isEmpty())
            standIns.insert(models::ObjectRef{u"Pod"_s, pod.nameSpace, pod.name}.text(), workload);
    }
    findings = manifests.findings + findings;
    std::stable_sort(
        findings.begin(), findings.end(),
        [](const models::Finding &a, const models::Finding &b) { return a.severity > b.severity; });
    for (models::Finding &finding : findings) {
        if (const QString workload = standIns.value(finding.subject.text()); !workload.isEmpty())
            finding.evidence.append(u"the pod stands in for the template of "_s + workload);
        const ManifestOrigin *origin = manifests.originOf(finding);
        if (origin && origin->document > 0)
            finding.evidence.append(u"%1, line %2"_s.arg(origin->text()).arg(origin->line));
    }
}

edge::Value helpDocument(const QString &code, const QString &help)
{
    return edge::Value::object(
        {{"code", value(code)}, {"title", value(titleOfRule(code))}, {"help", value(help.trimmed())}});
}

// Where there are several: which were judged.
void noteEdges(const Output &output, const QStringList &judged, const models::Snapshot &snapshot)
{
    if (snapshot.edges.size() > 1 && !judged.isEmpty())
        output.note(judged.size() == 1
                        ? u"judged for edge %1 alone; without --edge and --ambassador-id all are"_s.arg(
                            judged.first())
                        : u"judged for each of the edges "_s + judged.join(u", "_s));
}

edge::Value document(const models::Finding &finding, const ClusterAnalysis &analysis,
                     const ManifestSet &manifests)
{
    edge::Value one = findingDocument(finding, manifests);
    if (const auto fix = models::fixOf(finding, *analysis.snapshot, analysis.view))
        one.set("fix", fixDocument(*fix));
    return one;
}

// Manifests are edited by hand: their change stands in the JSON.
void noteFixes(const Output &output, const CheckAnswer &found, const ClusterAnalysis &analysis)
{
    QStringList codes;
    for (const models::Finding &finding : found.findings.open) {
        if (!codes.contains(finding.code) && models::fixOf(finding, *analysis.snapshot, analysis.view))
            codes.append(finding.code);
    }
    if (!codes.isEmpty())
        output.note(u"a change is ready for %1: sallyportctl fix CODE shows its diff and asks"_s.arg(
            codes.join(u", "_s)));
}

int answer(const Invocation &invocation, const CheckAnswer &found, const ClusterAnalysis &analysis)
{
    const ManifestSet &manifests = invocation.session.manifests();
    const bool bad = std::any_of(found.findings.open.begin(), found.findings.open.end(),
                                 [&](const auto &finding) { return finding.severity >= found.threshold; });
    const bool isOpen = invocation.parser.isSet(u"fail-on-unchecked"_s) && !found.allNotChecked().isEmpty();
    const int code = bad || isOpen ? BadAnswer : AllWell;
    if (const auto answered = reportAnswer(invocation, reportOf(found, manifests), code))
        return *answered;
    const bool withMuted = invocation.parser.isSet(u"show-muted"_s);
    if (invocation.output.format() == Format::Table) {
        print(invocation.output, found, manifests, withMuted);
        if (invocation.session.options().manifests.isEmpty())
            noteFixes(invocation.output, found, analysis);
        return code;
    }
    edge::Value findings = edge::Value::array();
    for (const models::Finding &finding : found.findings.open)
        findings.push(document(finding, analysis, manifests));
    edge::Value muted = edge::Value::array();
    for (const models::MutedFinding &one : found.findings.muted)
        muted.push(document(one, manifests));
    edge::Value content = edge::Value::object({{"findings", std::move(findings)},
                                               {"edges", value(found.edges)},
                                               {"notChecked", value(found.allNotChecked())},
                                               {"standIns", value(found.standIns)},
                                               {"mutedCount", std::int64_t(found.findings.muted.size())}});
    if (withMuted)
        content.set("muted", std::move(muted));
    invocation.output.document("Check", std::move(content));
    return code;
}

} // namespace

int runCheck(Invocation &invocation)
{
    const QString from = invocation.parser.value(u"fail-on"_s);
    if (from != "error"_L1 && from != "warning"_L1)
        return wrongUsage(invocation, u"--fail-on %1 is not known; use error or warning"_s.arg(from));
    const auto analysis = invocation.session.analysis(Session::Reading::Certificates);
    if (!analysis)
        return invocation.output.fail(analysis.error().message);
    auto mutes = readMutes(invocation);
    if (!mutes)
        return invocation.output.fail(mutes.error().message);
    const models::Snapshot &snapshot = *(*analysis)->snapshot;
    const models::EdgeView &view = (*analysis)->view;
    CheckAnswer found;
    found.at = QDateTime::currentDateTimeUtc();
    models::ClusterFindings all =
        models::clusterFindings(snapshot, view, (*analysis)->certificates, found.at);
    found.edges = addOtherEdges(all.findings, **analysis, invocation.session.options());
    noteEdges(invocation.output, found.edges, snapshot);
    addTraffic(invocation, all, snapshot, found.at);
    addManifests(all.findings, invocation.session.manifests(), snapshot);
    found.findings =
        models::setAside(all.findings, invocation.session.manifests().mutes + *mutes, found.at.date());
    found.notChecked = all.notChecked;
    found.unjudged = models::unjudgedCodes(snapshot, view);
    found.standIns = standIns(snapshot);
    found.threshold = from == "error"_L1 ? models::Severity::Error : models::Severity::Warning;
    found.subject = subjectOf(invocation.session);
    return answer(invocation, found, **analysis);
}

int runExplainFinding(Invocation &invocation)
{
    if (invocation.arguments.size() > 1)
        return wrongUsage(invocation, u"explain-finding takes one code"_s);
    if (!invocation.arguments.isEmpty()) {
        const QString code = invocation.arguments[0].toUpper();
        const QString help = helpOfRule(code); // a report of the preflight has rules of its own
        if (help.isEmpty())
            return wrongUsage(invocation,
                              u"there is no finding %1; `sallyportctl explain-finding` lists them"_s.arg(
                                  invocation.arguments[0]));
        if (invocation.output.format() == Format::Table)
            invocation.output.line(help.trimmed());
        else
            invocation.output.document("FindingHelp", helpDocument(code, help));
        return AllWell;
    }
    Table table{{u"CODE"_s, u"WHAT"_s}, {}};
    edge::Value items = edge::Value::array();
    for (const models::FindingKind &kind : models::findingKinds()) {
        table.rows.append({{kind.code}, {kind.title}});
        items.push(edge::Value::object({{"code", value(kind.code)}, {"title", value(kind.title)}}));
    }
    if (invocation.output.format() == Format::Table)
        invocation.output.table(table);
    else
        invocation.output.document("FindingList", edge::Value::object({{"items", std::move(items)}}));
    return AllWell;
}

} // namespace app::cli
