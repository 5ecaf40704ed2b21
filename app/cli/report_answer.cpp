// SPDX-License-Identifier: GPL-3.0-or-later
#include "app/cli/report_answer.h"

using namespace Qt::StringLiterals;

namespace app::cli {

std::optional<int> reportAnswer(const Invocation &invocation, const Report &report, int code)
{
    if (const QString path = invocation.parser.value(u"report"_s); !path.isEmpty()) {
        if (const QString why = writeReportFile(report, path); !why.isEmpty())
            return invocation.output.fail(why);
    }
    if (invocation.output.format() <= Format::Yaml)
        return {};
    print(invocation.output, report);
    return code;
}

QString noReportWith(const Invocation &invocation, const QString &verb, const QString &only)
{
    const Format format = invocation.output.format();
    const bool isReport = format > Format::Yaml || !invocation.parser.value(u"report"_s).isEmpty();
    const QString asked = format > Format::Yaml ? u"-o "_s + formatNames().value(int(format)) : u"--report"_s;
    return isReport && verb != only ? u"%1 goes with %2"_s.arg(asked, only) : QString();
}

} // namespace app::cli
