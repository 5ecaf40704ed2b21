// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/pages/routing_tabs.h"

#include "ui/candidate_text.h"
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

namespace {

bool isOtherEdges(const models::MappingRow &row)
{
    return row.verdict && row.verdict->state == models::MappingVerdict::State::NotForThisEdge;
}
bool isOtherEdges(const models::EdgeObjectRow &row) { return row.isOtherEdges; }
const QString &namespaceOf(const models::MappingRow &row) { return row.nameSpace; }
const QString &namespaceOf(const models::EdgeObjectRow &row) { return row.object.nameSpace; }

template<typename Row>
EdgeCount countRows(const models::TableModel<Row> &model, const QStringList &namespaces)
{
    EdgeCount count;
    for (int i = 0; i < model.rowCount(); ++i) {
        const Row &row = model.row(i);
        if (!namespaces.isEmpty() && !namespaces.contains(namespaceOf(row)))
            continue;
        ++(isOtherEdges(row) ? count.ofOthers : count.own);
    }
    return count;
}

} // namespace

EdgeCount countInScope(const models::TableModel<models::MappingRow> &mappings, const QStringList &namespaces)
{
    return countRows(mappings, namespaces);
}

EdgeCount countInScope(const models::TableModel<models::EdgeObjectRow> &objects,
                       const QStringList &namespaces)
{
    return countRows(objects, namespaces);
}

RoutingBadge
routingBadge(const models::TableModel<models::MappingRow> *mappings,
             const QList<models::TableModel<models::EdgeObjectRow> *> &objects, int total,
             const QStringList &namespaces,
             const std::function<models::Severity(models::Severity, const models::ObjectRef &)> &openSeverity)
{
    using models::Severity;
    int errors = 0, warnings = 0;
    const auto add = [&](Severity own, const models::ObjectRef &object) {
        if (own < Severity::Warning || !isInScope(namespaces, object.nameSpace))
            return;
        const Severity severity = openSeverity(own, object);
        errors += severity == Severity::Error;
        warnings += severity == Severity::Warning;
    };
    for (int i = 0; mappings && i < mappings->rowCount(); ++i)
        add(models::stateSeverity(mappings->row(i)),
            {u"Mapping"_s, mappings->row(i).nameSpace, mappings->row(i).name});
    for (const auto *kind : objects) {
        for (int i = 0; i < kind->rowCount(); ++i)
            add(kind->row(i).severity, kind->row(i).object);
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
