// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shell/status_strip.h"

#include "ui/count_text.h"
#include "ui/page_state.h"
#include "ui/shell/paused_note.h"
#include "ui/text_label.h"
#include "ui/time_text.h"

#include <QAbstractButton>
#include <QHBoxLayout>
#include <QKeyEvent>
#include <QLocale>
#include <QPainter>
#include <QTimer>

#include <algorithm>

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

class StatusStrip::Rule : public QWidget
{
public:
    explicit Rule(QWidget *parent)
        : QWidget(parent)
    {
        setFixedSize(1, scaled(14));
    }

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter(this).fillRect(rect(), QColor::fromRgb(tokensOf(palette()).line));
    }
};

struct StatusStrip::Part
{
    QString text;
    int rank;       // the highest goes first; 0 never
    QString widest; // that it will be soon: a part must not come and go with each second
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
    , m_text(new TextLabel(Type::Dim, {}, this))
    , m_paused(new PausedNote(this))
    , m_rule(new Rule(this))
    , m_timer(new QTimer(this))
    , m_docks(new QHBoxLayout)
{
    setFixedHeight(scaled(Measure::StatusBar));
    setObjectName(u"statusStrip"_s);
    setAccessibleName(tr("Status"));
    m_text->setObjectName(u"statusText"_s);
    m_text->setElided();
    m_text->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(scaled(14), 0, scaled(14), 0);
    row->addWidget(m_paused);
    connect(m_paused, &PausedNote::resumePressed, this, &StatusStrip::resumePressed);
    row->addWidget(m_dot);
    row->addWidget(m_text, 1);
    row->addWidget(m_rule);
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

void StatusStrip::setPaused(const QDateTime &since)
{
    m_paused->setSince(since);
    refresh();
}

QString StatusStrip::text() const { return m_text->text(); }

void StatusStrip::setDock(const QString &id, const QString &name, int count, std::optional<Severity> worst)
{
    for (DockButton *button : std::as_const(m_dockButtons)) {
        if (button->id == id) {
            button->set(name, count, worst);
            return refresh();
        }
    }
    auto *button = new DockButton(id, this);
    button->set(name, count, worst);
    m_dockButtons.append(button);
    m_docks->addWidget(button);
    connect(button, &QAbstractButton::clicked, this, [this, id] { Q_EMIT dockPressed(id); });
    refresh();
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

QList<StatusStrip::Part> StatusStrip::parts() const
{
    using Phase = ConnectionState::Phase;
    enum Rank { Always, Mode, Counts, RoundTrip, Age, Edge };
    const QDateTime now = QDateTime::currentDateTimeUtc();
    QList<Part> parts;
    switch (m_state.phase) {
    case Phase::NotConnected: parts.append({tr("Not connected"), Always, {}}); break;
    case Phase::Connecting: parts.append({tr("Connecting to %1").arg(m_state.context), Always, {}}); break;
    case Phase::Live: parts.append({tr("Connected"), Always, {}}); break;
    case Phase::Stale: parts.append({tr("Connection lost"), Always, {}}); break;
    case Phase::Failed:
        parts.append(
            {m_state.context.isEmpty() ? tr("No connection") : tr("No connection to %1").arg(m_state.context),
             Always,
             {}});
        break;
    }
    if (m_state.phase == Phase::Live && m_state.roundTripMs >= 0)
        parts.append({m_state.roundTripMs > 0 ? tr("%1 ms").arg(m_state.roundTripMs) : tr("< 1 ms"), RoundTrip, {}});
    if (m_state.retryAt.isValid() && m_state.retryAt > now && m_state.phase != Phase::Live)
        parts.append({tr("retry in %1 s").arg(now.secsTo(m_state.retryAt) + 1), Always, tr("retry in 30 s")});
    if (m_state.mappings > 0 || m_state.hosts > 0 || m_state.listed > 0) {
        const QString mappings = m_state.listed > 0 // while they are read
            ? progressText(m_state)
            : countText(m_state.mappings, tr("Mapping"), tr("Mappings"));
        const QString hosts = countText(m_state.hosts, tr("Host"), tr("Hosts"));
        parts.append({m_state.hosts > 0 ? tr("%1, %2").arg(mappings, hosts) : mappings, Counts, {}});
    }
    if (m_state.phase != Phase::NotConnected && !m_state.context.isEmpty())
        parts.append({m_state.mode == ConnectionState::Mode::Normal         ? tr("Normal writes")
                          : m_state.mode == ConnectionState::Mode::ReadOnly ? tr("Read-only")
                                                                            : tr("Confirm writes"),
                      Mode,
                      {}});
    if (m_state.lastEvent.isValid())
        parts.append({tr("last event %1").arg(agoText(m_state.lastEvent, now)), Age,
                      tr("last event %1").arg(agoText(now.addSecs(-59 * 60), now))});
    if (!m_state.edge.isEmpty())
        parts.append({m_state.edge, Edge, {}});
    return parts;
}

int StatusStrip::room() const
{
    const QMargins margins = layout()->contentsMargins();
    int room = width() - margins.left() - margins.right() - m_dot->width() - m_rule->width()
        - 3 * layout()->spacing() - m_docks->contentsMargins().left();
    if (!m_paused->isHidden())
        room -= m_paused->sizeHint().width() + layout()->spacing();
    for (const DockButton *button : m_dockButtons)
        room -= button->sizeHint().width();
    return room;
}

void StatusStrip::refresh()
{
    using Phase = ConnectionState::Phase;
    const QString between = u"   |   "_s;
    const QFontMetrics metrics = m_text->fontMetrics();
    const auto widthOf = [&](const QList<Part> &parts) {
        QStringList texts;
        for (const Part &part : parts)
            texts.append(part.widest.size() > part.text.size() ? part.widest : part.text);
        return metrics.horizontalAdvance(texts.join(between)) + 2;
    };
    QList<Part> shown = parts();
    while (widthOf(shown) > room()) {
        const auto least = std::max_element(shown.begin(), shown.end(),
                                            [](const Part &a, const Part &b) { return a.rank < b.rank; });
        if (least->rank == 0)
            break;
        shown.erase(least);
    }
    QStringList texts;
    for (const Part &part : std::as_const(shown))
        texts.append(part.text);
    m_text->setText(texts.join(between));
    m_dot->severity = m_state.phase == Phase::Live ? Severity::Good
        : m_state.phase == Phase::Stale            ? Severity::Warning
        : m_state.phase == Phase::Failed           ? Severity::Error
                                                   : Severity::Unknown;
    m_dot->update();
}

} // namespace ui
