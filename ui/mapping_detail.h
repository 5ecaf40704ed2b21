// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What is known of one Mapping, in four parts: Summary (state, why, findings, what it uses), Match order (each
// route of its host and why it lost), Upstream (endpoints, sidecars, the way hop by hop), YAML (as the server
// has it, read-only).  Order and YAML are asked for when they are looked at.
#include "models/analysis/edge_sight.h"
#include "models/analysis/prediction.h"
#include "models/items/rows.h"
#include "ui/detail_pane.h"

#include <functional>

QT_FORWARD_DECLARE_CLASS(QPushButton)
QT_FORWARD_DECLARE_CLASS(QTabBar)

namespace ui {

class FindingList;
class LinkList;
class StepList;
class TextView;

class MappingDetail : public DetailPane
{
    Q_OBJECT
public:
    explicit MappingDetail(QWidget *parent);
    void show(const models::MappingRow *row);        // nullptr: none is chosen
    void refreshAges(const models::MappingRow &row); // of the one that is shown: "3 s ago" goes on
    using QWidget::show;
    void setSight(const models::EdgeSight &sight) { m_sight = sight; } // seen by the next show()
    void setEdgeName(const QString &name) { m_edgeName = name; }       // "Ambassador", "Emissary"
    // Of a request for that; ignored for another Mapping.
    void setOrder(const QString &key, const QUrl &asked, const models::Prediction &prediction);
    void setYaml(const QString &key, const QString &yaml);
    const QString &key() const { return m_key; }
    // Of the findings of what is shown: what ends each, and why that cannot be done now; asked by the next show().
    using FixOf = std::function<std::pair<QString, QString>(const models::Finding &)>;
    void setFixOf(FixOf fixOf) { m_fixOf = std::move(fixOf); }
    void setPartners(const QStringList &mappings) { m_partners = mappings; } // that share its route; the same
    void setWhyNoEdit(const QString &why);                                   // "" it can be edited

Q_SIGNALS:
    void testRequested();
    void editRequested();
    void fixRequested(const QString &finding);
    void followed(const QString &page, const QString &target);
    void orderWanted(const QString &key);
    void yamlWanted(const QString &key);

private:
    QList<Fact> summaryOf(const models::MappingRow &row) const;
    void buildSummary();
    void buildRest();
    void showPart();
    void showOwnLine();
    void showFindings(const models::MappingRow &row);
    void showLinks(const models::MappingRow &row);
    void showHops(const QList<models::Hop> &hops);
    void setVisibleIn(int part, QWidget *widget, bool hasText);

    QString m_key, m_orderKey, m_yamlKey; // of what is shown; of what was asked for last
    QString m_mapping;                    // namespace/name of what is shown
    models::EdgeSight m_sight;
    QString m_edgeName = tr("Ambassador");
    bool m_hasWhy = false, m_hasHops = false;
    FixOf m_fixOf;
    QStringList m_partners;
    QTabBar *m_parts;
    FactList *m_facts = nullptr, *m_upstream = nullptr;
    FindingList *m_findings = nullptr;
    LinkList *m_uses = nullptr, *m_usedBy = nullptr;
    TextLabel *m_findingsHead = nullptr, *m_usesHead = nullptr, *m_usedByHead = nullptr, *m_whyHead = nullptr,
              *m_hopsHead = nullptr, *m_orderHead = nullptr;
    StepList *m_hops = nullptr;
    TextView *m_why = nullptr, *m_order = nullptr, *m_yaml = nullptr;
    QPushButton *m_test = nullptr, *m_edit = nullptr, *m_copy = nullptr;
};

} // namespace ui
