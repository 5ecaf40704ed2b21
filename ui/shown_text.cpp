// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/shown_text.h"

#include "models/resources/hidden_signs.h"

#include <QGuiApplication>

#include <algorithm>

using namespace Qt::StringLiterals;

namespace ui {

namespace {

constexpr char16_t FirstStrongIsolate = 0x2068, PopIsolate = 0x2069;

bool isHidden(QChar c)
{
    const char16_t code = c.unicode();
    return code < 0x20 ? code != u'\n' && code != u'\t' : models::isHiddenSign(code);
}

bool isFromRight(QChar c)
{
    const QChar::Direction direction = c.direction();
    // beyond the first plane there are such scripts, too: Adlam, say, in U+1E800 … U+1EFFF
    return direction == QChar::DirR || direction == QChar::DirAL || direction == QChar::DirAN
        || (c.unicode() >= 0xd83a && c.unicode() <= 0xd83b)
        || (c.unicode() >= 0xd802 && c.unicode() <= 0xd803);
}

// Nearly all texts are so: they cost one look.
bool isPlain(const QString &text)
{
    return std::none_of(text.begin(), text.end(),
                        [](QChar c) { return isHidden(c) || (c.unicode() >= 0x590 && isFromRight(c)); });
}

bool hasWordFromRight(QStringView word) { return std::any_of(word.begin(), word.end(), isFromRight); }

} // namespace

QString withVisibleControls(const QString &text)
{
    if (std::none_of(text.begin(), text.end(), isHidden))
        return text;
    QString shown;
    for (const QChar c : text) {
        if (isHidden(c))
            shown += u"\\u%1"_s.arg(c.unicode(), 4, 16, QLatin1Char('0'));
        else
            shown += c;
    }
    return shown;
}

QString shownText(const QString &text)
{
    if (isPlain(text))
        return text;
    const QString visible = withVisibleControls(text);
    if (QGuiApplication::isRightToLeft())
        return visible;
    QString shown;
    for (const QStringView line : QStringView(visible).split(u'\n')) {
        if (!shown.isEmpty())
            shown += u'\n';
        bool isOpen = false; // several such words are one run: they are read from the right together
        qsizetype at = 0;
        for (const QStringView word : line.split(u' ')) {
            const bool wanted = hasWordFromRight(word);
            if (isOpen && !wanted)
                shown += QChar(PopIsolate);
            if (at > 0)
                shown += u' ';
            if (wanted && !isOpen)
                shown += QChar(FirstStrongIsolate);
            isOpen = wanted;
            shown += word;
            at += word.size() + 1;
        }
        if (isOpen)
            shown += QChar(PopIsolate);
    }
    return shown;
}

} // namespace ui
