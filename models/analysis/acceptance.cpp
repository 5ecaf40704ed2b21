// SPDX-License-Identifier: GPL-3.0-or-later
#include "models/analysis/acceptance.h"

#include "models/analysis/strict_criteria.h"
#include "models/analysis/strict_preflight.h"

#include <algorithm>

using namespace Qt::StringLiterals;

namespace models {

namespace {

bool isCheck(const QString &id)
{
    const QList<VerificationKind> &kinds = verificationKinds();
    return preflightChecks().contains(id)
        || std::any_of(kinds.begin(), kinds.end(),
                       [&](const VerificationKind &kind) { return kind.id == id; });
}

} // namespace

QString Acceptance::text() const
{
    return object.isEmpty() ? u"%1 (%2)"_s.arg(check, reason) : u"%1 of %2 (%3)"_s.arg(check, object, reason);
}

kube::Result<Acceptance> parseAcceptance(const QString &text)
{
    const qsizetype equals = text.indexOf(u'=');
    const QString what = text.left(equals < 0 ? text.size() : equals).trimmed();
    const qsizetype colon = what.indexOf(u':');
    Acceptance accepted{what.left(colon < 0 ? what.size() : colon).trimmed().toUpper(),
                        colon < 0 ? QString() : what.mid(colon + 1).trimmed(),
                        equals < 0 ? QString() : text.mid(equals + 1).trimmed()};
    const auto wrong = [&](const QString &why) {
        return kube::failure(kube::Error::Kind::Config,
                             u"'%1' %2; write it as E8=REASON or E8:NAMESPACE/NAME=REASON"_s.arg(text, why));
    };
    if (!isCheck(accepted.check))
        return wrong(u"names no row of the preflight and no check after a step"_s);
    if (colon >= 0 && accepted.object.isEmpty())
        return wrong(u"names no object behind the colon"_s);
    if (accepted.reason.isEmpty())
        return wrong(u"has no reason"_s);
    return accepted;
}

bool isAccepted(const Acceptance &by, const QString &check, const ObjectRef &object)
{
    return by.check == check
        && (by.object.isEmpty() || by.object == object.text()
            || by.object
                == (object.nameSpace.isEmpty() ? object.name : object.nameSpace + u'/' + object.name));
}

} // namespace models
