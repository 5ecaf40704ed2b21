// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filtered_text.h"

#include "ui/namespace_scope.h"

#include <QCoreApplication>
#include <QStringList>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(TablePane)
};

} // namespace

PanelText filteredText(const QString &rows, const QString &filter, const QString &scope)
{
    const QStringList names = namespacesOf(scope);
    PanelText text;
    text.title = Words::tr("None of %1 matches").arg(rows);
    QStringList why;
    if (!filter.isEmpty())
        why.append(Words::tr("The filter is: %1").arg(filter));
    if (names.size() > 1)
        why.append(Words::tr("Only namespaces %1 are shown.").arg(namespacesText(names)));
    else if (!names.isEmpty())
        why.append(Words::tr("Only namespace %1 is shown.").arg(names.first()));
    else if (why.isEmpty())
        why.append(Words::tr("What is switched off above hides all of them."));
    text.text = why.join(u'\n');
    text.primary = names.isEmpty() ? QString() : Words::tr("Show all namespaces");
    text.secondary = filter.isEmpty() ? QString() : Words::tr("Clear filter");
    return text;
}

} // namespace ui
