// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/request_findings.h"

#include "edge/config/envoy_limits.h"
#include "models/analysis/configured_objects.h"
#include "models/analysis/diagnostic_finding.h"
#include "models/resources/text.h"

#include <QRegularExpression>
#include <QSet>

using namespace Qt::StringLiterals;

namespace models {

namespace {

bool isNowhere(const MappingVerdict &verdict)
{
    using State = MappingVerdict::State;
    return verdict.state == State::Rejected || verdict.state == State::Unreachable
        || verdict.state == State::Unknown || verdict.state == State::NotForThisEdge;
}

// A regular expression that cannot be read may be meant for any path that begins as it does.
bool mayBeOf(const edge::Value &spec, const std::string &path)
{
    const QString prefix = text(spec["prefix"]);
    const QString asked = text(path);
    const auto sensitivity = spec["case_sensitive"].toBool(true) ? Qt::CaseSensitive : Qt::CaseInsensitive;
    if (prefix.isEmpty())
        return false;
    if (spec["prefix_exact"].toBool())
        return asked.compare(prefix, sensitivity) == 0;
    if (!spec["prefix_regex"].toBool())
        return asked.startsWith(prefix, sensitivity);
    const QRegularExpression pattern(QRegularExpression::anchoredPattern(prefix));
    static const QRegularExpression special(u"[\\\\^$.|?*+()\\[\\]{}]"_s);
    return pattern.isValid() ? pattern.match(asked).hasMatch()
                             : asked.startsWith(prefix.left(prefix.indexOf(special)));
}

// One star at an end stands for anything.  A regular expression is not looked at.
bool mayBeOfHost(const edge::Value &spec, const QString &host)
{
    const QString wanted = text(spec["hostname"].isString() ? spec["hostname"] : spec["host"]);
    if (wanted.isEmpty() || spec["host_regex"].toBool())
        return true;
    return wanted.startsWith(u'*') ? host.endsWith(wanted.mid(1), Qt::CaseInsensitive)
        : wanted.endsWith(u'*')    ? host.startsWith(wanted.chopped(1), Qt::CaseInsensitive)
                                   : host.compare(wanted, Qt::CaseInsensitive) == 0;
}

QString nameOf(const edge::RequestHead &head)
{
    return text(std::string(head.headers.value("host"))).section(u':', 0, 0);
}

// Of the Mappings that have no route: those that are meant for this request.  Where nothing matched, those of its path on
// other hosts, too.
void addUnreached(QSet<QString> &mappings, const AskedRequest &asked)
{
    const bool isLost = asked.explanation.outcome == edge::Decision::Outcome::NoRoute;
    const bool any = std::any_of(asked.view.mappings.begin(), asked.view.mappings.end(),
                                 [](const auto &verdict) { return isNowhere(*verdict); });
    if (!isLost && !any)
        return;
    const std::string path(asked.head.path());
    const QString host = nameOf(asked.head);
    for (const ConfiguredObject &one : configuredObjects(asked.snapshot, asked.view.installation)) {
        const edge::Value &object = *one.object;
        const edge::Value &spec = object["spec"];
        const QString key =
            text(object.at({"metadata", "namespace"})) + u'/' + text(object.at({"metadata", "name"}));
        const auto verdict = asked.view.mappings.value(key);
        if (object["kind"].text() == "Mapping" && verdict && mayBeOf(spec, path)
            && (isLost || (isNowhere(*verdict) && mayBeOfHost(spec, host))))
            mappings.insert(key);
    }
}

bool tellsWhy(const Finding &finding, const MappingVerdict &verdict)
{
    static const QSet<QString> about{u"RT-001"_s, u"RT-003"_s, u"RT-004"_s,
                                     u"RT-005"_s, u"RT-011"_s, u"RT-020"_s};
    return about.contains(finding.code)
        || (finding.code == "RT-002"_L1 && finding.path == "spec.service"_L1) // it goes elsewhere, or nowhere
        || (finding.code == "RT-002"_L1 && isNowhere(verdict)
            && finding.message.contains("is never used"_L1)); // certain, whatever else could not be read
}

void addOfHosts(QList<Finding> &findings, const AskedRequest &asked)
{
    static const QSet<QString> about{u"RT-019"_s, u"RT-020"_s, u"RT-022"_s};
    for (const Finding &finding : asked.view.findings) {
        if (!about.contains(finding.code) || finding.subject.kind != "Host"_L1)
            continue;
        for (const ConfiguredObject &one : configuredObjects(asked.snapshot, asked.view.installation)) {
            if (refOf(*one.object) == finding.subject
                && mayBeOfHost((*one.object)["spec"], nameOf(asked.head)))
                findings.append(finding);
        }
    }
}

// Whatever is foretold is then not what the edge does: it goes on with the last configuration that it took, or with none.
void addRefusals(QList<Finding> &findings, const AskedRequest &asked)
{
    for (const edge::Diagnostic &diagnostic : asked.view.table->config().diagnostics) {
        if (!edge::isRefusedByEnvoy(diagnostic))
            continue;
        const Finding refused = diagnosticFinding(asked.snapshot, asked.view.installation, diagnostic);
        if (!findings.contains(refused))
            findings.append(refused);
    }
}

} // namespace

QStringList mappingsAtHand(const AskedRequest &asked)
{
    QSet<QString> mappings;
    for (const edge::Candidate &candidate : asked.explanation.candidates) {
        if (candidate.matched || candidate.failedCondition == "weight")
            mappings.insert(text(candidate.mapping.nameSpace) + u'/' + text(candidate.mapping.name));
    }
    addUnreached(mappings, asked);
    QStringList sorted(mappings.begin(), mappings.end());
    sorted.sort();
    return sorted;
}

QList<Finding> requestFindings(const AskedRequest &asked, const QStringList &mappings)
{
    QList<Finding> findings;
    for (const QString &mapping : mappings) {
        const auto verdict = asked.view.mappings.value(mapping);
        for (const Finding &finding : verdict ? verdict->findings : QList<Finding>()) {
            if (tellsWhy(finding, *verdict))
                findings.append(finding);
        }
    }
    addOfHosts(findings, asked);
    addRefusals(findings, asked);
    return findings;
}

} // namespace models
