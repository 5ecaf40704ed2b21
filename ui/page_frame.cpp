// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page_frame.h"

#include "ui/detail_pane.h"
#include "ui/rights_dialog.h"
#include "ui/text_label.h"
#include "ui/time_text.h"
#include "ui/whole_window.h"

#include <QAbstractItemView>
#include <QClipboard>
#include <QEvent>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QLocale>
#include <QPushButton>
#include <QStackedWidget>
#include <QTimer>
#include <QVBoxLayout>

using namespace Qt::StringLiterals;

namespace ui {

using models::ConnectionState;

PageFrame::PageFrame(const QString &id, const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_id(id)
    , m_title(title)
    , m_heading(new TextLabel(Type::Title, title, this))
    , m_facts(new TextLabel(Type::Dim, {}, this))
    , m_words(new QBoxLayout(QBoxLayout::TopToBottom))
    , m_headerWidgets(new QHBoxLayout)
    , m_below(new QVBoxLayout)
    , m_ownBanners(new QWidget(this))
    , m_banner(new Banner(m_ownBanners))
    , m_stale(new Banner(m_ownBanners))
    , m_stack(new QStackedWidget(this))
    , m_scrolled(new QWidget(this))
    , m_panel(new StatePanel(this))
    , m_clock(new QTimer(this))
{
    setObjectName(id + QStringLiteral("Page"));
    setAccessibleName(title);
    m_facts->setObjectName(id + QStringLiteral("Facts"));
    m_facts->setElided();
    m_facts->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_panel->setObjectName(id + QStringLiteral("State"));
    m_stale->setObjectName(id + QStringLiteral("Stale"));
    m_words->setSpacing(scaled(3));
    m_words->addWidget(m_heading);
    m_words->addWidget(m_facts, 1);
    auto *header = new QHBoxLayout;
    header->setContentsMargins(scaled(Measure::PageMargin), scaled(15), scaled(Measure::PageMargin), 0);
    header->addLayout(m_words, 1);
    header->addLayout(m_headerWidgets);
    m_below->setContentsMargins(scaled(Measure::PageMargin), 0, scaled(Measure::PageMargin), 0);
    m_below->setSpacing(scaled(Measure::Gap));
    auto *banners = new QVBoxLayout(m_ownBanners);
    banners->setContentsMargins(0, 0, 0, 0);
    banners->setSpacing(scaled(Measure::Gap));
    banners->addWidget(m_stale);
    banners->addWidget(m_banner);
    m_below->addWidget(m_ownBanners);
    for (Banner *each : {m_stale, m_banner})
        connect(each, &Banner::shown, this, &PageFrame::arrangeBanners);
    m_ownBanners->hide();
    m_stack->addWidget(m_panel);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(scaled(Measure::Gap));
    column->addLayout(header);
    auto *body = new WholeWindow(this); // where there is no place for it, it is scrolled: the head never
    body->setObjectName(u"pageBody"_s);
    body->setLeast({scaled(240), scaled(100)});
    auto *filling = new QWidget(m_scrolled);
    m_scrolled->installEventFilter(
        this); // no layout of its own: it would be as high as all words in it ask for
    auto *scrolled = new QVBoxLayout(filling);
    scrolled->setContentsMargins(0, 0, 0, 0);
    scrolled->setSpacing(scaled(Measure::Gap));
    scrolled->addLayout(m_below);
    scrolled->addWidget(m_stack, 1);
    body->setContent(m_scrolled);
    column->addWidget(body, 1);
    fitBody();
    connect(m_panel, &StatePanel::primaryPressed, this, [this] { fulfil(m_primary); });
    connect(m_panel, &StatePanel::linkPressed, this, &PageFrame::namespacesRequested);
    connect(m_stale, &Banner::actionPressed, this, &PageFrame::bannerPressed);
    connect(m_panel, &StatePanel::secondaryPressed, this, [this] { fulfil(m_secondary); });
    m_clock->setInterval(1000);
    connect(m_clock, &QTimer::timeout, this, [this] {
        updateState();
        refreshAges();
    });
}

void PageFrame::setFacts(const QString &line)
{
    m_factLine = line;
    showFacts();
}

// "0 Mappings" would be a lie where nobody has counted them.
void PageFrame::showFacts()
{
    m_facts->setText(state() ? tr("Not known: %1").arg(whyUnknown()) : m_factLine);
}

QString PageFrame::whyUnknown() const
{
    switch (m_problem.kind) {
    case PageProblem::Kind::Forbidden: return tr("this account may not read it");
    case PageProblem::Kind::Absent: return tr("it is not installed here");
    case PageProblem::Kind::Failed: return tr("it could not be read");
    case PageProblem::Kind::None: break;
    }
    switch (m_connection.phase) {
    case ConnectionState::Phase::NotConnected: return tr("no cluster is connected");
    case ConnectionState::Phase::Failed: return tr("there is no connection");
    case ConnectionState::Phase::Connecting: return tr("still connecting");
    case ConnectionState::Phase::Live:
    case ConnectionState::Phase::Stale: break;
    }
    return tr("not read yet");
}

void PageFrame::forget()
{
    m_told.clear();
    m_banner->clear();
    setProblem({});
}

void PageFrame::setTold(const QStringList &plurals)
{
    m_told = plurals;
    updateState();
}

QString PageFrame::facts() const { return m_facts->text(); }

void PageFrame::setContent(QWidget *content)
{
    m_stack->addWidget(content);
    updateState();
}

void PageFrame::addHeaderWidget(QWidget *widget) { m_headerWidgets->addWidget(widget, 0, Qt::AlignVCenter); }

void PageFrame::takeReport(Banner *report)
{
    m_report = report;
    m_below->insertWidget(0, report);
    report->setVisible(!report->text().isEmpty()); // which another parent has ended
    connect(report, &Banner::shown, this, &PageFrame::arrangeBanners, Qt::UniqueConnection);
    arrangeBanners();
}

// Empty, they would take the place of a gap.
void PageFrame::arrangeBanners()
{
    const bool isAnswered = m_report && isAncestorOf(m_report) && !m_report->text().isEmpty();
    m_ownBanners->setVisible(!isAnswered && !(m_stale->text().isEmpty() && m_banner->text().isEmpty()));
    fitBody();
}

void PageFrame::addBelowHeader(QWidget *widget) { m_below->addWidget(widget); }

void PageFrame::setConnection(const ConnectionState &state)
{
    m_connection = state;
    updateState();
}

void PageFrame::setProblem(const PageProblem &problem)
{
    m_problem = problem;
    updateState();
}

const StatePanel *PageFrame::state() const { return m_stack->currentWidget() == m_panel ? m_panel : nullptr; }

bool PageFrame::isReachable(const QWidget *pane)
{
    const bool isEmpty = qobject_cast<const DetailPane *>(pane) && pane->focusPolicy() == Qt::NoFocus;
    return pane && pane->isVisible() && pane->isEnabled() && !isEmpty;
}

bool PageFrame::focusContent()
{
    if (state()) {
        auto *retry = m_panel->findChild<QPushButton *>(u"statePrimary"_s);
        if (retry->isHidden())
            return false;
        retry->setFocus(Qt::OtherFocusReason);
        return true;
    }
    QWidget *first = nullptr;
    QWidget *list = nullptr;
    for (QWidget *pane : panes()) {
        if (!pane || !pane->isVisibleTo(this) || !pane->isEnabled())
            continue;
        first = first ? first : pane;
        list = list ? list : qobject_cast<QAbstractItemView *>(pane);
    }
    QWidget *wanted = list ? list : first;
    if (wanted)
        wanted->setFocus(Qt::OtherFocusReason);
    return wanted;
}

void PageFrame::showDetails()
{
    if (auto *split = findChild<DetailSplit *>())
        split->setDetailShown(true);
}

void PageFrame::toggleDetails()
{
    if (auto *split = findChild<DetailSplit *>())
        split->setDetailShown(!split->isDetailShown());
}

QStringList PageFrame::detailState() const
{
    const auto *split = findChild<DetailSplit *>();
    return split ? split->splitState() : QStringList();
}

void PageFrame::restoreDetailState(const QStringList &state)
{
    if (auto *split = findChild<DetailSplit *>())
        split->restoreSplitState(state);
}

void PageFrame::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    m_clock->start();
    updateState();
    refreshAges();
}

// In a low window the facts stand beside the title: each line counts.
void PageFrame::resizeEvent(QResizeEvent *event)
{
    constexpr int LowBelow = 640;
    QWidget::resizeEvent(event);
    const bool low = height() < scaled(LowBelow);
    m_words->setDirection(low ? QBoxLayout::LeftToRight : QBoxLayout::TopToBottom);
    m_words->setSpacing(scaled(low ? Measure::WideGap : 3));
    fitBody();
}

bool PageFrame::eventFilter(QObject *watched, QEvent *event)
{
    if (watched == m_scrolled && event->type() == QEvent::Resize)
        m_scrolled->findChild<QWidget *>(QString(), Qt::FindDirectChildrenOnly)->resize(m_scrolled->size());
    return QWidget::eventFilter(watched, event);
}

int PageFrame::bodyWidth() const { return qMax(width(), m_scrolled->minimumWidth()); }

// What is less is scrolled, but never sideways above 440 px at 100 %: columns give way, and rows of cards become columns.  A window that is low because its type is large gives its pages more than it has; one that a dock
// leaves little of squeezes its tables first.
void PageFrame::fitBody()
{
    constexpr int Narrow = 440, LowWindow = 480, Whole = 396, Squeezed = 280;
    const bool isLow = window()->height() < scaled(LowWindow);
    const int least = leastHeight() > 0 ? scaled(leastHeight()) + m_below->sizeHint().height()
                                        : scaled(isLow ? Whole : Squeezed);
    m_scrolled->setMinimumSize(scaled(Narrow), least);
}

void PageFrame::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_clock->stop();
}

void PageFrame::fulfil(PageWish wish)
{
    switch (wish) {
    case PageWish::Retry: return Q_EMIT retryRequested();
    case PageWish::Context: return Q_EMIT contextRequested();
    case PageWish::File: return Q_EMIT fileRequested();
    case PageWish::Cancel: return Q_EMIT cancelRequested();
    case PageWish::Guide: return Q_EMIT pageRequested(u"guide"_s, QString());
    case PageWish::Doctor: return Q_EMIT doctorRequested(m_connection.context);
    case PageWish::Copy: QGuiApplication::clipboard()->setText(m_panel->shown().details); break;
    }
}

void PageFrame::updateState()
{
    if (m_stack->count() < 2)
        return;
    const auto wanted = pageState(m_connection, m_problem, {m_kinds, hasContent(), m_id == "guide"_L1},
                                  QDateTime::currentDateTimeUtc());
    if (wanted) {
        m_primary = wanted->primary;
        m_secondary = wanted->secondary;
        if (wanted->text != m_panel->shown() || !state())
            m_panel->show(wanted->text);
    }
    const bool isNew = !wanted && state();
    m_stack->setCurrentIndex(wanted ? 0 : 1);
    showFacts();
    updateBanner();
    if (isNew)
        Q_EMIT contentShown();
    fitBody(); // banners have come or gone
}

void PageFrame::bannerPressed()
{
    using Phase = ConnectionState::Phase;
    if (m_connection.phase == Phase::Failed || m_connection.phase == Phase::Stale)
        return Q_EMIT retryRequested();
    auto *dialog = new RightsDialog(m_connection.partial, m_connection.clusterRole, window());
    dialog->open();
}

// One line: the first kinds of each reason.  The dialog behind it has them all.
QString PageFrame::partialText() const
{
    constexpr qsizetype Most = 2;
    QStringList reasons;
    QHash<QString, QStringList> kindsOf;
    for (const QString &entry : m_connection.partial) { // "secrets: forbidden"
        const QString kind = entry.section(u": "_s, 0, 0);
        const QString reason = entry.section(u": "_s, 1).section(u',', 0, 0);
        if (m_told.contains(kind))
            continue;
        if (!reasons.contains(reason))
            reasons.append(reason);
        kindsOf[reason].append(kind);
    }
    QStringList groups;
    for (const QString &reason : std::as_const(reasons)) {
        const QStringList &kinds = kindsOf[reason];
        groups.append(kinds.size() <= Most
                          ? tr("%1 %2").arg(kinds.join(tr(" and ")), reason)
                          : tr("%1 and %2 more %3").arg(kinds.first()).arg(kinds.size() - 1).arg(reason));
    }
    return groups.isEmpty() ? QString() : tr("Read in part: %1.").arg(groups.join(u", "_s));
}

namespace {

// Another one follows it.
QString sentence(const QString &message)
{
    return message.isEmpty() || message.endsWith(u'.') ? message : message + u'.';
}

} // namespace

// What is wrong with the whole, once a page: the worst of it.
void PageFrame::updateBanner()
{
    using Severity = models::Severity;
    const bool isTold = state() != nullptr;
    const bool isFailed = m_connection.phase == ConnectionState::Phase::Failed;
    const bool isOld = (isFailed || m_connection.phase == ConnectionState::Phase::Stale) && !isTold;
    const QDateTime now = QDateTime::currentDateTimeUtc();
    for (TextLabel *label : {m_heading, m_facts}) // what is below is no longer what is there
        label->setEnabled(!isOld);
    if (isOld) {
        const QString what = !m_connection.lastEvent.isValid() ? tr("There was no connection yet. %1")
            : isFailed                                         ? tr("No connection, last update %2. %1")
                                                               : tr("Last update %2. %1");
        const QString text = what.arg(sentence(m_connection.message));
        m_stale->show(
            isFailed ? Severity::Error : Severity::Warning,
            QStringList(
                {m_connection.lastEvent.isValid() ? text.arg(agoText(m_connection.lastEvent, now)) : text,
                 retryText(m_connection, now)})
                .join(u' ')
                .trimmed(),
            tr("Retry now"));
        m_stale->setToolTip({});
    } else if (!m_connection.waiting.isEmpty()) {
        m_stale->show(Severity::Warning, tr("The API server asks to wait: %1").arg(m_connection.waiting));
        m_stale->setToolTip({});
    } else if (const QString partial = isTold ? QString() : partialText(); !partial.isEmpty()) {
        m_stale->show(Severity::Unknown, partial,
                      m_connection.clusterRole.isEmpty() ? QString() : tr("Show the ClusterRole…"));
        m_stale->setToolTip(m_connection.partial.join(u'\n'));
    } else if (!m_stale->text().isEmpty()) {
        m_stale->clear();
    }
}

} // namespace ui
