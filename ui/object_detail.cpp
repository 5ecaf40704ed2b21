// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/object_detail.h"

#include "ui/finding_place.h"
#include "ui/link_list.h"
#include "ui/text_label.h"
#include "ui/text_view.h"

#include <QTabBar>

using namespace Qt::StringLiterals;

namespace ui {

ObjectDetail::ObjectDetail(QWidget *parent)
    : DetailPane(tr("Details of the object"), parent)
    , m_parts(new QTabBar(this))
{
    setObjectName(u"objectDetail"_s);
    m_parts->setObjectName(u"objectParts"_s);
    m_parts->setAccessibleName(tr("Parts of the details"));
    m_parts->setDrawBase(false);
    m_parts->setProperty("narrow", true);
    m_parts->setExpanding(false);
    m_parts->addTab(tr("Summary"));
    m_parts->setTabData(m_parts->addTab(tr("YAML")), u"yaml"_s);
    addParts(m_parts);
    m_reason = addText();
    m_facts = addFacts();
    m_usesHead = addSection(tr("Uses"));
    m_uses = new LinkList(this);
    addWidget(m_uses);
    m_usedByHead = addSection(tr("Used by"));
    m_usedBy = new LinkList(this);
    m_usedBy->setObjectName(u"objectUsedBy"_s);
    addWidget(m_usedBy);
    for (LinkList *list : {m_uses, m_usedBy})
        connect(list, &LinkList::followed, this, &ObjectDetail::followed);
    m_yaml = new TextView(tr("YAML of the object"), this);
    m_yaml->setObjectName(u"objectYaml"_s);
    m_yaml->setFitsContents(60);
    addWidget(m_yaml);
    show(nullptr);
    connect(m_parts, &QTabBar::currentChanged, this, &ObjectDetail::showPart);
}

void ObjectDetail::show(const models::EdgeObjectRow *row)
{
    if (!row) {
        m_object = {};
        setNothing(tr("Choose an object to see what the edge makes of it."));
        return;
    }
    if (row->object != m_object) {
        m_asked = {};
        m_yaml->setPlainText(tr("Reading …"));
    }
    m_object = row->object;
    m_apiVersion = row->apiVersion;
    const bool isObject = !row->object.kind.isEmpty();
    const QString where = isObject
        ? tr("%1 in %2, %3").arg(row->object.kind, row->object.nameSpace, row->apiVersion)
        : row->object.name.isEmpty() ? tr("opened by the edge itself")
                                     : tr("in %1, %2").arg(row->object.nameSpace, row->source);
    setHeading(row->object.name.isEmpty() ? row->key : row->object.name, where, row->state, row->severity);
    m_reason->setText(row->reason);
    QList<Fact> facts;
    for (const auto &[name, value] : row->facts)
        facts.append({name, value});
    m_facts->setFacts(facts);
    const auto links = [](const QStringList &objects) {
        QList<LinkList::Link> list;
        for (const QString &each : objects) {
            const FindingPlace place = placeOfObject(each);
            list.append({each, place.page, place.target});
        }
        return list;
    };
    m_uses->setLinks(links(row->uses));
    m_usedBy->setLinks(links(row->usedBy));
    m_parts->setVisible(isObject);
    if (!isObject)
        m_parts->setCurrentIndex(0);
    showPart();
}

void ObjectDetail::showPart()
{
    const bool summary = m_parts->currentIndex() == 0;
    m_reason->setVisible(summary && !m_reason->text().isEmpty());
    m_facts->setVisible(summary);
    for (QWidget *each : {static_cast<QWidget *>(m_usesHead), static_cast<QWidget *>(m_uses)})
        each->setVisible(summary && !m_uses->links().isEmpty());
    for (QWidget *each : {static_cast<QWidget *>(m_usedByHead), static_cast<QWidget *>(m_usedBy)})
        each->setVisible(summary && !m_usedBy->links().isEmpty());
    m_yaml->setVisible(!summary);
    if (!summary && !m_object.kind.isEmpty() && m_asked != m_object) {
        m_asked = m_object;
        Q_EMIT yamlWanted(m_object, m_apiVersion);
    }
}

void ObjectDetail::setYaml(const models::ObjectRef &object, const QString &yaml)
{
    if (object == m_object)
        m_yaml->setPlainText(yaml);
}

} // namespace ui
