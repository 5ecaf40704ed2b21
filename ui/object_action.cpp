// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/object_action.h"

#include "ui/rights_dialog.h"
#include "ui/shown_text.h"

#include <QCoreApplication>
#include <QMenu>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(ObjectAction)
};

} // namespace

QKeySequence keysOfObjectAction(const QString &id)
{
#ifdef Q_OS_MACOS
    const QKeySequence removal(Qt::CTRL | Qt::Key_Backspace);
#else
    const QKeySequence removal(Qt::Key_Delete);
#endif
    return id == "edit"_L1  ? QKeySequence(Qt::Key_F2)
        : id == "delete"_L1 ? removal
        : id == "test"_L1   ? QKeySequence(Qt::CTRL | Qt::Key_T)
                            : QKeySequence();
}

QString shortReason(const ObjectAction &action)
{
    if (!action.missingRight.isEmpty())
        return Words::tr("needs %1").arg(action.missingRight);
    QString first = action.whyNot.section(u':', 0, 0);
    if (first.endsWith(u'.'))
        first.chop(1);
    return first.isEmpty() ? first : first.left(1).toLower() + first.mid(1);
}

void addObjectActions(QMenu &menu, const QList<ObjectAction> &actions, QWidget *window)
{
    menu.setToolTipsVisible(true);
    QStringList missing;
    for (const ObjectAction &each : actions) {
        QString text = shownText(each.text);
        text.replace(u'&', u"&&"_s);
        const QString side = each.isPossible()
            ? keysOfObjectAction(each.id).toString(QKeySequence::NativeText)
            : shortReason(each);
        QAction *entry = menu.addAction(side.isEmpty() ? text : text + u'\t' + side, window, each.run);
        entry->setObjectName(u"object-"_s + each.id);
        entry->setEnabled(each.isPossible());
        entry->setToolTip(each.isPossible() ? each.subject : each.whyNot);
        if (!each.missingRight.isEmpty() && !missing.contains(each.missingRight))
            missing.append(each.missingRight);
    }
    if (missing.isEmpty())
        return;
    menu.addAction(Words::tr("Show the ClusterRole for this…"), window,
                   [missing, window] { RightsDialog::forActions(missing, window)->open(); })
        ->setObjectName(u"objectRights"_s);
}

} // namespace ui
