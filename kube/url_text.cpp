// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/url_text.h"

namespace kube {

QString withoutUserInfo(const QString &text)
{
    const qsizetype end = text.lastIndexOf(u'@');
    if (end < 0)
        return text;
    const qsizetype slashes = text.indexOf(u"//");
    const qsizetype start = slashes >= 0 && slashes < end ? slashes + 2 : 0;
    return text.left(start) + text.mid(end + 1);
}

} // namespace kube
