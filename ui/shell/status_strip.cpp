// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/status_strip.h"

#include "ui/text_label.h"
#include "ui/time_text.h"

#include <QHBoxLayout>
#include <QLocale>
#include <QPainter>
#include <QTimer>

using namespace Qt::StringLiterals;

namespace ui {

using models::ConnectionState;
using models::Severity;

class StatusStrip::Dot : public QWidget
{
public:
    explicit Dot(QWidget *parent)
        : QWidget(parent)
    {
        setFixedSize(scaled(11), scaled(11));
    }
    Severity severity = Severity::Unknown;

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        drawSeverity(painter, rect(), severity, QColor::fromRgb(toneOf(palette(), severity).ink));
    }
};

StatusStrip::StatusStrip(QWidget *parent)
    : Surface(Fill::Base, Qt::TopEdge, parent)
    , m_dot(new Dot(this))
    , m_left(new TextLabel(Type::Dim, {}, this))
    , m_right(new TextLabel(Type::Dim, {}, this))
    , m_timer(new QTimer(this))
{
    setFixedHeight(scaled(Measure::StatusBar));
    setObjectName(u"statusStrip"_s);
    setAccessibleName(tr("Status"));
    m_left->setObjectName(u"statusText"_s);
    m_left->setElided(Qt::ElideRight);
    m_left->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_right->setElided(Qt::ElideMiddle);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(scaled(14), 0, scaled(14), 0);
    row->addWidget(m_dot);
    row->addWidget(m_left, 1);
    row->addWidget(m_right);
    m_timer->setInterval(1000);
    connect(m_timer, &QTimer::timeout, this, &StatusStrip::refresh);
    refresh();
}

void StatusStrip::setConnection(const ConnectionState &state)
{
    m_state = state;
    refresh();
}

QString StatusStrip::text() const { return m_left->text(); }

void StatusStrip::showEvent(QShowEvent *event)
{
    Surface::showEvent(event);
    m_timer->start();
}

void StatusStrip::hideEvent(QHideEvent *event)
{
    Surface::hideEvent(event);
    m_timer->stop();
}

void StatusStrip::resizeEvent(QResizeEvent *event)
{
    Surface::resizeEvent(event);
    refresh();
}

void StatusStrip::refresh()
{
    using Phase = ConnectionState::Phase;
    const QLocale locale;
    const QDateTime now = QDateTime::currentDateTimeUtc();
    QStringList parts;
    switch (m_state.phase) {
    case Phase::NotConnected: parts.append(tr("Not connected")); break;
    case Phase::Connecting: parts.append(tr("Connecting to %1").arg(m_state.context)); break;
    case Phase::Live:
        parts.append(m_state.roundTripMs < 0 ? tr("Connected")
                                             : tr("Connected, %1 ms").arg(m_state.roundTripMs));
        break;
    case Phase::Stale: parts.append(tr("Connection lost")); break;
    case Phase::Failed: parts.append(tr("No connection to %1").arg(m_state.context)); break;
    }
    if (m_state.retryAt.isValid() && m_state.retryAt > now && m_state.phase != Phase::Live)
        parts.append(tr("retry in %1 s").arg(now.secsTo(m_state.retryAt) + 1));
    if (m_state.mappings > 0 || m_state.hosts > 0)
        parts.append(m_state.hosts > 0
                         ? tr("%1 Mappings, %2 Hosts")
                               .arg(locale.toString(m_state.mappings), locale.toString(m_state.hosts))
                         : tr("%1 Mappings").arg(locale.toString(m_state.mappings)));
    if (m_state.lastEvent.isValid())
        parts.append(tr("last event %1").arg(agoText(m_state.lastEvent, now)));
    m_left->setText(parts.join(u"   |   "_s));
    const QString mode = m_state.mode == ConnectionState::Mode::Normal ? tr("Normal writes")
        : m_state.mode == ConnectionState::Mode::ReadOnly              ? tr("Read-only")
                                                                       : tr("Confirm writes");
    QStringList right;
    if (!m_state.edge.isEmpty() && width() >= scaled(1000))
        right.append(m_state.edge);
    if (m_state.phase != Phase::NotConnected)
        right.append(mode);
    m_right->setText(right.join(u"   |   "_s));
    m_dot->severity = m_state.phase == Phase::Live ? Severity::Good
        : m_state.phase == Phase::Stale            ? Severity::Warning
        : m_state.phase == Phase::Failed           ? Severity::Error
                                                   : Severity::Unknown;
    m_dot->update();
}

} // namespace ui
