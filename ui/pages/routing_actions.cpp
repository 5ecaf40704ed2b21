// SPDX-License-Identifier: GPL-3.0-or-later
// What can be done with the object that is chosen on the page Routing.
#include "models/items/configured_rows.h"
#include "ui/mapping_detail.h"
#include "ui/pages/routing_page.h"
#include "ui/table_pane.h"
#include "ui/write_words.h"

#include <QLocale>
#include <QTabBar>

using namespace Qt::StringLiterals;

namespace ui {

using models::MappingRow;

RoutingPage::Chosen RoutingPage::chosen() const
{
    const int tab = m_tabs->currentIndex();
    if (tab == Mappings || tab == Tree) {
        const MappingRow *row = rowOf(currentKey());
        return row
            ? Chosen{{u"Mapping"_s, row->nameSpace, row->name}, row->apiVersion, models::sourceOf(*row)}
            : Chosen();
    }
    const ObjectModel *model = m_objects.value(tab - Hosts);
    const models::EdgeObjectRow *row = model ? model->find(paneOf(tab)->table().currentKey()) : nullptr;
    return row ? Chosen{row->object, row->apiVersion, row->source} : Chosen();
}

// "" it can be written: verb is "edit" or "delete".
QString RoutingPage::whyNoWriteOf(const Chosen &chosen, const QString &verb) const
{
    if (!chosen.source.isEmpty())
        return tr("It is no object of its own, but of the %1.").arg(chosen.source);
    if (chosen.object.kind.isEmpty())
        return tr("It is no object: the edge opens this port by itself.");
    return whyNoWrite(connection(), missingRight(chosen.object, verb));
}

QString RoutingPage::missingRight(const models::ObjectRef &object, const QString &verb) const
{
    return m_forbidden.value(u"%1/%2/%3"_s.arg(verb, object.kind, object.nameSpace));
}

// Before it is deleted, what that would reach, as far as the page knows it.
QStringList RoutingPage::deletionWarnings() const
{
    const int tab = m_tabs->currentIndex();
    if (const MappingRow *row = tab == Mappings || tab == Tree ? rowOf(currentKey()) : nullptr)
        return row->requestsPerSecond > 0
            ? QStringList{tr("%1 requests a second are sent through it now.")
                              .arg(QLocale().toString(row->requestsPerSecond, 'g', 2))}
            : QStringList();
    const ObjectModel *model = m_objects.value(tab - Hosts);
    const models::EdgeObjectRow *row = model ? model->find(paneOf(tab)->table().currentKey()) : nullptr;
    return row && !row->usedBy.isEmpty() ? QStringList{tr("It is used by %1.").arg(row->usedBy.join(u", "_s))}
                                         : QStringList();
}

QList<ObjectAction> RoutingPage::objectActions()
{
    const Chosen chosen = this->chosen();
    const QString subject = chosen.object.kind.isEmpty() ? chosen.source : chosen.object.text();
    if (subject.isEmpty())
        return {};
    const bool isOwn = chosen.source.isEmpty() && !chosen.object.kind.isEmpty();
    const bool isLacking = isOwn && whyNoWrite(connection()).isEmpty();
    const auto write = [&](const QString &verb, const QString &text, std::function<void()> run) {
        return ObjectAction{verb,
                            text,
                            subject,
                            std::move(run),
                            whyNoWriteOf(chosen, verb),
                            isLacking ? missingRight(chosen.object, verb) : QString()};
    };
    QList<ObjectAction> actions{write(
        u"edit"_s, tr("Edit…"), [this, chosen] { Q_EMIT editRequested(chosen.object, chosen.apiVersion); })};
    if (const MappingRow *row = rowOf(currentKey()); row && chosen.object.kind == "Mapping"_L1)
        actions.append(
            {u"test"_s, tr("Test a request that it should serve"), subject,
             [this, url = sampleRequest(*row, m_tls).url] { Q_EMIT testRequested(u"GET"_s, url); }});
    actions.append(write(u"delete"_s, tr("Delete…"), [this, chosen] {
        Q_EMIT deleteRequested(chosen.object, chosen.apiVersion, deletionWarnings());
    }));
    return actions;
}

// What may be done with it is asked of the server.
void RoutingPage::tellChosen()
{
    const models::ObjectRef object = chosen().object;
    if (std::exchange(m_toldObject, object) != object)
        Q_EMIT objectChosen(object);
}

} // namespace ui
