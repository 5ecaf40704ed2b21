// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once
// What a run of guide apply has written until it ended, by the journal: said wherever it ended early, so that nobody must guess what
// stands.  Asks no cluster: the connection may be what was lost.
#include "app/cli/command.h"

namespace app::cli {

class GuideRecord
{
public:
    explicit GuideRecord(Invocation &invocation); // before anything is written
    // meant: the steps of this run, in their order.  Says nothing after AllWell, nor where nothing of it stands unless it was ended
    // from outside.  The exit code: code.
    int tell(int code, const QStringList &meant) const;

private:
    Invocation &m_invocation;
    int m_newest = 0; // entry of the journal before it
};

} // namespace app::cli
