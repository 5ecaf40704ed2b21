// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// The window: sidebar, top bar, pages, status line.  It makes the pages and owns them; it knows no cluster.
// Facts come in by setters (here for what concerns all pages, on the pages for the rest); wishes go out by
// signals.
#include "models/items/rows.h"
#include "models/resources/connection_state.h"
#include "models/resources/finding.h"
#include "ui/object_action.h"
#include "ui/shell/top_bar.h"
#include "ui/theme.h"

#include <QMainWindow>

#include <functional>

QT_FORWARD_DECLARE_CLASS(QTimer)
QT_FORWARD_DECLARE_CLASS(QAbstractButton)
QT_FORWARD_DECLARE_CLASS(QDialog)
QT_FORWARD_DECLARE_CLASS(QMenu)
QT_FORWARD_DECLARE_CLASS(QSplitter)
QT_FORWARD_DECLARE_CLASS(QStackedWidget)
QT_FORWARD_DECLARE_CLASS(QTabBar)

namespace ui {

class ActionRegistry;
class ActivityPage;
class Banner;
class CertificatesPage;
class ConfirmDialog;
class DockArea;
class GuidePage;
class MeshSecurityPage;
class MetricsPage;
class OverviewPage;
class PageFrame;
class RequestPage;
class RoutingPage;
class Sidebar;
class StatusStrip;
class TablePane;
class WelcomePage;
class WholeWindow;
struct Command;

struct Pages // in the sidebar's order; ids: overview routing certificates mesh metrics request guide activity
{
    OverviewPage *overview;
    RoutingPage *routing;
    CertificatesPage *certificates;
    MeshSecurityPage *mesh;
    MetricsPage *metrics;
    RequestPage *request;
    GuidePage *guide;
    ActivityPage *activity;
};

class MainWindow : public QMainWindow
{
    Q_OBJECT
public:
    explicit MainWindow(QWidget *parent = nullptr);
    const Pages &pages() const { return m_pages; }
    DockArea &docks() const { return *m_docks; }
    WelcomePage &welcome() const { return *m_welcome; }
    void showWelcome(); // in the pages' place, until a page is shown
    bool isWelcoming() const;
    QStringList pageIds() const;
    QString currentPage() const;
    bool showPage(const QString &id, const QString &target = {}); // false: no such page
    PageFrame *page(const QString &id) const;                     // nullptr: no such page

    void setContexts(const QList<ContextChoice> &contexts, const QString &current);
    void setKubeconfig(const QString &file); // for the commands of kubectl; "" its own
    void setNamespaces(const QStringList &namespaces, bool areAll = true); // false: others can be typed
    QStringList chosenNamespaces() const;                                  // {}: all
    void chooseNamespaces(const QStringList &names); // to be looked at, listed or not; {}: all
    void forgetCluster(); // another one, or none: no page shows what was read of the last one
    void setEdges(const QList<EdgeChoice> &edges, const QString &current, const EdgeRules &rules = {});
    void setConnection(const models::ConnectionState &state); // all pages too
    void setTheme(Theme theme);                               // applies it to the application
    void setCompact(bool compact);                            // rows of 26 px
    bool isCompact() const { return m_compact; }
    void setPaused(bool paused);     // said above the pages, with since when, until it is over
    void setDesktopNotices(bool on); // whether notifications of the desktop are wanted
    bool hasDesktopNotices() const { return m_desktopNotices; }
    void setK9sKeys(bool on);         // ui/k9s_keys.h
    void setMenuBarShown(bool shown); // F10 opens it for once where it is not
    bool isPaused() const { return m_pausedSince.isValid(); }
    const ActionRegistry &registry() const { return *m_actions; }
    struct Incident // of a demo cluster
    {
        QString name, what;
        bool on = false;
    };
    void setIncidents(const QList<Incident> &incidents); // {}: not a demo cluster, no menu
    Theme theme() const { return m_theme; }

    // A dialog that asks and then tells; it deletes itself when it is closed.
    ConfirmDialog *openReview(const QString &title);
    // One line below the page's title, until it is dismissed or another page is chosen; "" clears it.
    void report(models::Severity severity, const QString &text);
    void reportOfAll(models::Severity severity,
                     const QString &text); // the same, and it goes along to other pages
    void showYaml();                       // of what is chosen on the page, beside its table
    // Into the dock Notices, without a word above the page.
    void note(models::NoticeRow::Kind kind, models::Severity severity, const QString &text,
              const QString &details = {});
    // How the window was left: its size, the docks, the tables' columns.  A value for QSettings.
    QVariantMap layoutState() const;
    void restoreLayoutState(const QVariantMap &state);

Q_SIGNALS:
    void contextChosen(const QString &name);
    void modeChosen(models::ConnectionState::Mode mode); // how careful writes in this context are
    void edgeChosen(const QString &key);
    void rulesChosen(const QString &name);       // of the current edge: "v3"; "" as its image says
    void noted(const models::NoticeRow &notice); // of report() and note(), without a key: to be kept
    void yamlCopyRequested(const QList<models::ObjectRef> &objects); // for the clipboard
    void pauseChosen(bool paused);                   // stop giving the pages what is new; go on
    void retryRequested();                           // connect again now
    void namespaceChosen(const QString &nameSpace);  // the one to read where only one may be; "": all
    void namespacesChosen(const QStringList &names); // that the pages show; {}: all
    void refreshRequested();                         // F5: read everything again
    void cancelRequested();                          // leave the cluster
    void windowRequested();                          // another one
    void incidentsRequested();                       // the menu is about to be shown: setIncidents() answers
    void incidentSwitched(const QString &name, bool on);
    void zoomChosen(double zoom); // by the user: for the next start
    void pageShown(const QString &id);
    void themeChosen(ui::Theme theme); // by the user: to be remembered
    void compactChosen(bool compact);
    void desktopNoticesChosen(bool on);
    void menuBarChosen(bool shown);
    void k9sKeysChosen(bool on);

protected:
    void resizeEvent(QResizeEvent *event) override;

private:
    void askForNamespace();
    void buildPages();
    void placeReport();
    void buildLayout();
    void buildActions();
    void buildProgramActions();
    void buildWindowActions();
    void buildTableActions();
    void buildViewActions();
    void buildGoActions();
    void buildClusterActions();
    void showMode(); // in the menu
    void warnOfUnverified();
    void connectDocks();
    void connectTables();
    void showDockButtons();
    void fitDock();
    void addPage(PageFrame *page, const QString &toolTip);
    // keys: "Ctrl+K Ctrl+Shift+P", all of them do it
    QAction *addCommand(const QString &id, const QString &menu, int group, const QString &text,
                        const QString &keys, std::function<void()> run);
    void addIncident(const QString &id, const Incident &incident);
    TablePane *currentPane() const;            // nullptr: no table is seen
    QTabBar *tabsOfPage(bool ofDetails) const; // nullptr: there are none
    void moveTab(bool ofDetails, int step);
    bool runObjectAction(const QString &id);
    void runK9sCommand(const QString &id, bool isObjectAction);
    void buildObjectActions();
    void showObjectActions(QMenu &menu);
    QList<ObjectAction> objectActions(); // with what is chosen where the focus is, else on the page
    QList<Command> paletteCommands();
    void showSettingsMenu();
    void showDemoMenu();
    void chooseZoom(double step); // 0: back to 100 %
    void buildMenuBar(); // of all actions; look.md: not to be seen above the pages unless it is asked for
    void openMenuBar();
    void hideMenuBar();
    void choosePause();
    void chooseTheme(Theme theme);
    void movePane(int step);                                      // F6
    void openPage(const QString &id, const QString &target = {}); // shows it, with the focus in its main pane
    void focusPage();
    bool isFocusAstray() const;
    void giveFocusBack(QDialog &dialog); // once it is closed, to where it was
    void moveHistory(int step);          // Alt+Left, Alt+Right
    void openPalette();
    void openShortcutSheet();

    Pages m_pages{};
    QList<PageFrame *> m_order;
    Sidebar *m_sidebar;
    TopBar *m_topBar;
    StatusStrip *m_status;
    Banner *m_unverified; // for as long as the context is used
    Banner *m_report;
    bool m_isReportOfAll = false;
    QTimer *m_reportEnd; // of one that is no more than a receipt; the inbox keeps it
    QStackedWidget *m_stack;
    DockArea *m_docks;
    WholeWindow *m_welcomeBody = nullptr;
    WelcomePage *m_welcome;
    QStackedWidget *m_body; // welcome, or pages above docks
    QAbstractButton *m_demoButton = nullptr;
    ActionRegistry *m_actions;
    QMenu *m_demoMenu = nullptr;   // in the menu bar
    bool m_wantsIncidents = false; // the menu opens when they come
    bool m_isDockFitted = false;
    QSplitter *m_split = nullptr; // page above docks
    models::ConnectionState m_connection;
    QStringList m_history;
    qsizetype m_historyAt = -1;
    Theme m_theme = Theme::System;
    bool m_compact = false;
    QDateTime m_pausedSince;
    bool m_desktopNotices = true, m_menuBarShown = false, m_k9sKeys = false;
};

} // namespace ui
