// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/main_window.h"

#include "models/analysis/rights_role.h"
#include "ui/confirm_dialog.h"
#include "ui/docks/dock_area.h"
#include "ui/docks/notices_panel.h"
#include "ui/docks/problems_panel.h"
#include "ui/journal_view.h"
#include "ui/pages/activity_page.h"
#include "ui/pages/certificates_page.h"
#include "ui/pages/guide_page.h"
#include "ui/pages/mesh_security_page.h"
#include "ui/pages/metrics_page.h"
#include "ui/pages/overview_page.h"
#include "ui/pages/request_page.h"
#include "ui/pages/routing_page.h"
#include "ui/pages/welcome_page.h"
#include "ui/rights_dialog.h"
#include "ui/shell/action_registry.h"
#include "ui/shell/sidebar.h"
#include "ui/shell/status_strip.h"
#include "ui/shown_text.h"
#include "ui/table_pane.h"
#include "ui/tool_tips.h"
#include "ui/whole_window.h"
#include "ui/zoom.h"

#include <QAction>
#include <QApplication>
#include <QComboBox>
#include <QPainter>
#include <QPointer>
#include <QSplitter>
#include <QStackedWidget>
#include <QSvgRenderer>
#include <QTimer>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

// Drawn by hand: the plug-in that reads SVG icons need not be there.
QIcon applicationIcon()
{
    QPixmap pixmap(128, 128);
    pixmap.fill(Qt::transparent);
    QPainter painter(&pixmap);
    QSvgRenderer(u":/sallyport.svg"_s).render(&painter, QRectF(0, 0, 128, 128));
    painter.end();
    return pixmap;
}

} // namespace

MainWindow::MainWindow(QWidget *parent)
    : QMainWindow(parent)
    , m_sidebar(new Sidebar(this))
    , m_topBar(new TopBar(this))
    , m_status(new StatusStrip(this))
    , m_unverified(new Banner(this))
    , m_report(new Banner(this))
    , m_reportEnd(new QTimer(this))
    , m_stack(new QStackedWidget(this))
    , m_docks(new DockArea(this))
    , m_welcome(new WelcomePage(this))
    , m_body(new QStackedWidget(this))
    , m_actions(new ActionRegistry(*this))
{
    setObjectName(u"mainWindow"_s);
    setWindowTitle(u"Sallyport"_s);
    setWindowIcon(applicationIcon());
    resize(scaled(1280), scaled(800));
    qApp->installEventFilter(new ToolTips(this));
    buildPages();
    buildLayout();
    buildActions();
    connectDocks();
    buildMenuBar();
    setDesktopNotices(true);
    connectTables();
    connect(m_welcome, &WelcomePage::connectRequested, this, &MainWindow::contextChosen);
    connect(m_sidebar, &Sidebar::pageChosen, this, [this](const QString &id) { showPage(id); });
    connect(m_sidebar, &Sidebar::pageOpened, this, [this](const QString &id) { openPage(id); });
    connect(m_topBar, &TopBar::contextChosen, this, &MainWindow::contextChosen);
    connect(m_topBar, &TopBar::edgeChosen, this, &MainWindow::edgeChosen);
    connect(m_topBar, &TopBar::rulesChosen, this, &MainWindow::rulesChosen);
    connect(m_pages.request, &RequestPage::rulesChosen, this, &MainWindow::rulesChosen);
    connect(m_topBar, &TopBar::modeChosen, this, &MainWindow::modeChosen);
    connect(m_topBar, &TopBar::paletteRequested, this, &MainWindow::openPalette);
    connect(m_topBar, &TopBar::namespacesChosen, this, [this](const QStringList &names) {
        for (PageFrame *each : std::as_const(m_order))
            each->setNamespaces(names);
        m_docks->problems().setNamespaces(names);
        Q_EMIT namespaceChosen(names.value(0));
        Q_EMIT namespacesChosen(names);
    });
    connect(m_topBar, &TopBar::unlistedNamespaceWanted, this, &MainWindow::askForNamespace);
    connect(m_topBar, &TopBar::pausePressed, this, &MainWindow::choosePause);
    connect(m_status, &StatusStrip::resumePressed, this, &MainWindow::choosePause);
    connect(m_report, &Banner::actionPressed, this, [this] {
        if (const QString said = m_report->text(); !models::roleForRights({said}).isEmpty())
            RightsDialog::forActions({said}, this)->open();
        m_report->clear();
    });
    m_reportEnd->setSingleShot(true);
    m_reportEnd->setInterval(10'000);
    m_reportEnd->setObjectName(u"reportEnd"_s);
    connect(m_reportEnd, &QTimer::timeout, m_report, &Banner::clear);
    setConnection({});
    m_report->setObjectName(u"report"_s);
    showPage(u"overview"_s);
    showWelcome();
}

void MainWindow::buildPages()
{
    m_pages = {.overview = new OverviewPage(this),
               .routing = new RoutingPage(this),
               .certificates = new CertificatesPage(this),
               .mesh = new MeshSecurityPage(this),
               .metrics = new MetricsPage(this),
               .request = new RequestPage(this),
               .guide = new GuidePage(this),
               .activity = new ActivityPage(this)};
    addPage(m_pages.overview, tr("What needs attention"));
    addPage(m_pages.routing, tr("Mappings in match order, and why"));
    addPage(m_pages.certificates, tr("What expires, who uses it, who renews it"));
    addPage(m_pages.mesh, tr("Mutual TLS, port by port"));
    addPage(m_pages.metrics, tr("Requests a second"));
    addPage(m_pages.request, tr("Predict, send, confirm"));
    addPage(m_pages.guide, tr("Ambassador and Istio, step by step"));
    addPage(m_pages.activity, tr("What was changed, and its reverse"));
    connect(m_pages.routing, &RoutingPage::testRequested, this,
            [this](const QString &method, const QUrl &url) {
                showPage(u"request"_s);
                m_pages.request->setRequest(method, url);
            });
}

void MainWindow::addPage(PageFrame *page, const QString &toolTip)
{
    m_order.append(page);
    m_stack->addWidget(page);
    const auto number = m_order.size();
    m_sidebar->addPage(page->id(), page->title(), tr("%1 (Ctrl+%2)").arg(toolTip).arg(number));
    connect(page, &PageFrame::retryRequested, this, &MainWindow::retryRequested);
    connect(page, &PageFrame::contextRequested, this, &MainWindow::showWelcome);
    connect(page, &PageFrame::namespacesRequested, m_topBar, &TopBar::openNamespaces);
    connect(page, &PageFrame::refreshRequested, this, &MainWindow::refreshRequested);
    connect(page, &PageFrame::cancelRequested, this, &MainWindow::cancelRequested);
    connect(page, &PageFrame::doctorRequested, this, [this](const QString &context) {
        showWelcome();
        m_welcome->examine(context);
    });
    connect(page, &PageFrame::fileRequested, m_welcome, &WelcomePage::openFile);
    connect(page, &PageFrame::pageRequested, this, &MainWindow::openPage);
    connect(page, &PageFrame::contentShown, this, [this, page] {
        if (currentPage() == page->id() && focusWidget() == m_sidebar->item(page->id()))
            focusPage(); // what was waited for
    });
    connect(page, &PageFrame::badgeChanged, m_sidebar->item(page->id()), &SidebarItem::setBadge);
}

void MainWindow::buildLayout()
{
    auto *settings = m_sidebar->addFooter(u"settings"_s, tr("Settings"));
    connect(settings, &QAbstractButton::clicked, this, [this] { showSettingsMenu(); });
    auto *right = new QVBoxLayout;
    right->setSpacing(0);
    right->addWidget(m_topBar);
    m_unverified->setObjectName(u"unverified"_s);
    right->addWidget(m_unverified);
    m_split = new QSplitter(Qt::Vertical, this);
    m_split->setObjectName(u"dockSplit"_s);
    m_split->setChildrenCollapsible(false);
    m_split->setHandleWidth(scaled(4));
    m_split->addWidget(m_stack);
    m_split->addWidget(m_docks);
    m_split->setStretchFactor(0, 1);
    m_split->setStretchFactor(1, 0);
    m_body->addWidget(m_split);
    m_welcomeBody = new WholeWindow(this);
    m_welcomeBody->setObjectName(u"pageBody"_s);
    m_welcomeBody->setLeast({scaled(240), scaled(100)});
    m_welcomeBody->setContent(m_welcome);
    m_body->addWidget(m_welcomeBody);
    right->addWidget(m_body, 1);
    connect(m_body, &QStackedWidget::currentChanged, this, &MainWindow::placeReport);
    connect(m_stack, &QStackedWidget::currentChanged, this, &MainWindow::placeReport);
    m_demoButton = m_sidebar->addFooter(u"demo"_s, tr("Demo"));
    m_demoButton->setToolTip(tr("Let something go wrong in the demo cluster"));
    m_demoButton->hide();
    connect(m_demoButton, &QAbstractButton::clicked, this, [this] {
        m_wantsIncidents = true;
        Q_EMIT incidentsRequested();
    });
    right->addWidget(m_status);
    auto *whole = new WholeWindow(this);
    auto *centre = new QWidget(whole);
    auto *row = new QHBoxLayout(centre);
    row->setContentsMargins(0, 0, 0, 0);
    row->setSpacing(0);
    row->addWidget(m_sidebar);
    row->addLayout(right, 1);
    whole->setContent(centre);
    setCentralWidget(whole);
    layout()->setSizeConstraint(QLayout::SetNoConstraint); // a zoom would make its least size a larger one
}

void MainWindow::connectDocks()
{
    connect(m_status, &StatusStrip::dockPressed, m_docks, &DockArea::toggle);
    connect(m_docks, &DockArea::currentChanged, m_status, &StatusStrip::setOpenDock);
    connect(m_docks, &DockArea::tabTextsChanged, this, &MainWindow::showDockButtons);
    connect(&m_docks->problems(), &ProblemsPanel::pageRequested, this, &MainWindow::showPage);
    connect(m_pages.overview, &OverviewPage::problemsRequested, this, [this](const QString &filter) {
        m_docks->problems().pane().setFilter(filter);
        m_docks->open(u"problems"_s);
    });
    connect(m_docks, &DockArea::currentChanged, this, &MainWindow::fitDock);
    showDockButtons();
}

void MainWindow::showDockButtons()
{
    m_status->setDock(u"problems"_s, tr("Problems"), m_docks->problems().count(),
                      m_docks->problems().worst());
    const int written = m_docks->changes().written();
    const QString staged =
        tr("Changes  %1 · %2 staged").arg(written).arg(m_docks->staged()); // as the dock's tab
    m_status->setDock(u"changes"_s, m_docks->staged() > 0 ? staged : tr("Changes"),
                      m_docks->staged() > 0 ? 0 : written, {});
    m_status->setDock(u"notices"_s, tr("Notices"), m_docks->notices().pane().total(), {});
}

void MainWindow::connectTables()
{
    for (TablePane *pane : findChildren<TablePane *>()) {
        connect(pane, &TablePane::yamlWanted, this, &MainWindow::yamlCopyRequested);
        connect(pane, &TablePane::reported, this, &MainWindow::report);
        connect(pane, &TablePane::allNamespacesWanted, this, [this] { m_topBar->chooseNamespaces({}); });
    }
}

void MainWindow::forgetCluster()
{
    for (PageFrame *each : std::as_const(m_order))
        each->forget();
}

QStringList MainWindow::pageIds() const
{
    QStringList ids;
    for (const PageFrame *each : m_order)
        ids.append(each->id());
    return ids;
}

PageFrame *MainWindow::page(const QString &id) const
{
    for (PageFrame *each : m_order) {
        if (each->id() == id)
            return each;
    }
    return nullptr;
}

QString MainWindow::currentPage() const { return static_cast<PageFrame *>(m_stack->currentWidget())->id(); }

bool MainWindow::showPage(const QString &id, const QString &target)
{
    PageFrame *wanted = page(id);
    if (!wanted)
        return false;
    const bool changed = m_stack->currentWidget() != wanted || m_history.isEmpty();
    const QWidget *focused = focusWidget();
    const bool isInPage = !focused || m_body->isAncestorOf(focused);
    const bool isInDocks = focused && m_docks->isAncestorOf(focused);
    m_stack->setCurrentWidget(wanted);
    m_body->setCurrentWidget(m_split);
    m_sidebar->setCurrent(id);
    if (!target.isEmpty())
        wanted->goTo(target);
    if (isInPage && !isInDocks && changed)
        focusPage(); // Qt would pass it on to whatever comes next, such as the choice of the cluster
    if (!changed)
        return true;
    if (m_history.value(m_historyAt) != id) {
        m_history.resize(m_historyAt + 1);
        m_history.append(id);
        m_historyAt = m_history.size() - 1;
    }
    setWindowTitle(m_connection.context.isEmpty()
                       ? u"Sallyport"_s
                       : tr("%1 · %2 · Sallyport").arg(wanted->title(), shownText(m_connection.context)));
    Q_EMIT pageShown(id);
    return true;
}

void MainWindow::openPage(const QString &id, const QString &target)
{
    if (showPage(id, target))
        focusPage();
}

void MainWindow::focusPage()
{
    if (!page(currentPage())->focusContent())
        m_sidebar->focusCurrent();
}

// What had the focus went with the page's state, and Qt passed it on to whatever comes next.
bool MainWindow::isFocusAstray() const
{
    const QWidget *focused = focusWidget();
    return !focused || !focused->isVisibleTo(this) || focused == m_split || focused == m_topBar->contexts();
}

void MainWindow::giveFocusBack(QDialog &dialog)
{
    connect(&dialog, &QDialog::finished, this, [this, before = QPointer<QWidget>(focusWidget())] {
        activateWindow(); // not every platform does
        if (before && before->isVisible() && before->isEnabled())
            before->setFocus(Qt::OtherFocusReason);
        else if (!isWelcoming())
            focusPage();
    });
}

void MainWindow::moveHistory(int step)
{
    const qsizetype wanted = m_historyAt + step;
    if (wanted < 0 || wanted >= m_history.size())
        return;
    m_historyAt = wanted;
    showPage(m_history[wanted]);
}

void MainWindow::showWelcome()
{
    m_body->setCurrentWidget(m_welcomeBody);
    m_welcome->focusList();
}

bool MainWindow::isWelcoming() const { return m_body->currentWidget() == m_welcomeBody; }

void MainWindow::setConnection(const models::ConnectionState &state)
{
    if (state.phase != models::ConnectionState::Phase::NotConnected) {
        if (isWelcoming() && m_connection.phase == models::ConnectionState::Phase::NotConnected)
            m_body->setCurrentWidget(m_split);
    } else if (m_connection.phase != state.phase) {
        setIncidents({});
        showWelcome();
    }
    const bool isOther = state.phase != m_connection.phase || state.context != m_connection.context;
    const bool isOtherContext = state.context != m_connection.context;
    const bool isWarningOther = isOther || state.isUnverified != m_connection.isUnverified;
    m_connection = state;
    m_topBar->setConnection(state);
    m_status->setConnection(state);
    m_docks->setConnection(state);
    showMode();
    if (isWarningOther) // the counts change with each event
        warnOfUnverified();
    if (isOtherContext) {
        for (TablePane *pane : findChildren<TablePane *>())
            pane->setContext(state.context);
    }
    for (PageFrame *each : std::as_const(m_order))
        each->setConnection(state);
    if (isOther && !isWelcoming() && isFocusAstray())
        focusPage();
    if (m_stack->currentWidget())
        setWindowTitle(
            state.context.isEmpty()
                ? u"Sallyport"_s
                : tr("%1 · %2 · Sallyport").arg(page(currentPage())->title(), shownText(state.context)));
}

void MainWindow::setPaused(bool paused)
{
    if (paused == isPaused())
        return;
    m_pausedSince = paused ? QDateTime::currentDateTimeUtc() : QDateTime();
    m_topBar->setPaused(m_pausedSince);
    m_actions->find(u"pauseAction"_s)->setChecked(paused);
    m_status->setPaused(m_pausedSince);
}

void MainWindow::setTheme(Theme theme)
{
    m_theme = theme;
    applyTheme(*qApp, theme, zoom());
    for (QAction *action : actions()) {
        if (action->data().isValid())
            action->setChecked(action->data().toInt() == int(theme));
    }
}

void MainWindow::chooseTheme(Theme theme)
{
    setTheme(theme);
    Q_EMIT themeChosen(theme);
}

void MainWindow::setCompact(bool compact)
{
    m_compact = compact;
    m_actions->find(u"compactAction"_s)->setChecked(compact);
    for (PageFrame *each : std::as_const(m_order))
        each->setCompact(compact);
    m_docks->setCompact(compact);
}

ConfirmDialog *MainWindow::openReview(const QString &title)
{
    auto *dialog = new ConfirmDialog(title, m_connection.context, this);
    dialog->setAttribute(Qt::WA_DeleteOnClose);
    giveFocusBack(*dialog);
    dialog->open();
    return dialog;
}

// What was said of one page is not true of another.
void MainWindow::placeReport()
{
    if (!m_isReportOfAll)
        m_report->clear();
    if (isWelcoming())
        m_welcome->takeReport(m_report);
    else
        static_cast<PageFrame *>(m_stack->currentWidget())->takeReport(m_report);
}

void MainWindow::reportOfAll(models::Severity severity, const QString &text)
{
    report(severity, text);
    m_isReportOfAll = true;
}

void MainWindow::report(models::Severity severity, const QString &text)
{
    m_isReportOfAll = false;
    const bool lacksRight = !models::roleForRights({text}).isEmpty();
    m_report->show(severity, text,
                   text.isEmpty()   ? QString()
                       : lacksRight ? tr("Show the ClusterRole…")
                                    : tr("Dismiss"));
    m_reportEnd->stop();
    if (severity == models::Severity::Info || severity == models::Severity::Good)
        m_reportEnd->start();
    if (!text.isEmpty())
        note(models::NoticeRow::Kind::Notice, severity, text);
}

void MainWindow::note(models::NoticeRow::Kind kind, models::Severity severity, const QString &text,
                      const QString &details)
{
    Q_EMIT noted({{}, QDateTime::currentDateTimeUtc(), kind, severity, text, details});
}

// Around the window: sidebar, top bar, then the panes of the page.
void MainWindow::movePane(int step)
{
    QList<QWidget *> panes{m_sidebar->item(currentPage()), m_topBar->contexts()};
    for (QWidget *pane : page(currentPage())->panes() + m_docks->panes()) {
        if (PageFrame::isReachable(pane))
            panes.append(pane);
    }
    qsizetype at = 0;
    for (qsizetype i = 0; i < panes.size(); ++i) {
        if (panes[i]->hasFocus() || panes[i]->isAncestorOf(focusWidget()))
            at = i;
    }
    panes[(at + step + panes.size()) % panes.size()]->setFocus(Qt::ShortcutFocusReason);
}

} // namespace ui
