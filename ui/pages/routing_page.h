// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Routing: what the edge serves, in tabs.  Mappings in Emissary's match order, TCPMappings, Hosts, Listeners,
// and the tree host → path → Mapping; beside them what is known of the chosen one, and why.
#include "models/analysis/prediction.h"
#include "models/items/edge_object_rows.h"
#include "models/items/route_tree.h"
#include "models/items/rows.h"
#include "models/items/table_model.h"
#include "ui/page_frame.h"
#include "ui/pages/routing_tabs.h"

#include <QUrl>

QT_FORWARD_DECLARE_CLASS(QPushButton)
QT_FORWARD_DECLARE_CLASS(QTabBar)
QT_FORWARD_DECLARE_CLASS(QTimer)

namespace ui {

class FixIndex;
class MappingDetail;
class ObjectDetail;
class RouteTreeView;
class TablePane;

class RoutingPage : public PageFrame
{
    Q_OBJECT
public:
    using ObjectModel = models::TableModel<models::EdgeObjectRow>;
    explicit RoutingPage(QWidget *parent = nullptr);
    void setMappings(
        models::TableModel<models::MappingRow> &mappings); // once; the caller completes rows by a decorator
    void setObjects(ObjectModel &hosts, ObjectModel &listeners, ObjectModel &tcpMappings); // once
    void setRoutes(models::RouteTree &routes);                                             // once
    void
    setFindings(const models::TableModel<models::FindingRow> &findings); // once: which it can offer to mend
    void setForbidden(const QHash<QString, QString>
                          &forbidden);        // what this account lacks: "fix/KEY", "edit/KIND/NAMESPACE"
    void setOnlyIn(const QString &nameSpace); // whose Mappings alone may be listed; "": all of them
    void setUnknown(const QString &tab, const QString &why); // "hosts": why none was read; "" they were
    void forget() override;
    void setSight(const models::EdgeSight &sight); // what its pods run; rows have what concerns each
    void setEdge(const models::EdgeView &view); // its problem and findings, and its listeners for test URLs
    void setOrder(const QString &key, const models::Prediction &prediction); // the answer to orderRequested()
    // The answer to yamlRequested(): an error's text takes the same way.
    void showYaml(const models::ObjectRef &object, const QString &yaml);
    QString currentKey() const; // of the chosen Mapping
    QString currentTab() const; // "mappings", "hosts", "listeners", "tcpmappings", "tree"
    void showTab(const QString &id);
    void setConnection(const models::ConnectionState &state) override;
    void setNamespaces(const QStringList &names) override;
    QList<QWidget *> panes() const override;
    void focusFilter() override;
    void goTo(const QString &target) override; // "default/quote-backend", a Host's key, or a filter
    QList<Command> commands() override;
    QList<ObjectAction> objectActions() override;
    models::ObjectRef currentObject() const override { return chosen().object; }
    void setCompact(bool compact) override;

Q_SIGNALS:
    void testRequested(const QString &method, const QUrl &url); // a request that this Mapping should serve
    void yamlRequested(const models::ObjectRef &object, const QString &apiVersion);
    void editRequested(const models::ObjectRef &object, const QString &apiVersion);
    // All of one kind.  warnings: what uses them, is sent through them now, or is not to be seen of them.
    void deleteRequested(const QList<ui::ObjectToWrite> &objects, const QStringList &warnings);
    void
    objectChosen(const models::ObjectRef &object);  // another one, or none: what may be done with it is asked
    void fixRequested(const QStringList &findings); // their keys
    void orderRequested(const QString &key, const models::RequestSpec &request); // what meets such a request

protected:
    void refreshAges() override;
    bool hasContent() const override;

private:
    enum Tab { Mappings, Hosts, Listeners, TcpMappings, Tree };
    struct Chosen : ObjectToWrite // kind "": none, or no object of the API
    {
        QString source;
    };
    Chosen chosen() const; // in whichever tab
    Chosen chosenBy(const QString &key) const;
    QStringList keysToDelete() const;
    ObjectAction deleteAction();
    QString whyNoWriteOf(const Chosen &chosen, const QString &verb) const;
    QString missingRight(const models::ObjectRef &object, const QString &verb) const; // "" none
    QStringList deletionWarnings(const QStringList &keys) const;
    void tellChosen();
    void buildTabs();
    void connectDetails();
    void connectWishes();
    void connectObjects(Tab tab, ObjectModel &model);
    TablePane *paneOf(int tab) const; // nullptr: the tree
    void showTabAt(int tab);
    void showDetail();
    void showBanner();
    void countsChanged();
    void showFactLine();
    void showCounts();
    const models::MappingRow *rowOf(const QString &key) const; // nullptr: there is none

    models::TableModel<models::MappingRow> *m_mappings = nullptr;
    QList<ObjectModel *> m_objects; // hosts, listeners, TCPMappings
    QTabBar *m_tabs;
    QStackedWidget *m_lists, *m_details;
    TablePane *m_pane;
    QList<TablePane *> m_objectPanes;
    RouteTreeView *m_tree;
    MappingDetail *m_detail;
    ObjectDetail *m_objectDetail;
    FixIndex *m_fixes;
    models::MappingCounts *m_mappingCounts = nullptr;
    QHash<QString, QString> m_forbidden;
    models::ObjectRef m_toldObject; // by objectChosen()
    QString m_onlyIn, m_problem, m_unsure;
    QStringList m_namespaces; // that are looked at; {}: all
    QList<EdgeCount> m_counts; // by tab, as of the last look at every row
    QPushButton *m_cancel;     // while rows arrive
    QTimer *m_badgeTimer;
    bool m_tls = false; // the edge serves TLS
};

} // namespace ui
