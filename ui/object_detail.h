// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What is known of a Host, Listener or TCPMapping: summary with what it uses and what uses it, and its YAML.
#include "models/items/edge_object_rows.h"
#include "ui/detail_pane.h"

QT_FORWARD_DECLARE_CLASS(QTabBar)

namespace ui {

class LinkList;
class TextView;

class ObjectDetail : public DetailPane
{
    Q_OBJECT
public:
    explicit ObjectDetail(QWidget *parent);
    void show(const models::EdgeObjectRow *row); // nullptr: none is chosen
    using QWidget::show;
    void setYaml(const models::ObjectRef &object, const QString &yaml); // ignored for another object

Q_SIGNALS:
    void yamlWanted(const models::ObjectRef &object, const QString &apiVersion);
    void followed(const QString &page, const QString &target);

private:
    void showPart();
    models::ObjectRef m_object, m_asked;
    QString m_apiVersion;
    QTabBar *m_parts;
    FactList *m_facts;
    TextLabel *m_reason, *m_usesHead, *m_usedByHead;
    LinkList *m_uses, *m_usedBy;
    TextView *m_yaml;
};

} // namespace ui
