// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/state_panel.h"

#include "ui/card.h"
#include "ui/text_label.h"
#include "ui/text_link.h"
#include "ui/text_view.h"

#include <QHBoxLayout>
#include <QPainter>
#include <QPushButton>

namespace ui {

class StatePanel::Shape : public QWidget
{
public:
    using QWidget::QWidget;
    std::optional<models::Severity> severity;

protected:
    void paintEvent(QPaintEvent *) override
    {
        QPainter painter(this);
        if (severity)
            drawSeverity(painter, rect(), *severity, QColor::fromRgb(toneOf(palette(), *severity).ink));
    }
};

StatePanel::StatePanel(QWidget *parent)
    : QWidget(parent)
    , m_shape(new Shape(this))
    , m_title(new TextLabel(Type::Section, {}, this))
    , m_text(new TextLabel(Type::Dim, {}, this))
    , m_link(new TextLink(Qt::AlignLeading, this))
    , m_details(new TextView(tr("Details"), this))
    , m_primary(makePrimaryButton({}, QStringLiteral("statePrimary"), this))
    , m_secondary(makeButton({}, QStringLiteral("stateSecondary"), this))
{
    m_shape->setFixedSize(scaled(22), scaled(22));
    m_title->setObjectName(QStringLiteral("stateTitle"));
    m_text->setObjectName(QStringLiteral("stateText"));
    for (TextLabel *label : {m_title, m_text}) {
        label->setWordWrap(true);
        label->setMaximumWidth(scaled(560));
        label->setTextInteractionFlags(Qt::TextSelectableByMouse);
        label->setMinimumWidth(scaled(200));
    }
    m_link->setObjectName(QStringLiteral("stateLink"));
    m_link->setFocusPolicy(Qt::StrongFocus);
    connect(m_link, &QAbstractButton::clicked, this, &StatePanel::linkPressed);
    m_details->setMaximumWidth(scaled(560));
    m_details->setFitsContents(14);
    auto *buttons = new QHBoxLayout;
    buttons->addWidget(m_primary);
    buttons->addWidget(m_secondary);
    buttons->addStretch();
    auto *column = new QVBoxLayout;
    column->setSpacing(scaled(Measure::WideGap));
    column->addStretch(2);
    column->addWidget(m_shape);
    column->addWidget(m_title);
    column->addWidget(m_text);
    column->addWidget(m_link, 0, Qt::AlignLeading);
    column->addWidget(m_details);
    column->addLayout(buttons);
    column->addStretch(3);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(scaled(Measure::PageMargin), 0, scaled(Measure::PageMargin), 0);
    row->addStretch(1);
    row->addLayout(column, 4);
    row->addStretch(1);
    connect(m_primary, &QPushButton::clicked, this, &StatePanel::primaryPressed);
    connect(m_secondary, &QPushButton::clicked, this, &StatePanel::secondaryPressed);
}

void StatePanel::show(const PanelText &text)
{
    m_shown = text;
    m_shape->severity = text.severity;
    m_shape->setVisible(text.severity.has_value());
    m_shape->update();
    m_title->setText(text.title);
    m_text->setText(text.text);
    m_text->setVisible(!text.text.isEmpty());
    m_link->setText(text.link);
    m_link->setAccessibleName(text.link);
    m_link->setVisible(!text.link.isEmpty());
    if (m_details->toPlainText()
        != text.details.trimmed()) // what is selected, and how far it is scrolled, stays
        m_details->setPlainText(text.details.trimmed());
    m_details->setVisible(!text.details.isEmpty());
    m_primary->setText(text.primary);
    m_primary->setVisible(!text.primary.isEmpty());
    m_secondary->setText(text.secondary);
    m_secondary->setVisible(!text.secondary.isEmpty());
    setAccessibleName(text.title);
    setAccessibleDescription(text.text);
}

Banner::Banner(QWidget *parent)
    : QWidget(parent)
    , m_text(new TextLabel(Type::Body, {}, this))
    , m_action(makeButton({}, QStringLiteral("bannerAction"), this))
{
    setObjectName(QStringLiteral("banner"));
    m_text->setObjectName(QStringLiteral("bannerText"));
    m_text->setWordWrap(true);
    auto *row = new QHBoxLayout(this);
    row->setContentsMargins(scaled(34), scaled(6), scaled(Measure::WideGap), scaled(6));
    row->addWidget(m_text, 1);
    row->addWidget(m_action);
    connect(m_action, &QPushButton::clicked, this, &Banner::actionPressed);
    hide();
}

void Banner::show(models::Severity severity, const QString &text, const QString &action)
{
    m_severity = severity;
    m_text->setText(text);
    m_action->setText(action);
    m_action->setVisible(!action.isEmpty());
    setAccessibleName(tr("%1: %2").arg(severityName(severity), text));
    setVisible(!text.isEmpty());
    update();
    Q_EMIT shown(!text.isEmpty());
}

void Banner::clear() { show(models::Severity::Info, {}); }

QString Banner::text() const { return m_text->text(); }

void Banner::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    const Tone tone = toneOf(palette(), m_severity);
    painter.setPen(Qt::NoPen);
    painter.setBrush(QColor::fromRgb(tone.paper));
    painter.drawRoundedRect(rect(), scaled(Measure::FieldRadius), scaled(Measure::FieldRadius));
    drawSeverity(painter, QRect(scaled(12), (height() - scaled(11)) / 2, scaled(11), scaled(11)), m_severity,
                 QColor::fromRgb(tone.ink));
}

} // namespace ui
