// SPDX-License-Identifier: GPL-3.0-or-later
#include "ui/write_words.h"

#include <QCoreApplication>

using namespace Qt::StringLiterals;

namespace ui {

using models::ConnectionState;

namespace {

struct WriteWords
{
    Q_DECLARE_TR_FUNCTIONS(WriteWords)
};

} // namespace

QString modeName(ConnectionState::Mode mode)
{
    switch (mode) {
    case ConnectionState::Mode::Normal: return WriteWords::tr("Normal");
    case ConnectionState::Mode::ReadOnly: return WriteWords::tr("Read-only");
    case ConnectionState::Mode::Confirm: break;
    }
    return WriteWords::tr("Confirm");
}

QString modeMeaning(ConnectionState::Mode mode)
{
    switch (mode) {
    case ConnectionState::Mode::Normal:
        return WriteWords::tr("Writes are shown as a diff and confirmed with a click.");
    case ConnectionState::Mode::ReadOnly: return WriteWords::tr("Nothing is written to this cluster.");
    case ConnectionState::Mode::Confirm: break;
    }
    return WriteWords::tr("Every write asks for the context's name.");
}

QString modeId(ConnectionState::Mode mode)
{
    switch (mode) {
    case ConnectionState::Mode::Normal: return u"mode-normal"_s;
    case ConnectionState::Mode::ReadOnly: return u"mode-read-only"_s;
    case ConnectionState::Mode::Confirm: break;
    }
    return u"mode-confirm"_s;
}

QString whyNoWrite(const ConnectionState &state, const QString &missingRight)
{
    const QString why = whyNoWrite(state);
    return !why.isEmpty() || missingRight.isEmpty() ? why : whyMissing(missingRight);
}

QString whyMissing(const QString &right)
{
    return WriteWords::tr("This needs %1, and your account has no such right.").arg(right);
}

QString whyNoWrite(const ConnectionState &state)
{
    if (state.mode == ConnectionState::Mode::ReadOnly)
        return WriteWords::tr("This context is read-only: choose another mode for it in the menu Cluster, or "
                              "at the word beside its name.");
    return state.phase == ConnectionState::Phase::Live ? QString()
                                                       : WriteWords::tr("There is no live connection.");
}

} // namespace ui
