// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/rule_help.h"

#include "models/analysis/finding_catalog.h"
#include "models/analysis/strict_criteria.h"
#include "models/analysis/strict_preflight.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace app::cli {

namespace {

const models::VerificationKind *verificationOf(const QString &id)
{
    const auto &kinds = models::verificationKinds();
    const auto found =
        std::find_if(kinds.begin(), kinds.end(), [&](const auto &kind) { return kind.id == id; });
    return found == kinds.end() ? nullptr : &*found;
}

} // namespace

QString titleOfRule(const QString &id)
{
    for (const models::FindingKind &kind : models::findingKinds()) {
        if (kind.code == id)
            return kind.title;
    }
    const models::VerificationKind *verification = verificationOf(id);
    return verification ? verification->title : models::preflightCheckTitle(id);
}

QString helpOfRule(const QString &id)
{
    if (const QString help = models::findingHelp(id); !help.isEmpty())
        return help;
    if (const models::VerificationKind *verification = verificationOf(id))
        return u"# %1: %2\n\nA verification of `sallyportctl strict apply`, after each step and while it soaks.\n\n**How.** %3\n\n**It passes if:** %4\n"_s
            .arg(id, verification->title, verification->how, verification->pass);
    const QString title = models::preflightCheckTitle(id);
    return title.isEmpty()
        ? QString()
        : u"# %1: %2\n\nA check of the STRICT preflight: what breaks once the scope takes mutual TLS only. `sallyportctl preflight --scope SCOPE` runs it.\n\n**What is seen.** Each of its rows names the object, its field, what was found and by which evidence: BLOCKER is certain to break, LIKELY breaks unless you know better, INFO breaks nothing.\n\n**What to do.** What the row says; a LIKELY that you answer for is accepted by `--accept '%1:KIND NAMESPACE/NAME=reason'`. A check that is \"not checked\" says why, and where the verdict needs it that is UNKNOWN, never GO.\n"_s
              .arg(id, title);
}

} // namespace app::cli
