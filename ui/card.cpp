// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/card.h"

#include "ui/theme.h"

#include <QKeyEvent>
#include <QPainter>
#include <QPushButton>
#include <QShortcut>
#include <QVBoxLayout>

namespace ui {

namespace {

class Button : public QPushButton
{
public:
    using QPushButton::QPushButton;

protected:
    void keyPressEvent(QKeyEvent *event) override
    {
        if (!pressedByEnter(*this, *event))
            QPushButton::keyPressEvent(event);
    }
};

} // namespace

Card::Card(QWidget *parent)
    : QFrame(parent)
    , m_body(new QVBoxLayout(this))
{
    const int padding = scaled(Measure::CardPadding);
    m_body->setContentsMargins(padding + 2, padding - 2, padding + 2, padding - 2);
    m_body->setSpacing(scaled(Measure::Gap));
}

void Card::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(QColor::fromRgb(tokensOf(palette()).line));
    painter.setBrush(palette().color(QPalette::Base));
    painter.drawRoundedRect(QRectF(rect()).adjusted(0.5, 0.5, -0.5, -0.5), scaled(Measure::CardRadius),
                            scaled(Measure::CardRadius));
}

Surface::Surface(Fill fill, Qt::Edges lines, QWidget *parent)
    : QWidget(parent)
    , m_fill(fill)
    , m_lines(lines)
{
}

void Surface::paintEvent(QPaintEvent *)
{
    QPainter painter(this);
    const Tokens tokens = tokensOf(palette());
    painter.fillRect(rect(),
                     QColor::fromRgb(m_fill == Fill::Base       ? tokens.base
                                         : m_fill == Fill::Side ? tokens.side
                                                                : tokens.window));
    painter.setPen(QColor::fromRgb(tokens.line));
    const QRect box = rect().adjusted(0, 0, -1, -1);
    if (m_lines & Qt::TopEdge)
        painter.drawLine(box.topLeft(), box.topRight());
    if (m_lines & Qt::BottomEdge)
        painter.drawLine(box.bottomLeft(), box.bottomRight());
    if (m_lines & Qt::LeftEdge)
        painter.drawLine(box.topLeft(), box.bottomLeft());
    if (m_lines & Qt::RightEdge)
        painter.drawLine(box.topRight(), box.bottomRight());
}

bool pressedByEnter(QAbstractButton &button, const QKeyEvent &event)
{
    const bool isEnter = event.key() == Qt::Key_Return || event.key() == Qt::Key_Enter;
    if (!isEnter || (event.modifiers() & ~Qt::KeypadModifier))
        return false;
    if (!event.isAutoRepeat()) // a key that is held down does not press what a dialog puts in its way
        button.click();
    return true;
}

void pressByCtrlEnter(QPushButton &button, QWidget &dialog)
{
    for (const Qt::Key key : {Qt::Key_Return, Qt::Key_Enter}) {
        auto *keys = new QShortcut(QKeySequence(Qt::CTRL | key), &dialog);
        keys->setAutoRepeat(false);
        QObject::connect(keys, &QShortcut::activated, &button, &QAbstractButton::click);
    }
    button.setToolTip(QKeySequence(Qt::CTRL | Qt::Key_Return).toString(QKeySequence::NativeText));
}

QPushButton *makeButton(const QString &text, const QString &objectName, QWidget *parent)
{
    auto *button = new Button(text, parent);
    button->setObjectName(objectName);
    button->setAutoDefault(false);
    button->setSizePolicy(QSizePolicy::Maximum, QSizePolicy::Fixed);
    return button;
}

QPushButton *makePrimaryButton(const QString &text, const QString &objectName, QWidget *parent)
{
    QPushButton *button = makeButton(text, objectName, parent);
    button->setProperty("primary", true);
    return button;
}

} // namespace ui
