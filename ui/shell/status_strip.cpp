// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/status_strip.h"

#include "ui/count_text.h"
#include "ui/text_label.h"
#include "ui/time_text.h"

#include <QAbstractButton>
#include <QHBoxLayout>
#include <QKeyEvent>
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

class StatusStrip::DockButton : public QAbstractButton
{
public:
    DockButton(const QString &dockId, QWidget *parent)
        : QAbstractButton(parent)
        , id(dockId)
    {
        setObjectName(dockId + u"Dock"_s);
        setCheckable(true);
        setFocusPolicy(Qt::StrongFocus);
        setAttribute(Qt::WA_Hover);
        setSizePolicy(QSizePolicy::Fixed, QSizePolicy::Expanding);
    }
    void set(const QString &name, int count, std::optional<Severity> worst)
    {
        const QString text = count > 0 ? u"%1  %2"_s.arg(name, QLocale().toString(count)) : name;
        m_worst = count > 0 ? worst : std::nullopt;
        setAccessibleName(m_worst ? StatusStrip::tr("%1, worst: %2").arg(text, severityName(*m_worst))
                                  : text);
        if (text == this->text())
            return update();
        setText(text);
        updateGeometry();
    }
    QSize sizeHint() const override
    {
        return {QFontMetrics(fontOf(Type::Body)).horizontalAdvance(text()) + scaled(20)
                    + (m_worst ? scaled(16) : 0),
                scaled(24)};
    }
    const QString id;

protected:
    void keyPressEvent(QKeyEvent *event) override
    {
        if (!pressedByEnter(*this, *event))
            QAbstractButton::keyPressEvent(event);
    }
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        const Tokens tokens = tokensOf(palette());
        if (isChecked() || underMouse())
            painter.fillRect(rect(), QColor::fromRgb(tokens.selection));
        QRect box = rect().adjusted(scaled(10), 0, -scaled(6), -1);
        if (m_worst) {
            const int side = scaled(10);
            drawSeverity(painter, QRect(box.left(), box.center().y() - side / 2 + 1, side, side), *m_worst,
                         QColor::fromRgb(toneOf(palette(), *m_worst).ink));
            box.setLeft(box.left() + scaled(16));
        }
        painter.setFont(fontOf(Type::Body));
        painter.setPen(QColor::fromRgb(isChecked() ? tokens.text : tokens.dim));
        painter.drawText(box, Qt::AlignVCenter | Qt::AlignLeft, text());
        if (hasFocus()) {
            painter.setPen(QPen(QColor::fromRgb(tokens.accent), 2));
            painter.drawRect(rect().adjusted(1, 1, -1, -1));
        }
    }

private:
    std::optional<Severity> m_worst;
};

StatusStrip::StatusStrip(QWidget *parent)
    : Surface(Fill::Base, Qt::TopEdge, parent)
    , m_dot(new Dot(this))
    , m_left(new TextLabel(Type::Dim, {}, this))
    , m_right(new TextLabel(Type::Dim, {}, this))
    , m_timer(new QTimer(this))
    , m_docks(new QHBoxLayout)
{
    setFixedHeight(scaled(Measure::StatusBar));
    setObjectName(u"statusStrip"_s);
    setAccessibleName(tr("Status"));
    m_left->setObjectName(u"statusText"_s);
    m_left->setElided();
    m_left->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    m_right->setElided();
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(scaled(14), 0, scaled(14), 0);
    row->addWidget(m_dot);
    row->addWidget(m_left, 1);
    row->addWidget(m_right);
    m_docks->setContentsMargins(scaled(6), 1, 0, 0);
    m_docks->setSpacing(0);
    row->addLayout(m_docks);
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

void StatusStrip::setDock(const QString &id, const QString &name, int count, std::optional<Severity> worst)
{
    for (DockButton *button : std::as_const(m_dockButtons)) {
        if (button->id == id)
            return button->set(name, count, worst);
    }
    auto *button = new DockButton(id, this);
    button->set(name, count, worst);
    m_dockButtons.append(button);
    m_docks->addWidget(button);
    connect(button, &QAbstractButton::clicked, this, [this, id] { Q_EMIT dockPressed(id); });
}

void StatusStrip::setOpenDock(const QString &id)
{
    for (DockButton *button : std::as_const(m_dockButtons))
        button->setChecked(button->id == id);
}

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
    case Phase::Failed:
        parts.append(m_state.context.isEmpty() ? tr("No connection")
                                               : tr("No connection to %1").arg(m_state.context));
        break;
    }
    if (m_state.retryAt.isValid() && m_state.retryAt > now && m_state.phase != Phase::Live)
        parts.append(tr("retry in %1 s").arg(now.secsTo(m_state.retryAt) + 1));
    if (m_state.mappings > 0 || m_state.hosts > 0) {
        const QString mappings = countText(m_state.mappings, tr("Mapping"), tr("Mappings"));
        const QString hosts = countText(m_state.hosts, tr("Host"), tr("Hosts"));
        parts.append(m_state.hosts > 0 ? tr("%1, %2").arg(mappings, hosts) : mappings);
    }
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
    const int words = m_left->fontMetrics().horizontalAdvance(m_left->text()) + 2;
    m_left->setMinimumWidth(qMin(words, width() / 2)); // the edge at the right is named at the top, too
    m_dot->severity = m_state.phase == Phase::Live ? Severity::Good
        : m_state.phase == Phase::Stale            ? Severity::Warning
        : m_state.phase == Phase::Failed           ? Severity::Error
                                                   : Severity::Unknown;
    m_dot->update();
}

} // namespace ui
