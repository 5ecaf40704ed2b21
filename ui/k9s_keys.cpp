// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/k9s_keys.h"

#include <QCoreApplication>
#include <QKeyEvent>

#include <algorithm>
#include <iterator>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

struct Words
{
    Q_DECLARE_TR_FUNCTIONS(K9sKeys)
};

struct Entry
{
    const char *typed; // as text; "^d": with Ctrl
    int movesBy;
    const char *command, *objectAction;
    const char *note; // "" said by another
};

constexpr Entry entries[] = {
    {"j", Qt::Key_Down, "", "", QT_TRANSLATE_NOOP("K9sKeys", "down, up")},
    {"k", Qt::Key_Up, "", "", ""},
    {"g", Qt::Key_Home, "", "", QT_TRANSLATE_NOOP("K9sKeys", "to the first row, to the last")},
    {"G", Qt::Key_End, "", "", ""},
    {":", 0, "paletteAction", "", QT_TRANSLATE_NOOP("K9sKeys", "search or run a command")},
    {"?", 0, "shortcutsAction", "", QT_TRANSLATE_NOOP("K9sKeys", "keyboard shortcuts")},
    {"d", 0, "open", "", QT_TRANSLATE_NOOP("K9sKeys", "the details")},
    {"y", 0, "yamlAction", "", QT_TRANSLATE_NOOP("K9sKeys", "YAML")},
    {"e", 0, "", "edit", QT_TRANSLATE_NOOP("K9sKeys", "edit")},
    {"^d", 0, "", "delete", QT_TRANSLATE_NOOP("K9sKeys", "delete, after a review")},
    {"c", 0, "copyNamesAction", "", QT_TRANSLATE_NOOP("K9sKeys", "copy the names")},
    {"0", 0, "allNamespaces", "", QT_TRANSLATE_NOOP("K9sKeys", "all namespaces")},
    {"[", 0, "backAction", "", QT_TRANSLATE_NOOP("K9sKeys", "back, forward")},
    {"]", 0, "forwardAction", "", ""},
    {"-", 0, "backAction", "", ""},
};

QString typedBy(const QKeyEvent &key)
{
    if (key.modifiers() == Qt::ControlModifier && key.key() == Qt::Key_D)
        return u"^d"_s;
    const bool isPlain = (key.modifiers() & ~(Qt::ShiftModifier | Qt::KeypadModifier)) == Qt::NoModifier;
    return isPlain ? key.text() : QString();
}

QString shownKeys(const QString &typed)
{
    return typed == "^d"_L1 ? u"Ctrl+D"_s
        : typed == "j"_L1   ? u"j, k"_s
        : typed == "g"_L1   ? u"g, G"_s
        : typed == "["_L1   ? u"[ ]"_s
                            : typed;
}

} // namespace

K9sKey k9sKey(const QKeyEvent &key)
{
    const QString typed = typedBy(key);
    const auto *const entry =
        std::find_if(std::begin(entries), std::end(entries),
                     [&typed](const Entry &each) { return typed == QLatin1String(each.typed); });
    if (entry == std::end(entries))
        return {};
    const bool isObjectAction = *entry->objectAction != '\0';
    return {entry->movesBy, QString::fromLatin1(isObjectAction ? entry->objectAction : entry->command),
            isObjectAction};
}

QList<KeyNote> k9sKeyNotes()
{
    QList<KeyNote> notes;
    for (const Entry &each : entries) {
        if (*each.note != '\0')
            notes.append({Words::tr("In a table, with k9s' keys: %1").arg(Words::tr(each.note)),
                          shownKeys(QString::fromLatin1(each.typed))});
    }
    return notes;
}

} // namespace ui
