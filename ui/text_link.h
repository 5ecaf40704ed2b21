// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Words that lead somewhere: in the accent, underlined under the mouse and with the focus; Return follows as Space does.  Disabled
// it is plain dim text.  Too little room elides.
#include <QAbstractButton>

namespace ui {

class TextLink : public QAbstractButton
{
public:
    // side: Qt::AlignLeading or Qt::AlignRight.
    explicit TextLink(Qt::Alignment side, QWidget *parent = nullptr);
    QSize sizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    const Qt::Alignment m_side;
};

} // namespace ui
