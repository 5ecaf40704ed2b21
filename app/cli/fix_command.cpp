// SPDX-License-Identifier: GPL-3.0-or-later
// fix: what would end findings, as changes with a diff; all that check tells a patch of.
#include "app/cli/change_prompt.h"
#include "app/cli/finding_reports.h"
#include "app/finding_actions.h"
#include "models/analysis/finding_catalog.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

QList<models::Finding> fixable(const ClusterAnalysis &analysis)
{
    QList<models::Finding> findings;
    for (const models::Finding &finding : analysis.findings.findings) {
        if (models::fixOf(finding, *analysis.snapshot, analysis.view))
            findings.append(finding);
    }
    return findings;
}

int list(const Invocation &invocation, const ClusterAnalysis &analysis)
{
    Table table{{u"CODE"_s, u"OBJECT"_s, u"WHAT"_s, u"CHANGE"_s}, {}};
    edge::Value items = edge::Value::array();
    for (const models::Finding &finding : fixable(analysis)) {
        const auto fix = models::fixOf(finding, *analysis.snapshot, analysis.view);
        table.rows.append(
            {{finding.code, finding.severity},
             {finding.subject.text()},
             {finding.message},
             {fix->guideStep.isEmpty() ? fix->title : u"the guide's step "_s + fix->guideStep}});
        edge::Value item = findingDocument(finding, invocation.session.manifests());
        item.set("fix", fixDocument(*fix));
        items.push(std::move(item));
    }
    if (invocation.output.format() != Format::Table)
        invocation.output.document("FixList", edge::Value::object({{"items", std::move(items)}}));
    else if (table.rows.isEmpty())
        invocation.output.line(u"no finding here has a change that would end it for certain"_s);
    else
        invocation.output.table(table);
    return AllWell;
}

// KIND/NAME, KIND/NAMESPACE/NAME, or as check writes it: KIND NAMESPACE/NAME.
bool isNamed(const models::ObjectRef &object, const QString &text)
{
    const QStringList parts = QString(text).replace(u' ', u'/').split(u'/');
    return (parts.size() == 2 || parts.size() == 3)
        && parts.first().compare(object.kind, Qt::CaseInsensitive) == 0 && parts.last() == object.name
        && (parts.size() == 2 || parts[1] == object.nameSpace);
}

} // namespace

int runFix(Invocation &invocation)
{
    const QString code = invocation.arguments.value(0).toUpper();
    if (!code.isEmpty() && models::findingHelp(code).isEmpty())
        return wrongUsage(invocation,
                          u"there is no finding %1; `sallyportctl explain-finding` lists them"_s.arg(
                              invocation.arguments[0]));
    const auto analysis = invocation.session.analysis(Session::Reading::Certificates);
    if (!analysis)
        return invocation.output.fail(analysis.error().message);
    if (code.isEmpty())
        return list(invocation, **analysis);
    const QStringList objects = invocation.arguments.mid(1);
    const auto isMeant = [&](const models::Finding &finding) {
        return finding.code == code
            && (objects.isEmpty() || std::any_of(objects.begin(), objects.end(), [&](const QString &text) {
                    return isNamed(finding.subject, text);
                }));
    };
    QList<models::Finding> chosen = fixable(**analysis);
    chosen.removeIf([&](const models::Finding &one) { return !isMeant(one); });
    if (chosen.isEmpty()) {
        const auto &all = (*analysis)->findings.findings;
        const bool isThere = std::any_of(all.begin(), all.end(), isMeant);
        return invocation.output.fail(
            isThere
                ? u"%1 needs a person here: nothing certain is planned for it; `sallyportctl explain-finding %1` says what to do"_s
                      .arg(code)
                : u"there is no %1%2 now; `sallyportctl check` lists what there is"_s.arg(
                    code, objects.isEmpty() ? QString() : u" of "_s + objects.join(u", "_s)));
    }
    const auto client = invocation.session.client();
    if (!client)
        return invocation.output.fail(client.error().message);
    const auto changes = planFixes(**client, **analysis, chosen, invocation.session.stop());
    return changes ? reviewAndWrite(invocation, **client, *changes)
                   : invocation.output.fail(changes.error().message);
}

} // namespace app::cli
