// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filter_completer.h"

#include <QAbstractItemView>
#include <QLineEdit>
#include <QStringListModel>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr qsizetype ShortestWord = 2; // one letter would open the list at every word

// Where the last word starts, its minus sign left out.
qsizetype lastWordAt(const QString &text)
{
    qsizetype at = text.lastIndexOf(u' ') + 1;
    if (at < text.size() && text[at] == u'-')
        ++at;
    return at;
}

} // namespace

FilterCompleter::FilterCompleter(QLineEdit *field)
    : QCompleter(field)
    , m_field(field)
{
    setCaseSensitivity(Qt::CaseInsensitive);
    setCompletionMode(QCompleter::PopupCompletion);
    popup()->setAccessibleName(tr("Completions of the filter"));
    field->setCompleter(this);
}

void FilterCompleter::setColumns(const QList<models::TableModelBase::ColumnLayout> &columns,
                                 const QSet<QString> &withSeverity)
{
    QStringList words;
    for (const auto &column : columns) {
        for (const QString &name : QStringList(column.id) + column.filterNames) {
            if (column.comparison == models::Comparison::Number)
                words.append(name + u">0"_s);
            else if (column.comparison != models::Comparison::None)
                words.append({name + u"<1h"_s, name + u"<30d"_s});
            else
                words.append(name + u':');
            if (withSeverity.contains(column.id))
                for (const QString &severity : {u"ok"_s, u"warning"_s, u"error"_s, u"unknown"_s})
                    words.append(name + u':' + severity);
        }
    }
    words.sort();
    m_words = words;
    setModel(new QStringListModel(words, this));
}

QStringList FilterCompleter::splitPath(const QString &path) const
{
    const QString word = path.mid(lastWordAt(path));
    // Nothing starts with a blank, so a word that is too short, or that nothing can be added to, finds nothing.
    const auto begun = std::count_if(m_words.begin(), m_words.end(), [&word](const QString &each) {
        return each.startsWith(word, Qt::CaseInsensitive);
    });
    const bool isWhole = begun == 1 && m_words.contains(word, Qt::CaseInsensitive);
    return {word.size() < ShortestWord || isWhole ? u" "_s : word};
}

QString FilterCompleter::pathFromIndex(const QModelIndex &index) const
{
    const QString text = m_field->text();
    return text.left(lastWordAt(text)) + QCompleter::pathFromIndex(index);
}

} // namespace ui
