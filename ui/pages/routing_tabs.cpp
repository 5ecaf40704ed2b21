// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/routing_tabs.h"

#include "ui/candidate_text.h"
#include "ui/fix_index.h"
#include "ui/namespace_scope.h"

#include <QCoreApplication>
#include <QLocale>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(RoutingPage)
};

} // namespace

QStringList routingTabIds()
{
    return {u"mappings"_s, u"hosts"_s, u"listeners"_s, u"tcpmappings"_s, u"tree"_s};
}

QString routingTabName(int tab)
{
    switch (tab) {
    case 0: return Words::tr("Mappings");
    case 1: return Words::tr("Hosts");
    case 2: return Words::tr("Listeners");
    case 3: return Words::tr("TCPMappings");
    default: return Words::tr("Tree");
    }
}

Noun routingRows(int tab)
{
    switch (tab) {
    case 0: return {Words::tr("Mapping"), routingTabName(tab)};
    case 1: return {Words::tr("Host"), routingTabName(tab)};
    case 2: return {Words::tr("Listener"), routingTabName(tab)};
    default: return {Words::tr("TCPMapping"), routingTabName(tab)};
    }
}

PanelText routingEmptyText(int tab)
{
    switch (tab) {
    case 0:
        return {.title = Words::tr("No Mappings"),
                .text = Words::tr("This cluster has no Mapping yet. The integration guide makes the "
                                  "first one: press Ctrl+7.")};
    case 1:
        return {.title = Words::tr("No Hosts"),
                .text = Words::tr("No Host object says which names the edge answers to; it answers to "
                                  "all of them.")};
    case 2:
        return {.title = Words::tr("No Listeners"),
                .text = Words::tr("The edge opens no port that is known here.")};
    default:
        return {.title = Words::tr("No TCPMappings"),
                .text = Words::tr("Nothing is passed through as plain TCP or TLS.")};
    }
}

EdgeCount countInScope(const models::TableModel<models::EdgeObjectRow> &objects,
                       const QStringList &namespaces)
{
    EdgeCount count;
    for (int i = 0; i < objects.rowCount(); ++i) {
        const models::EdgeObjectRow &row = objects.row(i);
        if (isInScope(namespaces, row.object.nameSpace))
            ++(row.isOtherEdges ? count.ofOthers : count.own);
    }
    return count;
}

RoutingBadge routingBadge(const models::MappingCounts *mappings,
                          const QList<models::TableModel<models::EdgeObjectRow> *> &objects, int total,
                          const QStringList &namespaces, FixIndex &muted)
{
    using models::Severity;
    int errors = 0, warnings = 0;
    const auto add = [&](Severity severity, int by) {
        errors += severity == Severity::Error ? by : 0;
        warnings += severity == Severity::Warning ? by : 0;
    };
    if (mappings) {
        const auto sum = mappings->sumOf([&](const QString &name) { return isInScope(namespaces, name); });
        errors = sum.errors;
        warnings = sum.warnings;
        for (const auto &[object, open] : muted.muted()) {
            if (object.kind != "Mapping"_L1 || !isInScope(namespaces, object.nameSpace))
                continue;
            for (const Severity own : mappings->severitiesOf(object.nameSpace, object.name)) {
                add(own, -1);
                add(std::min(own, open), 1);
            }
        }
    }
    for (const auto *kind : objects) {
        for (int i = 0; i < kind->rowCount(); ++i) {
            const models::EdgeObjectRow &row = kind->row(i);
            if (row.severity >= Severity::Warning && isInScope(namespaces, row.object.nameSpace))
                add(muted.openSeverity(row.severity, row.object), 1);
        }
    }
    const int shown = errors > 0 ? errors : warnings > 0 ? warnings : total;
    RoutingBadge badge{shown > 0 ? QLocale().toString(shown) : QString(), {}};
    if (errors + warnings > 0)
        badge.severity = errors > 0 ? Severity::Error : Severity::Warning;
    return badge;
}

namespace {

QUrl sampleUrl(const models::MappingRow &row, bool overTls)
{
    QUrl url;
    url.setScheme(overTls ? u"https"_s : u"http"_s);
    QString host = row.host;
    if (host.startsWith(u"*."_s))
        host.replace(0, 1, u"www"_s);
    url.setHost(host.isEmpty() || host.contains(u'*') ? u"localhost"_s : host);
    url.setPath(row.prefix.startsWith(u'/') ? row.prefix : u"/"_s);
    return url;
}

} // namespace

models::RequestSpec sampleRequest(const models::MappingRow &row, bool overTls)
{
    models::RequestSpec request;
    request.url = sampleUrl(row, overTls);
    for (const QString &condition : row.conditions.split(u", "_s, Qt::SkipEmptyParts)) {
        const QString name = condition.section(u": "_s, 0, 0);
        if (condition.contains(u": "_s))
            request.headers.append({name, condition.section(u": "_s, 1)});
        else if (!condition.contains(u' ') && !condition.contains(u'=') && condition == condition.toUpper())
            request.method = condition;
    }
    return request;
}

models::RequestSpec orderRequest(const models::MappingRow &row, bool overTls)
{
    models::RequestSpec request = sampleRequest(row, overTls);
    if (row.host.isEmpty() || row.host == "*"_L1)
        request.url.setHost(anyHost());
    return request;
}

} // namespace ui
