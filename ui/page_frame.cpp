// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page_frame.h"

#include "ui/detail_pane.h"
#include "ui/rights_dialog.h"
#include "ui/text_label.h"
#include "ui/time_text.h"

#include <QAbstractItemView>
#include <QClipboard>
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
    , m_facts(new TextLabel(Type::Dim, {}, this))
    , m_words(new QBoxLayout(QBoxLayout::TopToBottom))
    , m_headerWidgets(new QHBoxLayout)
    , m_below(new QVBoxLayout)
    , m_banner(new Banner(this))
    , m_stale(new Banner(this))
    , m_stack(new QStackedWidget(this))
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
    m_words->addWidget(new TextLabel(Type::Title, title, this));
    m_words->addWidget(m_facts, 1);
    auto *header = new QHBoxLayout;
    header->setContentsMargins(scaled(Measure::PageMargin), scaled(15), scaled(Measure::PageMargin), 0);
    header->addLayout(m_words, 1);
    header->addLayout(m_headerWidgets);
    m_below->setContentsMargins(scaled(Measure::PageMargin), 0, scaled(Measure::PageMargin), 0);
    m_below->setSpacing(scaled(Measure::Gap));
    m_below->addWidget(m_stale);
    m_below->addWidget(m_banner);
    m_stack->addWidget(m_panel);
    auto *column = new QVBoxLayout(this);
    column->setContentsMargins(0, 0, 0, 0);
    column->setSpacing(scaled(Measure::Gap));
    column->addLayout(header);
    column->addLayout(m_below);
    column->addWidget(m_stack, 1);
    connect(m_panel, &StatePanel::primaryPressed, this,
            [this] { Q_EMIT isUnchosen() ? contextRequested() : retryRequested(); });
    connect(m_stale, &Banner::actionPressed, this, &PageFrame::bannerPressed);
    connect(m_panel, &StatePanel::secondaryPressed, this, &PageFrame::secondaryPressed);
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
}

void PageFrame::hideEvent(QHideEvent *event)
{
    QWidget::hideEvent(event);
    m_clock->stop();
}

bool PageFrame::isUnderWay() const
{
    return m_problem.kind == PageProblem::Kind::None && !hasContent()
        && (m_connection.phase == ConnectionState::Phase::Connecting
            || m_connection.phase == ConnectionState::Phase::Live);
}

// The kubeconfig led to no server: another file may.
bool PageFrame::isOfTheFile() const
{
    const bool isUnread =
        m_connection.phase == ConnectionState::Phase::NotConnected && !m_connection.message.isEmpty();
    return isUnread
        || (m_connection.phase == ConnectionState::Phase::Failed && m_connection.server.isEmpty());
}

// Nobody has named a cluster: there is nothing to be tried again.
bool PageFrame::isUnchosen() const
{
    return m_problem.kind == PageProblem::Kind::None
        && m_connection.phase == ConnectionState::Phase::NotConnected && !isOfTheFile();
}

void PageFrame::secondaryPressed()
{
    if (isUnderWay())
        Q_EMIT cancelRequested();
    else if (m_problem.kind == PageProblem::Kind::None && isOfTheFile())
        Q_EMIT fileRequested();
    else
        QGuiApplication::clipboard()->setText(m_panel->shown().details);
}

std::optional<PanelText> PageFrame::problemText() const
{
    using Severity = models::Severity;
    switch (m_problem.kind) {
    case PageProblem::Kind::Forbidden:
        return PanelText{.title = tr("Not allowed to read this"),
                         .text = m_problem.message,
                         .severity = Severity::Warning,
                         .primary = tr("Retry"),
                         .secondary = m_problem.details.isEmpty() ? QString() : tr("Copy the ClusterRole"),
                         .details = m_problem.details};
    case PageProblem::Kind::Absent:
        return PanelText{.title = tr("This cluster does not know these kinds"),
                         .text = m_problem.message,
                         .severity = Severity::Unknown,
                         .primary = tr("Retry")};
    case PageProblem::Kind::Failed:
        return PanelText{.title = tr("It could not be read"),
                         .text = m_problem.message,
                         .severity = Severity::Error,
                         .primary = tr("Retry"),
                         .secondary = m_problem.details.isEmpty() ? QString() : tr("Copy details"),
                         .details = m_problem.details};
    case PageProblem::Kind::None: break;
    }
    return {};
}

PanelText PageFrame::connectingText() const
{
    constexpr qint64 Long = 5; // seconds, after which one wants to know why
    const qint64 seconds =
        m_connection.since.isValid() ? m_connection.since.secsTo(QDateTime::currentDateTimeUtc()) : 0;
    QStringList lines{m_connection.server};
    if (seconds > 0)
        lines.append(tr("for %1 s").arg(seconds));
    if (seconds >= Long)
        lines.append(tr("This takes long. Cancel, and let the connection doctor on the welcome page go "
                        "through it step by step."));
    return {.title = tr("Connecting to %1 …").arg(m_connection.context),
            .text = lines.join(u'\n'),
            .secondary = tr("Cancel")};
}

PanelText PageFrame::loadingText() const
{
    const QLocale locale;
    QString progress = tr("Rows appear as the server sends them.");
    if (m_connection.listed > 0)
        progress = m_connection.remaining >= 0
            ? tr("%1 of about %2 Mappings")
                  .arg(locale.toString(m_connection.listed),
                       locale.toString(m_connection.listed + m_connection.remaining))
            : tr("%1 Mappings so far").arg(locale.toString(m_connection.listed));
    return {
        .title = tr("Reading %1 …").arg(m_connection.context), .text = progress, .secondary = tr("Cancel")};
}

std::optional<PanelText> PageFrame::panelText() const
{
    if (const auto problem = problemText())
        return problem;
    if (hasContent())
        return {};
    switch (m_connection.phase) {
    case ConnectionState::Phase::NotConnected:
        if (isOfTheFile())
            return PanelText{.title = tr("Not connected"),
                             .text = m_connection.message,
                             .severity = models::Severity::Warning,
                             .primary = tr("Retry"),
                             .secondary = tr("Open a file…")};
        return PanelText{.title = tr("Not connected"),
                         .text = tr("Choose a context. Nothing is contacted before that."),
                         .primary = tr("Choose a context…")};
    case ConnectionState::Phase::Connecting: return connectingText();
    case ConnectionState::Phase::Failed:
        return PanelText{.title = m_connection.context.isEmpty()
                             ? tr("No connection")
                             : tr("No connection to %1").arg(m_connection.context),
                         .text = m_connection.message,
                         .severity = models::Severity::Error,
                         .primary = tr("Retry"),
                         .secondary = isOfTheFile() ? tr("Open a file…") : QString()};
    case ConnectionState::Phase::Live:
    case ConnectionState::Phase::Stale: break;
    }
    return loadingText();
}

void PageFrame::updateState()
{
    if (m_stack->count() < 2)
        return;
    const std::optional<PanelText> text = panelText();
    if (text && (*text != m_panel->shown() || !state()))
        m_panel->show(*text);
    const bool isNew = !text && state();
    m_stack->setCurrentIndex(text ? 0 : 1);
    showFacts();
    updateBanner();
    if (isNew)
        Q_EMIT contentShown();
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

// What is wrong with the whole, once a page: the worst of it.
void PageFrame::updateBanner()
{
    using Severity = models::Severity;
    const bool isTold = state() != nullptr;
    const bool isFailed = m_connection.phase == ConnectionState::Phase::Failed;
    if ((isFailed || m_connection.phase == ConnectionState::Phase::Stale) && !isTold) {
        const QString what = !m_connection.lastEvent.isValid() ? tr("There was no connection yet. %1")
            : isFailed                                         ? tr("No connection, last update %2. %1")
                                                               : tr("Last update %2. %1");
        const QString text = what.arg(m_connection.message);
        m_stale->show(isFailed ? Severity::Error : Severity::Warning,
                      m_connection.lastEvent.isValid()
                          ? text.arg(agoText(m_connection.lastEvent, QDateTime::currentDateTimeUtc()))
                          : text,
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
