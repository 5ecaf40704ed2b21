// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/field_validation.h"

#include "app/changes.h"

using namespace Qt::StringLiterals;

namespace app::cli {

QCommandLineOption validateOption()
{
    return {
        u"validate"_s,
        u"What becomes of fields that the server does not know: strict (or true) refuses them, warn and ignore (or false) leave them out."_s,
        u"HOW"_s, u"strict"_s};
}

kube::Result<kube::FieldValidation> fieldValidationOf(const QString &word)
{
    using kube::FieldValidation;
    if (word == "strict"_L1 || word == "true"_L1)
        return FieldValidation::Strict;
    if (word == "warn"_L1)
        return FieldValidation::Warn;
    if (word == "ignore"_L1 || word == "false"_L1)
        return FieldValidation::Ignore;
    return kube::failure(kube::Error::Kind::Config,
                         u"--validate %1 is not known; use strict, warn or ignore"_s.arg(word));
}

QString wayRoundValidation(const kube::Error &refused)
{
    const bool isOfFields =
        refused.reason == fieldsLeftOut || refused.message.contains(u"strict decoding error"_s);
    return isOfFields ? u"; to write the rest all the same, give --validate=false"_s : QString();
}

} // namespace app::cli
