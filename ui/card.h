// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A surface with a border of radius 8 and padding; and a plain one with chosen borders, for side bars and
// strips.
#include <QFrame>

QT_FORWARD_DECLARE_CLASS(QAbstractButton)
QT_FORWARD_DECLARE_CLASS(QKeyEvent)
QT_FORWARD_DECLARE_CLASS(QPushButton)
QT_FORWARD_DECLARE_CLASS(QVBoxLayout)

namespace ui {

class Card : public QFrame
{
    Q_OBJECT
public:
    explicit Card(QWidget *parent = nullptr);
    QVBoxLayout *body() const { return m_body; }

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    QVBoxLayout *m_body;
};

class Surface : public QWidget
{
    Q_OBJECT
public:
    enum class Fill { Window, Base, Side };
    explicit Surface(Fill fill, Qt::Edges lines, QWidget *parent = nullptr);

protected:
    void paintEvent(QPaintEvent *event) override;

private:
    const Fill m_fill;
    Qt::Edges m_lines;
};

// Enter and Return press a focused button, as Space does; true if this was such a key.  Qt presses only default
// buttons so, and a default button would also be pressed from a field.
bool pressedByEnter(QAbstractButton &button, const QKeyEvent &event);
// Ctrl+Enter presses it wherever the focus is in the dialog, and its tool tip says so.
void pressByCtrlEnter(QPushButton &button, QWidget &dialog);
QPushButton *makeButton(const QString &text, const QString &objectName, QWidget *parent);
QPushButton *makePrimaryButton(const QString &text, const QString &objectName, QWidget *parent);

} // namespace ui
