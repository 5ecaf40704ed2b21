// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/page_frame.h"

#include "ui/text_label.h"
#include "ui/time_text.h"

#include <QClipboard>
#include <QGuiApplication>
#include <QHBoxLayout>
#include <QStackedWidget>
#include <QVBoxLayout>

namespace ui {

using models::ConnectionState;

PageFrame::PageFrame(const QString &id, const QString &title, QWidget *parent)
    : QWidget(parent)
    , m_id(id)
    , m_title(title)
    , m_facts(new TextLabel(Type::Dim, {}, this))
    , m_headerWidgets(new QHBoxLayout)
    , m_below(new QVBoxLayout)
    , m_banner(new Banner(this))
    , m_stale(new Banner(this))
    , m_stack(new QStackedWidget(this))
    , m_panel(new StatePanel(this))
{
    setObjectName(id + QStringLiteral("Page"));
    setAccessibleName(title);
    m_facts->setObjectName(id + QStringLiteral("Facts"));
    m_facts->setElided(Qt::ElideRight);
    m_facts->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_panel->setObjectName(id + QStringLiteral("State"));
    m_stale->setObjectName(id + QStringLiteral("Stale"));
    auto *words = new QVBoxLayout;
    words->setSpacing(scaled(3));
    words->addWidget(new TextLabel(Type::Title, title, this));
    words->addWidget(m_facts);
    auto *header = new QHBoxLayout;
    header->setContentsMargins(scaled(Measure::PageMargin), scaled(15), scaled(Measure::PageMargin), 0);
    header->addLayout(words, 1);
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
    connect(m_panel, &StatePanel::primaryPressed, this, &PageFrame::retryRequested);
    connect(m_stale, &Banner::actionPressed, this, &PageFrame::retryRequested);
    connect(m_panel, &StatePanel::secondaryPressed, this,
            [this] { QGuiApplication::clipboard()->setText(m_panel->shown().details); });
}

void PageFrame::setFacts(const QString &line) { m_facts->setText(line); }

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

std::optional<PanelText> PageFrame::panelText() const
{
    using Severity = models::Severity;
    const QString context = m_connection.context;
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
    if (hasContent())
        return {};
    switch (m_connection.phase) {
    case ConnectionState::Phase::NotConnected:
        return PanelText{.title = tr("Not connected"),
                         .text = tr("Choose a context at the top. Nothing is contacted before that.")};
    case ConnectionState::Phase::Connecting:
        return PanelText{.title = tr("Connecting to %1 …").arg(context), .text = m_connection.server};
    case ConnectionState::Phase::Failed:
        return PanelText{.title = tr("No connection to %1").arg(context),
                         .text = m_connection.message,
                         .severity = Severity::Error,
                         .primary = tr("Retry")};
    case ConnectionState::Phase::Live:
    case ConnectionState::Phase::Stale: break;
    }
    return PanelText{.title = tr("Reading %1 …").arg(context),
                     .text = tr("Rows appear as the server sends them.")};
}

void PageFrame::updateState()
{
    if (m_stack->count() < 2)
        return;
    const std::optional<PanelText> text = panelText();
    if (text && (*text != m_panel->shown() || !state()))
        m_panel->show(*text);
    m_stack->setCurrentIndex(text ? 0 : 1);
    updateBanner();
}

void PageFrame::updateBanner()
{
    if (m_connection.phase != ConnectionState::Phase::Stale || state()) {
        if (!m_stale->text().isEmpty())
            m_stale->clear();
        return;
    }
    const QString age
        = agoText(m_connection.lastEvent.isValid() ? m_connection.lastEvent : m_connection.since,
                  QDateTime::currentDateTimeUtc());
    m_stale->show(models::Severity::Warning, tr("Last update %1. %2").arg(age, m_connection.message),
                  tr("Retry now"));
}

} // namespace ui
