// SPDX-License-Identifier: GPL-3.0-or-later
#include "kube/read_only.h"

using namespace Qt::StringLiterals;

namespace kube {

QString readOnlyText(const QString &context)
{
    return u"context “%1” is read-only; write through another context, or choose another mode for it in the console"_s
        .arg(context);
}

} // namespace kube
