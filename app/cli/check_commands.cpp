// SPDX-License-Identifier: GPL-3.0-or-later
// check and explain-finding: what is wrong, by stable codes, on a cluster or on manifests.
#include "app/cli/command.h"
#include "app/edge_proxies.h"
#include "app/snapshot_fetch.h"
#include "models/analysis/finding_catalog.h"
#include "models/analysis/findings.h"

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

const char *severityName(models::Severity severity)
{
    switch (severity) {
    case models::Severity::Error: return "error";
    case models::Severity::Warning: return "warning";
    case models::Severity::Info: return "info";
    case models::Severity::Good: return "good";
    case models::Severity::Unknown: break;
    }
    return "unknown";
}

edge::Value document(const models::Finding &finding)
{
    return edge::Value::object({{"code", value(finding.code)},
                                {"severity", severityName(finding.severity)},
                                {"subject",
                                 edge::Value::object({{"kind", value(finding.subject.kind)},
                                                      {"namespace", value(finding.subject.nameSpace)},
                                                      {"name", value(finding.subject.name)}})},
                                {"path", value(finding.path)},
                                {"message", value(finding.message)},
                                {"evidence", value(finding.evidence)},
                                {"remedy", value(finding.remedy)}});
}

void print(const Output &output, const models::ClusterFindings &all)
{
    Table table{{u"SEVERITY"_s, u"CODE"_s, u"OBJECT"_s, u"WHAT"_s}, {}};
    for (const models::Finding &finding : all.findings)
        table.rows.append({{QString::fromLatin1(severityName(finding.severity)), finding.severity},
                           {finding.code},
                           {finding.subject.text()},
                           {finding.message}});
    if (table.rows.isEmpty())
        output.line(u"no findings"_s);
    else
        output.table(table);
    for (const QString &kind : all.notChecked)
        output.note(u"not checked: "_s + kind);
}

} // namespace

int runCheck(Invocation &invocation)
{
    const QString from = invocation.parser.value(u"fail-on"_s);
    if (from != "error"_L1 && from != "warning"_L1)
        return wrongUsage(invocation, u"--fail-on %1 is not known; use error or warning"_s.arg(from));
    kube::Result<std::shared_ptr<const ClusterAnalysis>> analysis;
    if (invocation.session.options().manifests.isEmpty()) {
        const auto client = invocation.session.client();
        if (!client)
            return invocation.output.fail(client.error().message);
        auto input = fetchSnapshot(**client, invocation.session.stop());
        if (!input)
            return invocation.output.fail(input.error().message);
        fetchPlatform(**client, *input, invocation.session.stop());
        fetchEdgeProxies(**client, *input, invocation.session.stop());
        analysis = analyse(*input, invocation.session.options().edge);
    } else {
        analysis = invocation.session.analysis();
    }
    if (!analysis)
        return invocation.output.fail(analysis.error().message);
    const models::Snapshot &snapshot = *(*analysis)->snapshot;
    const models::EdgeView &view = (*analysis)->view;
    const models::ClusterFindings all = models::clusterFindings(
        snapshot, view, models::certificateRows(snapshot, view, {}), QDateTime::currentDateTimeUtc());
    if (invocation.output.format() == Format::Table) {
        print(invocation.output, all);
    } else {
        edge::Value findings = edge::Value::array();
        for (const models::Finding &finding : all.findings)
            findings.push(document(finding));
        invocation.output.document(
            "Check",
            edge::Value::object({{"findings", std::move(findings)}, {"notChecked", value(all.notChecked)}}));
    }
    const models::Severity threshold
        = from == "error"_L1 ? models::Severity::Error : models::Severity::Warning;
    const bool bad = std::any_of(all.findings.begin(), all.findings.end(),
                                 [threshold](const auto &finding) { return finding.severity >= threshold; });
    return bad ? BadAnswer : AllWell;
}

int runExplainFinding(Invocation &invocation)
{
    if (invocation.arguments.size() > 1)
        return wrongUsage(invocation, u"explain-finding takes one code"_s);
    if (!invocation.arguments.isEmpty()) {
        const QString help = models::findingHelp(invocation.arguments[0].toUpper());
        if (help.isEmpty())
            return wrongUsage(invocation,
                              u"there is no finding %1; `sallyportctl explain-finding` lists them"_s.arg(
                                  invocation.arguments[0]));
        invocation.output.line(help.trimmed());
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
