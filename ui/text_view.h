// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Read-only monospace text on a quiet surface: YAML, bodies, reasons.  Tab leaves it; text can be selected
// and copied by keyboard.
#include <QPlainTextEdit>

namespace ui {

class TextView : public QPlainTextEdit
{
    Q_OBJECT
public:
    explicit TextView(const QString &accessibleName, QWidget *parent = nullptr);
    void setFitsContents(int maximumLines); // as high as its text, up to so many lines
    void setWraps();                        // long lines go on below instead of to the right
    QSize sizeHint() const override;
    QSize minimumSizeHint() const override;

protected:
    void paintEvent(QPaintEvent *event) override;
    void changeEvent(QEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void showEvent(QShowEvent *event) override;

private:
    double lineHeight() const;
    int heightOf(int lines) const;
    int wantedHeight() const;
    int wrappedLines() const;
    void applyLook();
    int m_maximumLines = 0;
    int m_lastHeight = 0;
    bool m_applying = false;
};

} // namespace ui
