// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/gui/screenshots.h"

#include "app/edge_access.h"
#include "app/gui/state_pictures.h"
#include "app/gui/traffic.h"
#include "ui/docks/dock_area.h"
#include "ui/pages/certificates_page.h"
#include "ui/pages/guide_page.h"
#include "ui/pages/metrics_page.h"
#include "ui/pages/request_page.h"
#include "ui/pages/routing_page.h"
#include "ui/zoom.h"

#include <QAction>
#include <QDialog>
#include <QDir>
#include <QPushButton>

using namespace std::chrono_literals;
using namespace Qt::StringLiterals;

namespace app::gui {

namespace {

constexpr auto LookPause = 100ms;
constexpr int ChartSeconds = 300;
constexpr qsizetype ChartPoints = 4; // a line and not a dot
constexpr auto SettlePause = 60ms;   // layouts, charts and scroll bars come to rest

QString problemOf(const ui::PageFrame &page)
{
    const ui::StatePanel *panel = page.state();
    return panel ? u"%1. %2"_s.arg(panel->shown().title, panel->shown().text).simplified() : QString();
}

// Prometheus reads the edge, or has still to say whether it does: it starts later than the rest.  A step that is
// not checked although the ConfigMap is there has found the job in it.
bool isChartDue(const ClusterAnalysis &analysis)
{
    using Result = models::GuideStep::Result;
    const bool hasFile = analysis.snapshot->configMaps.contains(u"istio-system/prometheus/prometheus.yml"_s);
    return std::any_of(analysis.guide.begin(), analysis.guide.end(), [&](const models::GuideStep &step) {
        return step.id == "prometheus"_L1
            && (step.result == Result::Passed || (step.result == Result::NotChecked && hasFile));
    });
}

// The one whose way is told best: with a TLSContext of its own, else the first.
QString mappingToShow(const models::TableModel<models::MappingRow> &mappings)
{
    for (int i = 0; i < mappings.rowCount(); ++i) {
        const auto &verdict = mappings.row(i).verdict;
        if (verdict && !verdict->tlsContext.isEmpty())
            return mappings.keyAt(i);
    }
    return mappings.rowCount() > 0 ? mappings.keyAt(0) : QString();
}

// The one that is worst off of those that clients see.
QString certificateToShow(const models::TableModel<models::CertificateRow> &certificates)
{
    const QDateTime now = QDateTime::currentDateTimeUtc();
    const models::CertificateRow *found = nullptr;
    for (int i = 0; i < certificates.rowCount(); ++i) {
        const models::CertificateRow &row = certificates.row(i);
        if (!row.mesh && (!found || models::urgencyOf(row, now) > models::urgencyOf(*found, now)))
            found = &row;
    }
    return found ? found->key : QString();
}

} // namespace

Screenshots::Screenshots(Application &application, QString folder, bool withStates, QList<PictureSize> sizes,
                         QObject *parent)
    : QObject(parent)
    , m_application(application)
    , m_folder(std::move(folder))
    , m_withStates(withStates)
    , m_sizes(std::move(sizes))
{
    m_timer.setSingleShot(true);
    connect(&m_application, &Application::deskChanged, this, &Screenshots::watchDesk);
    connect(&m_timer, &QTimer::timeout, this, &Screenshots::look);
}

void Screenshots::start()
{
    if (!QDir().mkpath(m_folder)) {
        Q_EMIT finished(false,
                        u"the folder %1 cannot be made; name one that can be written to"_s.arg(m_folder));
        return;
    }
    m_elapsed.start();
    watchDesk();
    m_timer.start(LookPause);
}

void Screenshots::watchDesk()
{
    ClusterDesk *desk = m_application.desk();
    if (!desk)
        return;
    connect(desk, &ClusterDesk::analysed, this, [this] { m_isAnalysed = true; });
    connect(desk, &ClusterDesk::answered, this, [this] { m_isAnswered = true; });
    connect(desk, &ClusterDesk::trafficShown, this,
            [this](const QString &error) { m_isTrafficShown = m_isTrafficShown || error.isEmpty(); });
}

// Asks for what is only there on demand, and waits for it.
bool Screenshots::isReady()
{
    ClusterDesk *desk = m_application.desk();
    if (!desk || !m_isAnalysed)
        return false;
    if (!std::exchange(m_isSent, true)) {
        const auto analysis = desk->analysis();
        const QString base =
            analysis->hasEdge ? edgeUrl(*analysis->snapshot, analysis->view.installation, false) : QString();
        const QUrl url((base.isEmpty() ? u"http://edge.example"_s : base) + u"/backend/"_s);
        m_application.window().pages().request->setRequest(u"GET"_s, url);
        desk->send(m_application.window().pages().request->request());
        m_application.window().pages().metrics->setRange(ChartSeconds);
        m_application.showPage(u"metrics"_s);
    }
    const bool isAsked =
        m_isTrafficShown || !prometheusIn(*desk->analysis()->snapshot); // there is none to wait for
    return m_isAnswered && isAsked && (!isChartDue(*desk->analysis()) || hasCharts());
}

// Of Metrics first, then of the rows of Routing: what is not looked at is not asked for.
bool Screenshots::hasCharts()
{
    if (!m_areMetricsSeen) {
        m_areMetricsSeen = m_application.window().pages().metrics->pointsShown() >= ChartPoints;
        if (m_areMetricsSeen)
            m_application.showPage(u"routing"_s);
        return false;
    }
    const auto &mappings = m_application.models().mappings;
    for (int i = 0; i < mappings.rowCount(); ++i) {
        if (mappings.row(i).requestsPerSecond >= 0)
            return true;
    }
    return mappings.rowCount() == 0;
}

// Of a chart that was waited for in vain; "" none was, or it is there.
QString Screenshots::missingChart()
{
    ClusterDesk *desk = m_application.desk();
    if (!desk || !m_isAnalysed || !isChartDue(*desk->analysis()) || hasCharts())
        return {};
    const QString remedy =
        u"Prometheus has a job for the edge: look whether its target is up, and whether requests pass the edge"_s;
    const auto seconds = std::chrono::ceil<std::chrono::seconds>(m_longestWait).count();
    if (m_areMetricsSeen)
        return u"Routing: no Mapping shows its requests a second after %1 s. %2"_s.arg(seconds).arg(remedy);
    return u"Metrics: %1 points are shown after %2 s, and a line takes %3. %4"_s
        .arg(m_application.window().pages().metrics->pointsShown())
        .arg(seconds)
        .arg(ChartPoints)
        .arg(remedy);
}

// No way in, and it has been tried again: waiting on would only be waiting.
bool Screenshots::isHopeless()
{
    using Phase = models::ConnectionState::Phase;
    constexpr qint64 PatienceMs = 4000;
    const ClusterDesk *desk = m_application.desk();
    if (m_elapsed.elapsed() < PatienceMs)
        return false;
    return desk ? desk->state().phase == Phase::Failed : !m_application.isStarting();
}

void Screenshots::look()
{
    if (!isReady() && !isHopeless() && m_elapsed.elapsed() < m_longestWait.count()) {
        m_timer.start(LookPause);
        return;
    }
    prepare();
    next();
}

void Screenshots::prepare()
{
    if (const QString missing = missingChart(); !missing.isEmpty())
        m_problems.append(missing);
    const ui::Pages &pages = m_application.window().pages();
    if (const QString key = mappingToShow(m_application.models().mappings); !key.isEmpty())
        pages.routing->goTo(key);
    for (const QString &page : m_application.window().pageIds()) {
        const QString problem = problemOf(*m_application.window().page(page));
        if (!problem.isEmpty() && !m_problems.contains(problem))
            m_problems.append(problem);
        for (const auto &[theme, name] :
             {std::pair(ui::Theme::Light, u"light"_s), std::pair(ui::Theme::Dark, u"dark"_s)})
            addPage(page, theme, name);
    }
    if (m_sizes.isEmpty()) {
        addParts(ui::Theme::Light, u"light"_s);
        addParts(ui::Theme::Dark, u"dark"_s);
        for (const QString &page : m_application.window().pageIds())
            m_shots.append({page, ui::Theme::HighContrast, {1280, 800}, u"%1-high-contrast.png"_s.arg(page)});
        addRest(ui::Theme::Light, u"light"_s);
        addRest(ui::Theme::Dark, u"dark"_s);
    }
    if (const QString key = certificateToShow(m_application.models().certificates); !key.isEmpty())
        pages.certificates->goTo(key);
    if (auto *check = m_application.window().findChild<QPushButton *>(u"certificateCheck"_s);
        check && check->isEnabled())
        check->click(); // the answer is there before the page's turn comes
    // A theme is applied to every widget, so it is changed once and not for each picture.
    std::stable_sort(m_shots.begin(), m_shots.end(), [](const Shot &left, const Shot &right) {
        return std::tuple(left.theme, left.percent, -left.size.width())
            < std::tuple(right.theme, right.percent, -right.size.width());
    });
}

void Screenshots::addPage(const QString &page, ui::Theme theme, const QString &name)
{
    for (const PictureSize &each : m_sizes) {
        const QString zoom = each.percent == 100 ? QString() : u"@%1"_s.arg(each.percent);
        m_shots.append(
            {page,
             theme,
             each.size,
             u"%1-%2-%3x%4%5.png"_s.arg(page, name).arg(each.size.width()).arg(each.size.height()).arg(zoom),
             {},
             {},
             each.percent});
    }
    if (!m_sizes.isEmpty())
        return;
    m_shots.append({page, theme, {1280, 800}, u"%1-%2.png"_s.arg(page, name)});
    m_shots.append({page, theme, {1024, 640}, u"%1-%2-1024.png"_s.arg(page, name)});
}

// What is below and inside of pages.
void Screenshots::addParts(ui::Theme theme, const QString &name)
{
    for (const QString &dock : m_application.window().docks().ids())
        m_shots.append({u"overview"_s, theme, {1280, 800}, u"dock-%1-%2.png"_s.arg(dock, name), dock});
    for (const QString &tab : {u"hosts"_s, u"listeners"_s, u"tcpmappings"_s, u"tree"_s})
        m_shots.append({u"routing"_s, theme, {1280, 800}, u"routing-%1-%2.png"_s.arg(tab, name), {}, tab});
}

// What is not on a page: they are pictured last, as they take the window's place or stand before it.
void Screenshots::addRest(ui::Theme theme, const QString &name)
{
    const auto add = [&](const QString &what, const QString &opens) {
        Shot shot{u"overview"_s, theme, {1280, 800}, u"%1-%2.png"_s.arg(what, name)};
        shot.opens = opens;
        m_shots.append(shot);
    };
    add(u"dialog-palette"_s, u"paletteAction"_s);
    add(u"dialog-shortcuts"_s, u"shortcutsAction"_s);
    add(u"dialog-performance"_s, u"performanceAction"_s);
    add(u"welcome"_s, u"welcome"_s);
}

void Screenshots::takeStates()
{
    const QString folder = QDir(m_folder).filePath(u"states"_s);
    const int taken = takeStatePictures(m_application.window(), folder);
    if (taken < 0)
        m_problems.append(u"%1 cannot be written"_s.arg(folder));
    m_taken += qMax(0, taken);
}

void Screenshots::next()
{
    if (m_taken == m_shots.size()) {
        if (m_application.window().theme() != ui::Theme::Light && m_withStates) { // and let it come to rest
            m_application.window().setTheme(ui::Theme::Light);
            return QTimer::singleShot(SettlePause, this, &Screenshots::next);
        }
        if (m_withStates)
            takeStates();
        m_areAllTaken = true;
        return finish();
    }
    const Shot shot = m_shots[m_taken++];
    ui::MainWindow &window = m_application.window();
    if (window.theme() != shot.theme)
        window.setTheme(shot.theme);
    ui::changeZoom(shot.percent / 100.0);
    window.resize(shot.size);
    window.showPage(shot.page);
    window.docks().open(shot.dock);
    if (shot.page == "routing"_L1)
        window.pages().routing->showTab(shot.tab.isEmpty() ? u"mappings"_s : shot.tab);
    if (shot.opens == "welcome"_L1)
        window.showWelcome();
    else if (auto *action = window.findChild<QAction *>(shot.opens); action && !shot.opens.isEmpty())
        action->trigger();
    QTimer::singleShot(SettlePause, this, [this, shot] { take(shot, {}, 0); });
}

// Once two looks have shown the same: a layout may ask for another one.
void Screenshots::take(const Shot &shot, const QImage &before, int looks)
{
    constexpr int MostLooks = 20;
    ui::MainWindow &window = m_application.window();
    QDialog *dialog = nullptr; // the one that is open
    for (auto *each : window.findChildren<QDialog *>())
        dialog = each->isVisible() ? each : dialog;
    const QImage picture = (dialog ? dialog->grab() : pictureOf(window)).toImage();
    if (picture != before && looks < MostLooks) {
        QTimer::singleShot(SettlePause, this,
                           [this, shot, picture, looks] { take(shot, picture, looks + 1); });
        return;
    }
    keep(picture, QDir(m_folder).filePath(shot.file));
    if (dialog)
        dialog->close();
    next();
}

void Screenshots::keep(const QImage &picture, const QString &file)
{
    ++m_unwritten;
    m_writing.run(
        this, [picture, file](std::stop_token) { return picture.save(file, "PNG"); },
        [this, file](bool written) {
            if (!written)
                m_problems.append(u"%1 cannot be written"_s.arg(file));
            if (--m_unwritten == 0 && m_areAllTaken)
                finish();
        });
}

void Screenshots::finish()
{
    if (m_unwritten > 0)
        return; // it comes again with the last one
    const QString line = u"%1 pictures in %2"_s.arg(QString::number(m_taken), m_folder);
    Q_EMIT finished(m_problems.isEmpty(), QStringList(m_problems + QStringList{line}).join(u'\n'));
}

} // namespace app::gui
