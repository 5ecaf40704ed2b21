// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// Ctrl+K: find a page, a command, a context or an object by a few letters and go there.  Every word typed
// must occur in the entry; "ns:team-a" is that namespace.  Whole words come before beginnings of words, and pages and
// objects before commands; sorting, and what breaks a demo cluster, come last.  Enter runs the first entry, but for an
// incident whose name was not typed in full: that one has to be gone to.  What cannot be done now is greyed; run without a
// function of its own, it leaves the palette open.
#include <QDialog>

#include <functional>

QT_FORWARD_DECLARE_CLASS(QLineEdit)
QT_FORWARD_DECLARE_CLASS(QListView)
QT_FORWARD_DECLARE_CLASS(QStandardItemModel)

namespace ui {

struct Command
{
    enum class Kind { Page, Object, OnObject, Context, Action, Sort, Incident };
    QString text, side; // side: kind or shortcut
    std::function<void()> run;
    Kind kind = Kind::Object;
    QString whyNot = {}; // greyed: it cannot be done now; run tells more
};

class CommandPalette : public QDialog
{
    Q_OBJECT
public:
    // typed: a command made of the text itself, shown first; an empty text of it means none.
    CommandPalette(QList<Command> commands, std::function<Command(const QString &)> typed, QWidget *parent);
    int shown() const;

protected:
    bool eventFilter(QObject *watched, QEvent *event) override;
    void paintEvent(QPaintEvent *event) override;

private:
    void filter(const QString &text);
    QList<Command> found(const QStringList &words) const; // the best first
    void run(const QModelIndex &index);

    static constexpr int Most = 50; // entries shown; the rest needs another letter
    const QList<Command> m_commands;
    const std::function<Command(const QString &)> m_typed;
    QList<Command> m_found;
    QLineEdit *m_field;
    QListView *m_list;
    class TextLabel *m_none; // in the list's place where nothing was found
    QStandardItemModel *m_model;
};

} // namespace ui
