// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/strict_options.h"

#include "app/cli/arguments.h"

using namespace Qt::StringLiterals;

namespace app::cli {

kube::Result<models::StrictScope> readScope(const QString &text)
{
    if (text.isEmpty() || text.count(u'/') > 1 || text.startsWith(u'/') || text.endsWith(u'/'))
        return kube::failure(
            kube::Error::Kind::Config,
            u"--scope '%1' is no scope; write mesh, NAMESPACE or NAMESPACE/WORKLOAD"_s.arg(text));
    return text == "mesh"_L1 ? models::StrictScope()
                             : models::StrictScope{text.section(u'/', 0, 0), text.section(u'/', 1)};
}

kube::Result<QList<models::Acceptance>> readAcceptances(const Invocation &invocation)
{
    QList<models::Acceptance> accepted;
    for (const QString &text : invocation.parser.values(u"accept"_s)) {
        auto one = models::parseAcceptance(text);
        if (!one)
            return kube::failure(one.error().kind, u"--accept "_s + one.error().message);
        accepted.append(*one);
    }
    return accepted;
}

} // namespace app::cli
