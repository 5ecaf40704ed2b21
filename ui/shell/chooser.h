// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// A list of the top bar to choose from.  Switched only from its open list: neither the wheel nor a key that was meant for the
// page changes the cluster.  An entry has second words (setSide), which stand beside it in the list.
// With a filter, what is typed into the open list narrows it: each word must stand in an entry or its second words; Esc
// clears it, then closes.  With marks, Space or Ctrl and a click marks an entry, and Enter takes all that are marked; where
// nothing was marked since it opened, Enter takes the one it is on.
#include <QComboBox>

QT_FORWARD_DECLARE_CLASS(QKeyEvent)
QT_FORWARD_DECLARE_CLASS(QLineEdit)

namespace ui {

class Chooser : public QComboBox
{
    Q_OBJECT
public:
    Chooser(const QString &objectName, const QString &accessibleName, int width, QWidget *parent);
    void setLined();                                      // entries with their second words and a tick; once
    void setFilterable(const QString &placeholder);       // once
    void setMarking(std::function<bool(int)> isMarkable); // by index; once, of one that has a filter
    void setMarked(const QStringList &values);            // at the next opening: what is chosen now, by data
    void setSide(int index, const QString &words);
    void setLeast(int width);        // down to which it gives way, elided; 0: usual names stay whole
    QSize sizeHint() const override; // of what is chosen: the list may be wider
    QSize minimumSizeHint() const override;
    void showPopup() override;

Q_SIGNALS:
    void severalChosen(const QStringList &values); // of those that were marked, two or more

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;

private:
    void narrow();
    void showMarks();
    void toggle(int index);
    bool takeMarked();
    bool listKey(QKeyEvent &key);
    int listWidth() const;
    void growPopup();

    QWidget *m_head = nullptr; // above the list
    QLineEdit *m_filter = nullptr;
    class TextLabel *m_count = nullptr;
    std::function<bool(int)> m_isMarkable;
    QStringList m_chosen, m_marked; // by data
    bool m_wasMarked = false;       // since it opened
    bool m_isLined = false;
    int m_least = 0;
};

} // namespace ui
