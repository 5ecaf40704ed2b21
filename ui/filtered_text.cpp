// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/filtered_text.h"

#include <QCoreApplication>
#include <QStringList>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(TablePane)
};

// "" all
QString namespaceOf(const QString &scope)
{
    const QString prefix = u"ns:"_s;
    for (const QString &part : scope.split(u' ', Qt::SkipEmptyParts)) {
        if (part.startsWith(prefix))
            return part.mid(prefix.size());
    }
    return {};
}

} // namespace

PanelText filteredText(const QString &rows, const QString &filter, const QString &scope)
{
    const QString nameSpace = namespaceOf(scope);
    PanelText text;
    text.title = Words::tr("None of %1 matches").arg(rows);
    QStringList why;
    if (!filter.isEmpty())
        why.append(Words::tr("The filter is: %1").arg(filter));
    if (!nameSpace.isEmpty())
        why.append(Words::tr("Only namespace %1 is shown.").arg(nameSpace));
    else if (why.isEmpty())
        why.append(Words::tr("What is switched off above hides all of them."));
    text.text = why.join(u'\n');
    text.primary = nameSpace.isEmpty() ? QString() : Words::tr("Show all namespaces");
    text.secondary = filter.isEmpty() ? QString() : Words::tr("Clear filter");
    return text;
}

} // namespace ui
