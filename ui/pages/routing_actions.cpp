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
    return chosenBy(tab == Mappings || tab == Tree ? currentKey() : paneOf(tab)->table().currentKey());
}

RoutingPage::Chosen RoutingPage::chosenBy(const QString &key) const
{
    const int tab = m_tabs->currentIndex();
    if (tab == Mappings || tab == Tree) {
        const MappingRow *row = rowOf(key);
        return row
            ? Chosen{{{u"Mapping"_s, row->nameSpace, row->name}, row->apiVersion}, models::sourceOf(*row)}
            : Chosen();
    }
    const ObjectModel *model = m_objects.value(tab - Hosts);
    const models::EdgeObjectRow *row = model ? model->find(key) : nullptr;
    return row ? Chosen{{row->object, row->apiVersion}, row->source} : Chosen();
}

// What is selected, a filter may hide it; else the one that the details show.
QStringList RoutingPage::keysToDelete() const
{
    const TablePane *pane = paneOf(m_tabs->currentIndex());
    const QStringList selected = pane ? pane->selectedKeys() : QStringList();
    return selected.size() > 1 ? selected : QStringList{pane ? pane->table().currentKey() : currentKey()};
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

// Before they are deleted, what that would reach, as far as the page knows it, and what is not seen of them.
QStringList RoutingPage::deletionWarnings(const QStringList &keys) const
{
    const int tab = m_tabs->currentIndex();
    const ObjectModel *model = m_objects.value(tab - Hosts);
    double requests = 0;
    QStringList warnings;
    for (const QString &key : keys) {
        const MappingRow *mapping = tab == Mappings || tab == Tree ? rowOf(key) : nullptr;
        requests += mapping ? std::max(0.0, mapping->requestsPerSecond) : 0;
        const models::EdgeObjectRow *row = model && !mapping ? model->find(key) : nullptr;
        if (row && !row->usedBy.isEmpty())
            warnings.append(keys.size() == 1
                                ? tr("It is used by %1.").arg(row->usedBy.join(u", "_s))
                                : tr("%1 is used by %2.").arg(row->object.text(), row->usedBy.join(u", "_s)));
    }
    if (requests > 0)
        warnings.prepend((keys.size() == 1 ? tr("%1 requests a second are sent through it now.")
                                           : tr("%1 requests a second are sent through them now."))
                             .arg(QLocale().toString(requests, 'g', 2)));
    const TablePane *pane = paneOf(tab);
    if (const QString hidden = pane ? pane->hiddenSelectionText() : QString();
        keys.size() > 1 && !hidden.isEmpty())
        warnings.prepend(hidden);
    return warnings;
}

// Of several the first that cannot be deleted keeps all of them: half of a selection is not what was meant.
ObjectAction RoutingPage::deleteAction()
{
    const QStringList keys = keysToDelete();
    QList<ObjectToWrite> objects;
    ObjectAction action{.id = u"delete"_s, .text = tr("Delete…"), .subject = {}, .run = {}};
    for (const QString &key : keys) {
        const Chosen one = chosenBy(key);
        const bool isOwn = one.source.isEmpty() && !one.object.kind.isEmpty();
        objects.append({one.object, one.apiVersion});
        if (!action.whyNot.isEmpty())
            continue;
        action.whyNot = whyNoWriteOf(one, action.id);
        if (isOwn && whyNoWrite(connection()).isEmpty())
            action.missingRight = missingRight(one.object, action.id);
        if (keys.size() > 1 && !action.whyNot.isEmpty() && !isOwn)
            action.whyNot =
                tr("%1: %2").arg(one.object.kind.isEmpty() ? one.source : one.object.text(), action.whyNot);
        if (keys.size() == 1)
            action.subject = one.object.kind.isEmpty() ? one.source : one.object.text();
    }
    if (keys.size() > 1) {
        action.text = tr("Delete %1…").arg(QLocale().toString(keys.size()));
        action.subject = tr("%1 selected").arg(QLocale().toString(keys.size()));
    }
    action.run = [this, objects, keys] { Q_EMIT deleteRequested(objects, deletionWarnings(keys)); };
    return action;
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
    actions.append(deleteAction());
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
