// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Routing: the live Mappings in Emissary's match order, and for the chosen one why it serves what it serves.
#include "models/items/rows.h"
#include "models/items/table_model.h"
#include "ui/page_frame.h"

#include <QUrl>

QT_FORWARD_DECLARE_CLASS(QDialog)

namespace ui {

class DetailPane;
class FactList;
class StepList;
class TablePane;
class TextLabel;
class TextView;

class RoutingPage : public PageFrame
{
    Q_OBJECT
public:
    explicit RoutingPage(QWidget *parent = nullptr);
    void setMappings(
        models::TableModel<models::MappingRow> &mappings); // once; the caller completes rows by a decorator
    void setEdge(const models::EdgeView &view); // its problem and findings, and its listeners for test URLs
    void showYaml(const QString &key, const QString &yaml); // the answer to yamlRequested()
    QString currentKey() const;
    void setNamespace(const QString &nameSpace) override;
    QList<QWidget *> panes() const override;
    void focusFilter() override;
    void goTo(const QString &target) override; // "default/quote-backend", or a filter
    QList<Command> commands() override;
    void setCompact(bool compact) override;

Q_SIGNALS:
    void testRequested(const QString &method, const QUrl &url); // a request that this Mapping should serve
    void yamlRequested(const QString &key);

protected:
    bool hasContent() const override;

private:
    QWidget *buildDetail();
    void showDetail();
    void showFindings(const models::MappingRow &row);
    void showHops(const QList<models::Hop> &hops);
    void countsChanged();
    QUrl sampleUrl(const models::MappingRow &row) const;

    models::TableModel<models::MappingRow> *m_mappings = nullptr;
    TablePane *m_pane;
    DetailPane *m_detail;
    FactList *m_detailFacts = nullptr;
    TextLabel *m_findingsHead = nullptr, *m_findings = nullptr, *m_uses = nullptr, *m_usesHead = nullptr,
              *m_whyHead = nullptr, *m_hopsHead = nullptr;
    StepList *m_hops = nullptr;
    TextView *m_why = nullptr;
    QPushButton *m_test = nullptr, *m_yaml = nullptr;
    bool m_tls = false; // the edge serves TLS
};

} // namespace ui
