// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// By the rules of which generation the chosen edge is judged: as its image's tag says, or as a person chose.  Names are
// those of edge::compatName(), oldest first: "v1" … "v4" (Ambassador 1.x, Emissary 2.x, 3.x, 4.x), "v2.0", "v2.2" and
// "v2.3" for what was before 2.4.
#include <QString>

#include <functional>

QT_FORWARD_DECLARE_CLASS(QMenu)
QT_FORWARD_DECLARE_CLASS(QWidget)

namespace ui {

struct EdgeRules
{
    QString image;  // "" no edge is known
    QString chosen; // "" as the image says
    bool operator==(const EdgeRules &) const = default;
    QString inForce() const { return chosen.isEmpty() ? image : chosen; }
};

QStringList ruleNames();
QString ruleChoiceText(const QString &name, const EdgeRules &rules); // "": "as the image says (v1)"
QString rulesText(const EdgeRules &rules);                           // "v3, chosen; the image says v1"
// "as the image says (v1)", v1 … v4, the one in force checked.  The caller shows it; it deletes itself.
QMenu *makeRulesMenu(const EdgeRules &rules, QWidget *parent,
                     std::function<void(const QString &name)> choose);

} // namespace ui
