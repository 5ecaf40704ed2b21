// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What can be done with the object or objects that are chosen.  Whoever shows them says it (PageFrame::objectActions() and the
// docks); ActionRegistry::objectActions() is what menus and the palette read.  One that cannot be done now is there all the
// same, greyed, and says why.
#include "models/resources/finding.h"

#include <QKeySequence>
#include <QList>
#include <QString>

#include <functional>

QT_FORWARD_DECLARE_CLASS(QMenu)
QT_FORWARD_DECLARE_CLASS(QWidget)

namespace ui {

struct ObjectAction
{
    QString id;      // "edit", "mute/KEY": each once among those of one object
    QString text;    // "Edit…"
    QString subject; // what it is done with: "Mapping shop/cart"; "" the text says it
    std::function<void()> run;
    QString whyNot = {};       // one sentence; "" it can be done
    QString missingRight = {}; // "`patch` on `mappings.getambassador.io` in `shop`", where that is why
    bool isPossible() const { return whyNot.isEmpty(); }
};

struct ObjectToWrite
{
    models::ObjectRef object;
    QString apiVersion; // by which it was read
};

// Of actions that have keys of their own in the window: "edit", "delete", "test"; empty for others.
QKeySequence keysOfObjectAction(const QString &id);
// Beside a greyed entry, where a sentence is too long: "needs `patch` on …", "this context is read-only".
QString shortReason(const ObjectAction &action);
// As entries of the menu; where rights lack, with one more that shows the role that has them all.
void addObjectActions(QMenu &menu, const QList<ObjectAction> &actions, QWidget *window);

} // namespace ui
